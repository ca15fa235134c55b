// Writes the files that the user names: their readers see the old one or the whole new one.
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { systemTroubleOf, systemTroubles } from '../../base/system-error.ts'

export function writeWhole(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.part`
  try {
    // A pipe or a device takes what is written: nothing can be put in its place.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return writeFileSync(path, content)
    writeFileSync(aside, content)
    renameSync(aside, path)
  } catch (error) {
    if (existsSync(aside)) rmSync(aside)
    const { code = '', message } = error as NodeJS.ErrnoException
    const kind = systemTroubleOf(code)
    const why = kind === 'gone' ? `there is no folder ${dirname(path)}` : kind ? systemTroubles[kind].words : message
    throw new Refusal([failure('file-unwritable', { path, why })], 1)
  }
}
