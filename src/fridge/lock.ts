// One writer at a time: an exclusive transaction on a small database of its own, which the kernel ends with the process.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { failure, Refusal } from '../base/failures/failure.ts'
import { makeFridgeFolders } from './database.ts'
import { fridgeUnusable } from './open-failures.ts'

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
/** A lock that cannot even be tried may be one that somebody cleans away at this moment; not for longer than this. */
const mostOddLooks = 40

/** Gives a function that lets go. */
export async function takeLock({ folder, who, wait, onWait, signal }: LockRequest): Promise<() => void> {
  const { default: Sqlite } = await import('better-sqlite3')
  const note = join(folder, 'lock.json')
  const path = join(folder, 'lock.db')
  let odd = 0
  for (let said = false; ; ) {
    makeFridgeFolders(folder)
    const held = tryLock(Sqlite, path)
    odd = 'error' in held ? odd + 1 : 0
    if ('error' in held && odd > mostOddLooks) throw fridgeUnusable(path, held.error)
    if ('database' in held) {
      writeFileSync(note, JSON.stringify(who))
      return () => {
        // Whoever cleans has given the lock away with the file.
        if (inodeOf(path) === held.inode) forgetHolder(note)
        held.database.exec('ROLLBACK')
        held.database.close()
      }
    }
    if (odd > 0) {
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
      continue
    }
    const holder = readHolder(note)
    if (!wait) throw new Refusal([failure('fridge-locked', holder)], 1)
    if (!said) onWait(holder)
    said = true
    if (signal?.aborted) throw new Refusal([], 1)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

type Tried = { database: Connection; inode: number } | { busy: true } | { error: unknown }

/** Whoever cleans removes the file too: holding one that is not there any more would be holding nothing. */
function tryLock(Sqlite: typeof Database, path: string): Tried {
  let database: Connection | undefined
  let tried: Tried = { busy: true }
  try {
    closeSync(openSync(path, 'a'))
    const inode = inodeOf(path)
    database = new Sqlite(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
    if (inode !== undefined && inodeOf(path) === inode) return { database, inode }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (/^(EACCES|EPERM|EROFS)$/.test(code)) throw fridgeUnusable(path, error)
    if (code !== 'ENOENT' && !/^SQLITE_(BUSY|IOERR|CANTOPEN)/.test(code)) throw error
    if (!code.startsWith('SQLITE_BUSY')) tried = { error }
  }
  database?.close()
  return tried
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** It only says who holds the lock: a disk that does not let go of it keeps nobody out. */
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
