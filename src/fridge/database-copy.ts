// Reads a whole database into memory, because SQLite makes files beside one in WAL mode, and a reader may not be able to.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { fridgeUnusable } from './open-failure.ts'

/** Offset in the header of a database: one byte each for the journal mode of writers and of readers. */
const journalModeAt = 18
const rollbackJournal = 1

/** Throws what the disk says where the database cannot be read either. */
export async function copyInMemory(path: string): Promise<Database> {
  const { default: Sqlite } = await import('better-sqlite3')
  try {
    const bytes = existsSync(`${path}-wal`) ? await mergedBytes(path) : readFileSync(path)
    bytes.fill(rollbackJournal, journalModeAt, journalModeAt + 2)
    return new Sqlite(bytes)
  } catch (error) {
    throw fridgeUnusable(path, error)
  }
}

/** With what a chef that was killed had written to the log only. */
async function mergedBytes(path: string): Promise<Buffer> {
  const { default: Sqlite } = await import('better-sqlite3')
  const folder = mkdtempSync(join(tmpdir(), 'chef-fridge-'))
  const copy = join(folder, 'fridge.db')
  try {
    for (const part of ['', '-wal']) copyFileSync(path + part, copy + part)
    const database = new Sqlite(copy)
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.close()
    return readFileSync(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
