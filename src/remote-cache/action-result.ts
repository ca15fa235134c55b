// Encodes and decodes the entries of a shared cache under /ac: an ActionResult of Bazel's remote execution API, as
// far as chef needs it.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

export interface BlobDigest {
  sha256: string
  size: number
}

export interface OutputFile extends BlobDigest {
  path: string
  executable: boolean
  /** Bytes that travel with the entry itself. */
  contents?: Uint8Array
}

export interface ActionResult {
  outputFiles: OutputFile[]
  exitCode: number
  /** The log, standard output and error as they came. */
  stdout: Uint8Array
}

/** Field numbers of build.bazel.remote.execution.v2. */
const result = { outputFiles: 2, exitCode: 4, stdout: 5 }
const file = { path: 1, digest: 2, executable: 4, contents: 5 }
const digest = { hash: 1, size: 2 }

export function encodeActionResult({ outputFiles, exitCode, stdout }: ActionResult): Uint8Array {
  const writer = new BinaryWriter()
  for (const output of outputFiles) {
    writer.tag(result.outputFiles, WireType.LengthDelimited).fork()
    writer.tag(file.path, WireType.LengthDelimited).string(output.path)
    writer.tag(file.digest, WireType.LengthDelimited).fork()
    writer.tag(digest.hash, WireType.LengthDelimited).string(output.sha256)
    if (output.size > 0) writer.tag(digest.size, WireType.Varint).int64(output.size)
    writer.join()
    if (output.executable) writer.tag(file.executable, WireType.Varint).bool(true)
    if (output.contents) writer.tag(file.contents, WireType.LengthDelimited).bytes(output.contents)
    writer.join()
  }
  if (exitCode !== 0) writer.tag(result.exitCode, WireType.Varint).int32(exitCode)
  if (stdout.length > 0) writer.tag(result.stdout, WireType.LengthDelimited).bytes(stdout)
  return writer.finish()
}

/** Undefined for bytes that are none. Fields that chef does not know are passed over. */
export function decodeActionResult(bytes: Uint8Array): ActionResult | undefined {
  const decoded: ActionResult = { outputFiles: [], exitCode: 0, stdout: new Uint8Array() }
  try {
    eachField(new BinaryReader(bytes), bytes.length, {
      [result.outputFiles]: (reader) => void decoded.outputFiles.push(decodeFile(reader)),
      [result.exitCode]: (reader) => void (decoded.exitCode = reader.int32()),
      [result.stdout]: (reader) => void (decoded.stdout = reader.bytes()),
    })
    return decoded
  } catch {
    return undefined
  }
}

function decodeFile(reader: BinaryReader): OutputFile {
  const output: OutputFile = { path: '', sha256: '', size: 0, executable: false }
  eachField(reader, endOf(reader), {
    [file.path]: (from) => void (output.path = from.string()),
    [file.digest]: (from) =>
      eachField(from, endOf(from), {
        [digest.hash]: (one) => void (output.sha256 = one.string()),
        [digest.size]: (one) => void (output.size = Number(one.int64())),
      }),
    [file.executable]: (from) => void (output.executable = from.bool()),
    [file.contents]: (from) => void (output.contents = from.bytes()),
  })
  return output
}

function endOf(reader: BinaryReader): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('a message ends after its bytes')
  return end
}

function eachField(
  reader: BinaryReader,
  end: number,
  fields: { [number: number]: (reader: BinaryReader) => void },
): void {
  while (reader.pos < end) {
    const [number, type] = reader.tag()
    const read = fields[number]
    if (read) read(reader)
    else reader.skip(type, number)
  }
  if (reader.pos !== end) throw new RangeError('a field ends after its message')
}
