// Decodes what the compiled spawner saw the processes of a step look for (native/spawner.c describes the bytes).
import { isUtf8 } from 'node:buffer'

/** A file as it was when it was looked at, in the words of node's BigIntStats. */
export interface FileIdentity {
  mode: number
  dev: bigint
  ino: bigint
  size: bigint
  mtimeNs: bigint
  ctimeNs: bigint
}

/**
 * Paths are absolute, and no link is left in them. `seen` is the first look of the step at that path, so a file that is
 * another one after the step has changed meanwhile. A path has at most one of `content`, `meta` and `exists`, the
 * strongest. What the step read only after it had written it is left out.
 */
export type Look =
  | { kind: 'content'; path: string; seen: FileIdentity }
  | { kind: 'meta'; path: string; seen: FileIdentity }
  /** Only that something is there, and of which kind it is. */
  | { kind: 'exists'; path: string; seen: FileIdentity }
  | { kind: 'absent'; path: string }
  | { kind: 'listing'; path: string; seen: FileIdentity }
  | { kind: 'link'; path: string; target: string; seen: FileIdentity }
  /** Made, changed, replaced or removed. `before`: what lay there, if anything did. */
  | { kind: 'written'; path: string; before: FileIdentity | undefined }

/**
 * A trace is complete or it is none. `shared`: what a server looked for once on behalf of several tickets, the same arrays
 * for each of them. `refused`: this machine does not let the step be observed at all.
 */
export type Observation =
  | {
      complete: true
      looks: Look[]
      shared?: readonly (readonly Look[])[]
      /** Folders of the interpreter and its packages. */
      systemFolders?: readonly string[]
    }
  | { complete: false; refused: boolean; why: string }

const kinds = new Map<number, Look['kind']>([
  [1, 'content'],
  [2, 'meta'],
  [4, 'exists'],
  [8, 'absent'],
  [16, 'listing'],
  [32, 'link'],
  [64, 'written'],
])
const identityBytes = 40

function readIdentity(bytes: Buffer, at: number): FileIdentity {
  return {
    mode: bytes.readUInt32LE(at - 4),
    dev: bytes.readBigUInt64LE(at),
    ino: bytes.readBigUInt64LE(at + 8),
    size: bytes.readBigUInt64LE(at + 16),
    mtimeNs: bytes.readBigInt64LE(at + 24),
    ctimeNs: bytes.readBigInt64LE(at + 32),
  }
}

function readLook(kind: Look['kind'], text: string, identity: FileIdentity | undefined): Look | undefined {
  if (kind === 'absent') return { kind, path: text }
  if (kind === 'written') return { kind, path: text, before: identity }
  if (!identity) return undefined
  if (kind !== 'link') return { kind, path: text, seen: identity }
  const [path = '', target = ''] = text.split('\0')
  return { kind, path, target, seen: identity }
}

function readTrace(bytes: Buffer): Observation {
  const looks: Look[] = []
  for (let at = 0; at < bytes.length; ) {
    const kind = kinds.get(bytes.readUInt8(at))
    const hasIdentity = bytes.readUInt8(at + 1) === 1
    const textAt = at + 8 + (hasIdentity ? identityBytes : 0)
    const end = textAt + bytes.readUInt16LE(at + 2)
    const text = bytes.subarray(textAt, end)
    if (!isUtf8(text)) return { complete: false, refused: false, why: 'a path is not UTF-8' }
    const look = kind && readLook(kind, text.toString(), hasIdentity ? readIdentity(bytes, at + 8) : undefined)
    if (!look) throw new Error(`the spawner wrote a look that means nothing at byte ${at}`)
    looks.push(look)
    at = end
  }
  return { complete: true, looks }
}

/** `state` is the spawner's word for how far it could observe; 0: it was not asked. */
export function readObservation(state: number, bytes: Buffer): Observation | undefined {
  if (state === 0) return undefined
  if (state === 1) return readTrace(bytes)
  return { complete: false, refused: state === 3, why: bytes.toString() }
}
