// Finds why a fridge cannot be opened, in the system's words: SQLite says only that it could not.
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { failure, Refusal } from '../base/failures/failure.ts'
import { systemTroubleOf } from '../base/system-error.ts'
import { errorCode, errorMessage } from '../base/thrown-error.ts'

export function fridgeUnusable(path: string, error: unknown): Refusal {
  const reason = reasonBehind(path, error)
  return new Refusal(
    [failure('fridge-unusable', { path, why: errorMessage(reason), kind: systemTroubleOf(errorCode(reason)) })],
    1,
  )
}

/** Returns true where SQLite failed to open, read or create one of a database's files without a reason. */
export function isVague(error: unknown): boolean {
  return /^SQLITE_(CANTOPEN|IOERR|READONLY|PROTOCOL)/.test(errorCode(error))
}

const shmBytes = 32_768
const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']

/** Returns true if no file can be made beside the database, which SQLite needs: forbidden, read-only or full. */
export function isUnwritable(path: string): boolean {
  const beside = `${path}-tried-by-${process.pid}`
  try {
    // As much as SQLite writes: a full disk may still take an empty file.
    writeFileSync(beside, Buffer.alloc(shmBytes))
    return false
  } catch (error) {
    return refusals.includes(errorCode(error))
  } finally {
    if (existsSync(beside)) rmSync(beside, { force: true })
  }
}

/** Repeats what SQLite tried: opens the database, makes a file beside it. Where that works, the cause is gone and unknown. */
function reasonBehind(path: string, error: unknown): unknown {
  if (!isVague(error)) return error
  try {
    if (existsSync(path)) closeSync(openSync(path, 'r+'))
    const beside = `${path}-tried-by-${process.pid}`
    closeSync(openSync(beside, 'w'))
    rmSync(beside, { force: true })
    return error
  } catch (reason) {
    return reason
  }
}
