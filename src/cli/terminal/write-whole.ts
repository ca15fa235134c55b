// Writes the files that the user names: their readers see the old one or the whole new one.
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { systemTroubleOf, systemTroubles } from '../../base/system-error.ts'
import { errorCode, errorMessage } from '../../base/thrown-error.ts'

export function writeWhole(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.part`
  try {
    // Nothing can be put in the place of a pipe or a device.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return writeFileSync(path, content)
    writeFileSync(aside, content)
    renameSync(aside, path)
  } catch (error) {
    if (existsSync(aside)) rmSync(aside)
    const kind = systemTroubleOf(errorCode(error))
    const words = kind ? systemTroubles[kind].words : errorMessage(error)
    const why = kind === 'gone' ? `there is no folder ${dirname(path)}` : words
    throw new Refusal([failure('file-unwritable', { path, why })], 1)
  }
}
