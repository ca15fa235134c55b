// One writer at a time: an exclusive transaction on a small database of its own, which the kernel ends with the process.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, Refusal } from '../base/failure.ts'
import { makeFridgeFolders } from './database.ts'

export interface Holder {
  pid: number
  command: string
}

export interface LockRequest {
  folder: string
  who: Holder
  /** False: refuse at once where another chef holds it. */
  wait: boolean
  onWait: (holder: Holder) => void
  signal?: AbortSignal
}

/** How often a waiting chef looks again. */
const lookAgainMs = 50

/** Gives a function that lets go. */
export async function takeLock({ folder, who, wait, onWait, signal }: LockRequest): Promise<() => void> {
  const { default: Sqlite } = await import('better-sqlite3')
  const note = join(folder, 'lock.json')
  const path = join(folder, 'lock.db')
  for (let said = false; ; ) {
    makeFridgeFolders(folder)
    // Whoever cleans removes the file too: holding one that is not there any more would be holding nothing.
    closeSync(openSync(path, 'a'))
    const file = statSync(path, { throwIfNoEntry: false })?.ino
    const database = new Sqlite(path, { timeout: 0 })
    if (tryLock(database) && statSync(path, { throwIfNoEntry: false })?.ino === file) {
      writeFileSync(note, JSON.stringify(who))
      return () => {
        rmSync(note, { force: true })
        database.exec('ROLLBACK')
        database.close()
      }
    }
    database.close()
    const holder = readHolder(note)
    if (!wait) throw new Refusal([failure('fridge-locked', holder)], 1)
    if (!said) onWait(holder)
    said = true
    if (signal?.aborted) throw new Refusal([], 1)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

function tryLock(database: Database): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) return false
    throw error
  }
}

function readHolder(note: string): Holder {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder
  } catch {
    return { pid: 0, command: 'another chef' }
  }
}
