// Moves a file or a link to a path that may lie on another disk.
import { cpSync, renameSync, rmSync } from 'node:fs'
import { errorCode } from '../base/thrown-error.ts'

/** Replaces what lies there. The times stay, also where the file has to be copied. */
export function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error
    cpSync(from, to, { verbatimSymlinks: true, preserveTimestamps: true, force: true })
    rmSync(from)
  }
}
