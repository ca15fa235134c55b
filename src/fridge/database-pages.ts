// The pages of fridge.db: how many bytes they take, what SQLite finds wrong with them, and how they go back to the disk.
import type { Database } from 'better-sqlite3'
import { errorCode } from '../base/thrown-error.ts'

/** SQLite reports at most so many faults of a damaged database. */
const mostFaults = 100

export class DatabasePages {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Bytes of pages that hold something. */
  used(): number {
    return (this.#number('page_count') - this.#number('freelist_count')) * this.#number('page_size')
  }

  /** Bytes of pages that dropped rows have left empty in the file. */
  empty(): number {
    return this.#number('freelist_count') * this.#number('page_size')
  }

  /** Changes whenever another process writes to the database. */
  version(): number {
    return this.#number('data_version')
  }

  /** Lists the faults of the structure, with tables by their names. */
  faults(): string[] {
    const found = this.#database.pragma(`integrity_check(${mostFaults})`) as { integrity_check: string }[]
    if (found[0]?.integrity_check === 'ok') return []
    const names = this.#namesOfRoots()
    return found
      .flatMap(({ integrity_check: text }) => text.split('\n'))
      .map((line) => line.replace(/^\*\*\* in database main \*\*\*$/, ''))
      .map((line) => line.replace(/\bTree (\d+)\b/, (tree, root: string) => names.get(Number(root)) ?? tree))
      .filter((line) => line.trim() !== '')
  }

  #namesOfRoots(): Map<number, string> {
    try {
      const tables = this.#database.prepare<[], [number, string]>('SELECT rootpage, name FROM sqlite_master').raw()
      return new Map(tables.all())
    } catch {
      // Then the faults name trees by their numbers.
      return new Map()
    }
  }

  /** Gives empty pages back to the disk. `isOver`: also those that are partly filled have to be closed up. */
  giveBack(isOver: () => boolean): void {
    const isIncremental = this.#number('auto_vacuum') === 2
    if (isIncremental) this.#database.pragma('incremental_vacuum')
    try {
      // Partly filled pages are closed up only by writing all of them anew.
      if (!isIncremental || isOver()) this.#database.exec('VACUUM')
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      // Somebody is reading, or there is no room for a second database: the next time will do.
      if (!/^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(errorCode(error))) throw error
    }
  }

  #number(pragma: string): number {
    return Number(this.#database.pragma(pragma, { simple: true }))
  }
}
