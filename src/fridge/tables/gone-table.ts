// The table `gone`: names of content that was dropped. Other bytes must not get them while an action speaks of them.
import type { BytesName } from '../../base/content-name.ts'
import type { ObjectRow } from './object-table.ts'
import type { Statements } from './statements.ts'

/** Listings keep their bytes, because they speak of their members. */
export const goneSchema =
  'CREATE TABLE gone(name TEXT PRIMARY KEY, size INTEGER NOT NULL, kind INTEGER NOT NULL, sum TEXT, bytes BLOB) WITHOUT ROWID;'

const copied = `INSERT OR REPLACE INTO gone(name, size, kind, sum, bytes)
  SELECT name, size, kind, sum, CASE kind WHEN 1 THEN bytes END FROM object`

export class GoneTable {
  readonly #one
  readonly #add
  readonly #addId
  readonly #isEmpty
  readonly #all
  readonly #free
  readonly #isKnown
  readonly #reserve

  constructor(on: Statements) {
    this.#one = on.rows<[name: string], ObjectRow>('SELECT size, kind, NULL AS bytes, sum FROM gone WHERE name = ?')
    this.#add = on.command<[name: string]>(`${copied} WHERE name = ?`)
    this.#addId = on.command<[id: number]>(`${copied} WHERE id = ?`)
    this.#isEmpty = on.values<[], number>('SELECT NOT EXISTS (SELECT 1 FROM gone)')
    this.#all = on.rows<[], { name: BytesName; bytes: Buffer | null }>('SELECT name, bytes FROM gone')
    this.#free = on.command<[name: string]>('DELETE FROM gone WHERE name = ?')
    this.#isKnown = on.values<[string, string, string], number>(
      `SELECT 1 FROM object WHERE name = ? UNION ALL SELECT 1 FROM digest WHERE name = ?
       UNION ALL SELECT 1 FROM gone WHERE name = ?`,
    )
    this.#reserve = on.command<[name: string]>('INSERT INTO gone(name, size, kind, sum) VALUES (?, -1, 0, NULL)')
  }

  one(name: string): ObjectRow | undefined {
    return this.#one.get(name)
  }

  /** Takes over the name of an object whose row is about to go. */
  add(name: BytesName): void {
    this.#add.run(name)
  }

  addId(object: number): void {
    this.#addId.run(object)
  }

  isEmpty(): boolean {
    return this.#isEmpty.get() === 1
  }

  all(): { name: BytesName; bytes: Buffer | null }[] {
    return this.#all.all()
  }

  free(name: BytesName): void {
    this.#free.run(name)
  }

  /** Returns true where any table has the content of a name. */
  isKnown(name: BytesName): boolean {
    return this.#isKnown.has(name, name, name)
  }

  /** Takes a name of which nothing is known any more. */
  reserve(name: BytesName): void {
    this.#reserve.run(name)
  }
}
