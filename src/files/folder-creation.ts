// Makes folders one by one, so that an error names the folder that the disk refuses. Node's recursive call would not.
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../base/thrown-error.ts'

/** Makes a folder and those above it. */
export function makeFolders(path: string): void {
  if (isMade(path)) return
  makeFolders(dirname(path))
  if (!isMade(path)) mkdirSync(path)
}

/** False where the folder above is missing. */
function isMade(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return true
    if (errorCode(error) === 'ENOENT' && dirname(path) !== path) return false
    throw error
  }
}
