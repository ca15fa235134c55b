// Files that a command writes at the user's word: readers see the old one or the whole new one.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { failure, Refusal } from '../base/failure.ts'

export function writeWhole(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.part`
  try {
    writeFileSync(aside, content)
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw new Refusal([failure('file-unwritable', { path, why: (error as Error).message })], 1)
  }
}
