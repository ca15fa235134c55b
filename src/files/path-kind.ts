// What lies at a path. Where a file stands for a folder on the way there, or a link leads in a circle, nothing does.
import { type BigIntStats, lstatSync, type Stats, statSync } from 'node:fs'
import { errorCode } from '../base/thrown-error.ts'

const notThere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** Whether the system says that there is nothing, and not that it cannot be looked at. */
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
