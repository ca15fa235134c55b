// Lets one chef write at a time, by an exclusive transaction on a small database that the kernel ends with the process.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { failure, Refusal } from '../base/failures/failure.ts'
import { makeFridgeFolders } from './database.ts'
import { fridgeUnusable } from './open-failure.ts'
import { errorCode } from '../base/thrown-error.ts'

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

/** Milliseconds between the attempts of a waiting chef. */
const retryMs = 50
/** Another chef may be removing the lock that cannot be tried, but not for more looks than this. */
const mostFailedTries = 40

/** Returns a function that lets go of the lock. */
export async function takeLock({ folder, who, wait, onWait, signal }: LockRequest): Promise<() => void> {
  const { default: Sqlite } = await import('better-sqlite3')
  const note = join(folder, 'lock.json')
  const path = join(folder, 'lock.db')
  let failedTries = 0
  for (let hasTold = false; ; ) {
    makeFridgeFolders(folder)
    const held = tryLock(Sqlite, path)
    failedTries = 'error' in held ? failedTries + 1 : 0
    if ('error' in held && failedTries > mostFailedTries) throw fridgeUnusable(path, held.error)
    if ('database' in held) {
      writeFileSync(note, JSON.stringify(who))
      return () => {
        // `chef clean` removes the file, and the next holder has made another.
        if (inodeOf(path) === held.inode) forgetHolder(note)
        held.database.exec('ROLLBACK')
        held.database.close()
      }
    }
    if (failedTries > 0) {
      await new Promise((resolve) => setTimeout(resolve, retryMs))
      continue
    }
    const holder = readHolder(note)
    if (!wait) throw new Refusal([failure('fridge-locked', holder)], 1)
    if (!hasTold) onWait(holder)
    hasTold = true
    if (signal?.aborted) throw new Refusal([], 1)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

type Attempt = { database: Connection; inode: number } | { busy: true } | { error: unknown }

/** Counts as held only while the locked file is the one at the path: `chef clean` removes it. */
function tryLock(Sqlite: typeof Database, path: string): Attempt {
  let database: Connection | undefined
  let attempt: Attempt = { busy: true }
  try {
    closeSync(openSync(path, 'a'))
    const inode = inodeOf(path)
    database = new Sqlite(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
    if (inode !== undefined && inodeOf(path) === inode) return { database, inode }
  } catch (error) {
    const code = errorCode(error)
    if (/^(EACCES|EPERM|EROFS)$/.test(code)) throw fridgeUnusable(path, error)
    if (code !== 'ENOENT' && !/^SQLITE_(BUSY|IOERR|CANTOPEN)/.test(code)) throw error
    if (!code.startsWith('SQLITE_BUSY')) attempt = { error }
  }
  database?.close()
  return attempt
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** The note only says who holds the lock: one that cannot be removed keeps nobody out. */
function forgetHolder(note: string): void {
  try {
    rmSync(note, { force: true })
  } catch {
    // The next holder writes its own name over it.
  }
}

function readHolder(note: string): Holder {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder
  } catch {
    return { pid: 0, command: 'another chef' }
  }
}
