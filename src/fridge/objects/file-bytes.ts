// Reads files piece by piece: hashes them, and compares two of them.
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import type { ByteSearch } from './byte-search.ts'

const pieceBytes = 1 << 20
const piece = Buffer.allocUnsafe(pieceBytes)
let otherPiece: Buffer | undefined

export interface Measurement {
  /** All bits of the hash. */
  sum: string
  size: number
  /** Null unless it was asked for. */
  sha256: string | null
}

export function measureFile(
  path: string,
  digest: Digest,
  { withSha256 = false, search }: { withSha256?: boolean; search?: ByteSearch | undefined } = {},
): Measurement {
  const hasher = digest.stream()
  const sha = withSha256 ? createHash('sha256') : undefined
  search?.beginFile()
  const size = readPieces(path, (bytes) => {
    hasher.update(bytes)
    sha?.update(bytes)
    search?.take(bytes)
  })
  return { sum: hasher.whole(), size, sha256: sha?.digest('hex') ?? null }
}

export function measureStrong(path: string): { sha256: string; size: number } {
  const sha = createHash('sha256')
  const size = readPieces(path, (bytes) => void sha.update(bytes))
  return { sha256: sha.digest('hex'), size }
}

/** Returns the size of the file. */
function readPieces(path: string, visit: (bytes: Buffer) => void): number {
  const file = openSync(path, 'r')
  let size = 0
  try {
    for (;;) {
      const read = readSync(file, piece, 0, pieceBytes, null)
      if (read === 0) return size
      visit(piece.subarray(0, read))
      size += read
    }
  } finally {
    closeSync(file)
  }
}

export function areSameFiles(one: string, other: string): boolean {
  otherPiece ??= Buffer.allocUnsafe(pieceBytes)
  const first = openSync(one, 'r')
  const second = openSync(other, 'r')
  try {
    for (;;) {
      const read = readSync(first, piece, 0, pieceBytes, null)
      const also = readSync(second, otherPiece, 0, pieceBytes, null)
      if (read !== also) return false
      if (read === 0) return true
      if (!piece.subarray(0, read).equals(otherPiece.subarray(0, read))) return false
    }
  } finally {
    closeSync(first)
    closeSync(second)
  }
}

/** Returns true where a file holds exactly these bytes. */
export function holds(path: string, bytes: Buffer): boolean {
  return sizeOf(path) === bytes.length && readFileSync(path).equals(bytes)
}

/** Returns true where two names are links to one file. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

/** Returns none where the folder cannot be read: whoever needs what lies there finds that out. */
export function namesInFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Makes the names in a folder safe. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
