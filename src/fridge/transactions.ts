// Groups writes into transactions, so that thousands of rows cost one sync.
import type { Database } from 'better-sqlite3'
import { failure, Refusal } from '../base/failures/failure.ts'
import { errorMessage } from '../base/thrown-error.ts'

export interface TransactionOptions {
  writable: boolean
  /** For the message about a transaction that the disk ended. */
  folder: string
  afterCommit: () => void
}

/** The first thing that is wrong with the pages of a database. */
function damageIn(database: Database): string | undefined {
  try {
    const found = String(database.pragma('quick_check(1)', { simple: true }))
    return found === 'ok' ? undefined : found
  } catch (error) {
    return errorMessage(error)
  }
}

export class Transactions {
  readonly #database: Database
  readonly #options: TransactionOptions
  #isOpen = false

  constructor(database: Database, options: TransactionOptions) {
    this.#database = database
    this.#options = options
  }

  /** Lets writes join one transaction until `commit`. Does nothing where one is open already. */
  begin(): void {
    if (this.#isOpen) this.#refuseLost()
    if (this.#isOpen || !this.#options.writable) return
    this.#database.exec('BEGIN IMMEDIATE')
    this.#isOpen = true
  }

  commit(): void {
    if (!this.#isOpen) return
    this.#refuseLost()
    this.#database.exec('COMMIT')
    this.#isOpen = false
    this.#options.afterCommit()
  }

  /** Commits what is open. Where the disk ended the transaction, its writer has been told. */
  close(): void {
    if (this.#database.inTransaction) this.commit()
    this.#options.afterCommit()
  }

  /** Runs a function in a transaction of its own. */
  run(write: () => void): void {
    this.#database.transaction(write).immediate()
  }

  /** A full disk and a damaged database end a transaction by themselves: what is written after that would stand alone. */
  #refuseLost(): void {
    if (this.#database.inTransaction) return
    const why = damageIn(this.#database)
    const { folder } = this.#options
    const lost = why === undefined ? failure('fridge-unwritten', { path: folder }) : failure('fridge-damaged', { why })
    throw new Refusal([lost], 1)
  }
}
