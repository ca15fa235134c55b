// Groups writes into transactions, so that thousands of rows cost one sync.
import type { Database } from 'better-sqlite3'
import { failure, Refusal } from '../base/failures/failure.ts'

export interface TransactionOptions {
  writable: boolean
  /** For the message about a transaction that the disk ended. */
  folder: string
  afterCommit: () => void
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

  /** A full or broken disk ends a transaction by itself: what is written after that would stand alone. */
  #refuseLost(): void {
    if (this.#database.inTransaction) return
    throw new Refusal([failure('fridge-unwritten', { path: this.#options.folder })], 1)
  }
}
