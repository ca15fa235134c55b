// Tells what lies at a path: nothing, if a file stands in place of a folder on the way, or a link leads in a circle.
import { type BigIntStats, lstatSync, type Stats, statSync } from 'node:fs'
import { errorCode } from '../base/thrown-error.ts'

const notThere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** Distinguishes a path with nothing there from one that the system cannot read. */
export function isNotThere(error: unknown): boolean {
  return notThere.has(errorCode(error))
}

/** The entry itself: a link is not followed. */
export function entryAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

function statAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

export function isFileAt(path: string): boolean {
  return statAt(path)?.isFile() ?? false
}

export function isFolderAt(path: string): boolean {
  return statAt(path)?.isDirectory() ?? false
}
