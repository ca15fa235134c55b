// One writer at a time: an exclusive transaction on a small database of its own, which the kernel ends with the process.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { failure, Refusal } from '../base/failure.ts'

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
  const database = new Sqlite(join(folder, 'lock.db'), { timeout: 0 })
  for (let said = false; ; ) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      break
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error
    }
    const holder = readHolder(note)
    if (!wait) {
      database.close()
      throw new Refusal([failure('fridge-locked', holder)], 1)
    }
    if (!said) onWait(holder)
    said = true
    if (signal?.aborted) {
      database.close()
      throw new Refusal([], 1)
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
  writeFileSync(note, JSON.stringify(who))
  return () => {
    rmSync(note, { force: true })
    database.exec('ROLLBACK')
    database.close()
  }
}

function readHolder(note: string): Holder {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder
  } catch {
    return { pid: 0, command: 'another chef' }
  }
}
