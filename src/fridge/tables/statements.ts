// Prepares statements when they first run. Their rows have the types that the tables declare, and need no casts elsewhere.
import type { Database, Statement } from 'better-sqlite3'
import { errorCode, errorMessage } from '../../base/thrown-error.ts'

/** A value that SQLite takes for a `?`. */
export type Cell = string | number | Buffer | null

export class Query<Parameters extends Cell[], Row> {
  readonly #prepare: () => Statement<Cell[], Row>
  #statement: Statement<Cell[], Row> | undefined

  constructor(prepare: () => Statement<Cell[], Row>) {
    this.#prepare = prepare
  }

  get #ready(): Statement<Cell[], Row> {
    this.#statement ??= this.#prepare()
    return this.#statement
  }

  get(...parameters: Parameters): Row | undefined {
    return this.#ready.get(...parameters)
  }

  all(...parameters: Parameters): Row[] {
    return this.#ready.all(...parameters)
  }

  /** Nothing can be written until the last row is read. */
  each(...parameters: Parameters): Iterable<Row> {
    return this.#ready.iterate(...parameters)
  }

  has(...parameters: Parameters): boolean {
    return this.#ready.get(...parameters) !== undefined
  }
}

export class Command<Parameters extends Cell[]> {
  readonly #prepare: () => Statement<Cell[]>
  #statement: Statement<Cell[]> | undefined

  constructor(prepare: () => Statement<Cell[]>) {
    this.#prepare = prepare
  }

  /** Returns how many rows changed, and the id of the row that was inserted last. */
  run(...parameters: Parameters): { changes: number; id: number } {
    this.#statement ??= this.#prepare()
    const { changes, lastInsertRowid } = this.#statement.run(...parameters)
    return { changes, id: Number(lastInsertRowid) }
  }
}

export class Statements {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Rows are objects with a field a column. */
  rows<Parameters extends Cell[], Row>(text: string): Query<Parameters, Row> {
    return new Query(() => this.#prepare<Row>(text))
  }

  /** Rows are arrays of their columns: cheaper where there are many. */
  tuples<Parameters extends Cell[], Row extends unknown[]>(text: string): Query<Parameters, Row> {
    return new Query(() => this.#prepare<Row>(text).raw())
  }

  /** Rows are the value of their only column. */
  values<Parameters extends Cell[], Value>(text: string): Query<Parameters, Value> {
    return new Query(() => this.#prepare<Value>(text).pluck())
  }

  command<Parameters extends Cell[]>(text: string): Command<Parameters> {
    return new Command(() => this.#prepare(text))
  }

  /** A statement that names what is not there was prepared on a damaged schema: all statements are chef's own. */
  #prepare<Row = unknown>(text: string): Statement<Cell[], Row> {
    try {
      return this.#database.prepare<Cell[], Row>(text)
    } catch (error) {
      if (errorCode(error) !== 'SQLITE_ERROR') throw error
      throw Object.assign(new Error(errorMessage(error)), { code: 'SQLITE_CORRUPT_SCHEMA' })
    }
  }

  /** For statements without parameters, several at once. */
  execute(text: string): void {
    this.#database.exec(text)
  }
}
