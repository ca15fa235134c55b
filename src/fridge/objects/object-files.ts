// The port to where the bytes of large objects lie: files on disk, or a map in memory.
import type { BytesName } from '../../base/content-name.ts'
import type { Measurement } from './file-bytes.ts'

/** The part of a stat that changes with every write to a file. */
export interface FileStamp {
  size: number
  mtimeMs: number
  ctimeMs: number
  ino: number
  /** It changed so short a time ago that a further change may not show. */
  isRecent: boolean
}

export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  const { size, mtimeMs, ctimeMs, ino } = one
  return size === other.size && mtimeMs === other.mtimeMs && ctimeMs === other.ctimeMs && ino === other.ino
}

export interface ObjectFiles {
  /** Undefined where there is no file, or one that is known to be damaged. */
  sizeOf(name: BytesName): number | undefined
  /** Undefined where `sizeOf` is. */
  stampOf(name: BytesName): FileStamp | undefined
  read(name: BytesName): Buffer
  measure(name: BytesName, strong?: boolean): Measurement
  /** Returns true where a file outside of the fridge holds the same bytes. */
  equals(name: BytesName, path: string): boolean
  /** Lists the objects that lie as files: cheaper for many names than `sizeOf`. */
  names(): { has(name: BytesName): boolean }
  place(name: BytesName, bytes: Uint8Array): void
  /** Makes a file of the fridge's own the object. */
  adopt(name: BytesName, path: string): void
  /** A copy that nobody else writes to, to be adopted. */
  copyAside(path: string): string
  /** Marks a file as damaged: it is treated as missing. */
  lose(name: BytesName): void
  remove(name: BytesName): void
  /** Removes the file at the next `removeDropped`, unless it is placed again before. */
  drop(name: BytesName): void
  /** To be called after a commit, so that a chef that is killed leaves files without rows, never rows without files. */
  removeDropped(): void
  /** A folder that changed means that somebody else was at the fridge. */
  eachFolder(visit: (folder: string) => void): void
}
