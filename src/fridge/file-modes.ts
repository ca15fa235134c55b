// Decides who may read and write what a fridge keeps besides content: its database, tickets and logs.
import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../base/thrown-error.ts'

const files = ['fridge.db', 'fridge.db-wal', 'fridge.db-shm']
const folders = ['pans', 'logs']

/**
 * A group that may write to the folder may write to the database, which SQLite makes for its owner alone. Where values of
 * the environment could stand, nobody else reads. What was closed once stays so.
 */
export function setFileModes(folder: string, isPrivate: boolean): void {
  const isShared = (statSync(folder).mode & 0o020) !== 0
  const closed = isPrivate ? (isShared ? 0o007 : 0o077) : 0
  for (const file of files) setMode(join(folder, file), isShared ? 0o060 : 0, closed)
  for (const part of folders) setMode(join(folder, part), 0, closed)
}

function setMode(path: string, opened: number, closed: number): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) return
  const wanted = (mode | opened) & ~closed
  if (wanted === mode) return
  try {
    chmodSync(path, wanted & 0o7777)
  } catch (error) {
    // Another member of the group made it.
    if (errorCode(error) !== 'EPERM') throw error
  }
}
