// Writes a portable ticket or receipt as one stream, and reads it: a line of JSON, then the bytes of its content in the
// order in which they are named. Empty lines before the head are signs of life.
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { isMap, type ValueMap } from '../../base/value.ts'
import { ticketVersion } from '../../tickets/ticket.ts'
import type { Carried } from '../../tickets/ticket-protocol.ts'
import { digestsOf } from './carried-content.ts'
import { objectPath, unfit } from './content-placement.ts'
import type { Packed } from './portable-ticket.ts'

const mostHeadBytes = 64 << 20
const mostContentBytes = 16 * 2 ** 30
const mostEmptyLines = 1_000_000
const newline = 10

type Head = { contents?: { [name: string]: Carried } }

export async function* parcelBytes({ head, places }: Packed<Head>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(head)}\n`)
  for (const { sha256 } of digestsOf(head.contents ?? {})) {
    const path = places.get(sha256)
    if (path === undefined) throw new Error(`no bytes of ${sha256}`)
    yield* createReadStream(path)
  }
}

function cut(): Refusal {
  return new Refusal([failure('parcel-cut', {})], 1)
}

/** Takes chunks apart at any place. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>
  #left: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** At most so many bytes; none at the end. */
  async some(most: number): Promise<Buffer> {
    while (this.#left.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return this.#left
      this.#left = Buffer.from(value)
    }
    const taken = this.#left.subarray(0, most)
    this.#left = this.#left.subarray(taken.length)
    return taken
  }

  async line(most: number): Promise<string> {
    const parts: Buffer[] = []
    let size = 0
    let empty = 0
    for (;;) {
      const chunk = await this.some(Number.POSITIVE_INFINITY)
      if (chunk.length === 0) throw cut()
      const end = chunk.indexOf(newline)
      const part = end < 0 ? chunk : chunk.subarray(0, end)
      size += part.length
      if (size > most) throw unfit('its first line has no end')
      parts.push(part)
      if (end < 0) continue
      this.#left = Buffer.concat([chunk.subarray(end + 1), this.#left])
      if (size > 0) return Buffer.concat(parts).toString('utf8')
      if (++empty > mostEmptyLines) throw unfit('it has no head')
    }
  }
}

/** Reads a head, and writes the bytes that follow into `objects`. */
export async function readParcel<One extends Head>(
  chunks: AsyncIterable<Buffer>,
  conformHead: (head: ValueMap) => { value: One } | { fault: string },
  objects: string,
): Promise<One> {
  const reader = new ChunkReader(chunks)
  const fitting = conformHead(parsedHead(await reader.line(mostHeadBytes)))
  if ('fault' in fitting) throw unfit(`its "${fitting.fault}" is missing or of the wrong type`)
  const digests = digestsOf(fitting.value.contents ?? {})
  if (digests.reduce((sum, { size }) => sum + size, 0) > mostContentBytes) throw unfit('it is too large')
  for (const digest of digests) await writeObject(reader, digest, objects)
  if ((await reader.some(1)).length > 0) throw unfit('more bytes follow than it names')
  return fitting.value
}

function parsedHead(line: string): ValueMap {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw unfit('its first line is not JSON')
  }
  if (!isMap(value)) throw unfit('its first line is not an object')
  if (value.version !== ticketVersion) throw unfit(`it has version ${JSON.stringify(value.version ?? null)}`)
  return value
}

async function writeObject(
  reader: ChunkReader,
  { sha256, size }: { sha256: string; size: number },
  objects: string,
): Promise<void> {
  const hash = createHash('sha256')
  const file = openSync(objectPath(objects, sha256), 'w', 0o644)
  try {
    for (let left = size; left > 0; ) {
      const chunk = await reader.some(left)
      if (chunk.length === 0) throw cut()
      hash.update(chunk)
      writeSync(file, chunk)
      left -= chunk.length
    }
  } finally {
    closeSync(file)
  }
  if (hash.digest('hex') !== sha256) throw unfit(`the bytes of ${sha256} are others`)
}
