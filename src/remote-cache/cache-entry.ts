// Builds and parses the shared form of a cooked action: an ActionResult that other programs can read too.
import { createHash } from 'node:crypto'
import { isMap } from '../base/value.ts'
import {
  type ActionResult,
  type BlobDigest,
  decodeActionResult,
  encodeActionResult,
  type OutputFile,
} from './action-result.ts'

const sharedVersion = 1

const sharedKinds = ['file', 'program', 'folder'] as const

export type SharedKind = (typeof sharedKinds)[number]

export interface SharedFile extends BlobDigest {
  /** Below a folder that is an output; empty for an output that is one file. */
  path: string
  executable: boolean
  /** All bits of its XXH64: what its name here is made from. */
  sum: string
}

export interface SharedOutput {
  inner: string
  kind: SharedKind
  files: SharedFile[]
}

/** Facts about the cook besides its outputs. */
export interface SharedCook {
  ms: number
  startedAt: number
  host: string
  cpuMs?: number
  peakBytes?: number
  command?: string
}

export type SharedEntry = {
  /** The key that it answers: a cache may serve it under another one. Entries without it are not believed. */
  key?: string
} & (
  | { kind: 'result'; outputs: SharedOutput[]; cook: SharedCook; log: Uint8Array }
  /** The action reads files that it does not declare: lists of paths, under one of which a result may lie. */
  | { kind: 'signpost'; paths: string[][] }
)

/** The note beside the output files: what an ActionResult has no field for. */
interface Note {
  chef: number
  key?: string
  signpost?: string[][]
  outputs?: { inner: string; kind: SharedKind; files: number }[]
  sums?: string[]
  cook?: SharedCook
  /** The digest of everything else in the entry, so that a changed byte is a miss. */
  seal: string
}

const noteName = '.chef/note.json'

export function encodeEntry(entry: SharedEntry): Uint8Array {
  const head = { chef: sharedVersion, ...(entry.key !== undefined && { key: entry.key }) }
  if (entry.kind === 'signpost') return withNote([], new Uint8Array(), { ...head, signpost: entry.paths })
  const { outputs, cook, log } = entry
  const files = outputs.flatMap(({ inner, files }) =>
    files.map(({ path, sha256, size, executable }) => ({
      path: path === '' ? inner : `${inner}/${path}`,
      sha256,
      size,
      executable,
    })),
  )
  return withNote(files, log, {
    ...head,
    outputs: outputs.map(({ inner, kind, files }) => ({ inner, kind, files: files.length })),
    sums: outputs.flatMap(({ files }) => files.map(({ sum }) => sum)),
    cook,
  })
}

/** Undefined for anything that chef of this version did not write, or that is not as it was written. */
export function decodeEntry(bytes: Uint8Array): SharedEntry | undefined {
  const decoded = decodeActionResult(bytes)
  const note = decoded && readNote(decoded)
  if (!decoded || !note) return undefined
  const key = typeof note.key === 'string' ? { key: note.key } : {}
  if (note.signpost) return isSignpost(note.signpost) ? { ...key, kind: 'signpost', paths: note.signpost } : undefined
  if (!isResult(note)) return undefined
  const { outputs, sums, cook } = note
  let at = 0
  const shared = outputs.map(({ inner, kind, files }): SharedOutput => {
    const own = decoded.outputFiles.slice(at, at + files)
    const first = at
    at += files
    return { inner, kind, files: own.map((file, index) => sharedFile(file, inner, sums[first + index] as string)) }
  })
  const whole = shared.every(
    (output) =>
      output.files.every(isNamed) && (output.kind === 'folder' ? isSafeFolder(output) : output.files.length === 1),
  )
  return whole && at === sums.length
    ? { ...key, kind: 'result', outputs: shared, cook, log: decoded.stdout }
    : undefined
}

function sharedFile({ path, sha256, size, executable }: OutputFile, inner: string, sum: string): SharedFile {
  return { path: path === inner ? '' : path.slice(inner.length + 1), sha256, size, executable, sum }
}

/** Anybody who may write to a shared cache can write a note whose digests are right. */
function isResult(note: Note): note is Note & Required<Pick<Note, 'outputs' | 'sums' | 'cook'>> {
  const { outputs, sums, cook } = note as { [key in keyof Note]?: unknown }
  const areTexts = Array.isArray(sums) && sums.every((sum) => typeof sum === 'string')
  return Array.isArray(outputs) && outputs.every(isOutput) && areTexts && isCook(cook)
}

function isOutput(given: unknown): boolean {
  if (!isMap(given)) return false
  const { inner, kind, files } = given
  const isKnown = sharedKinds.some((one) => one === kind)
  return typeof inner === 'string' && isKnown && Number.isSafeInteger(files) && Number(files) >= 0
}

function isCook(given: unknown): boolean {
  if (!isMap(given)) return false
  const { ms, startedAt, host, cpuMs = 0, peakBytes = 0, command = '' } = given
  const areNumbers = [ms, startedAt, cpuMs, peakBytes].every((one) => typeof one === 'number')
  return areNumbers && typeof host === 'string' && typeof command === 'string'
}

/** Inside of the project, or an absolute path. */
function isSignpost(paths: unknown): paths is string[][] {
  const isPath = (path: unknown): boolean => typeof path === 'string' && !path.split('/').includes('..')
  return Array.isArray(paths) && paths.every((road) => Array.isArray(road) && road.every(isPath))
}

/** Names become parts of paths and addresses. */
function isNamed({ sha256, sum, size }: SharedFile): boolean {
  return /^[0-9a-f]{64}$/.test(sha256) && /^[0-9a-f]{16}$/.test(sum) && Number.isSafeInteger(size) && size >= 0
}

/** Its files will be made below a folder of the fridge: nothing may lead out of it, and no file may be a folder as well. */
function isSafeFolder({ files }: SharedOutput): boolean {
  const paths = new Set(files.map(({ path }) => path))
  if (paths.size !== files.length) return false
  return files.every(({ path }) => {
    const parts = path.split('/')
    if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) return false
    return parts.slice(1).every((_, at) => !paths.has(parts.slice(0, at + 1).join('/')))
  })
}

function withNote(files: OutputFile[], stdout: Uint8Array, note: Omit<Note, 'seal'>): Uint8Array {
  const sealed: Note = { ...note, seal: sealOf(files, stdout) }
  const contents = Buffer.from(JSON.stringify(sealed))
  const { length: size } = contents
  const noteFile: OutputFile = { path: noteName, sha256: sha256Of(contents), size, executable: false, contents }
  return encodeActionResult({ outputFiles: [...files, noteFile], exitCode: 0, stdout })
}

function readNote({ outputFiles, exitCode, stdout }: ActionResult): Note | undefined {
  const note = outputFiles.pop()
  if (note?.path !== noteName || !note.contents || sha256Of(note.contents) !== note.sha256 || exitCode !== 0)
    return undefined
  try {
    const read = JSON.parse(Buffer.from(note.contents).toString()) as Note
    return read.chef === sharedVersion && read.seal === sealOf(outputFiles, stdout) ? read : undefined
  } catch {
    return undefined
  }
}

function sealOf(files: readonly OutputFile[], stdout: Uint8Array): string {
  const listed = files.map(({ path, sha256, size, executable }) => [path, sha256, size, executable])
  return sha256Of(Buffer.concat([Buffer.from(JSON.stringify(listed)), stdout]))
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
