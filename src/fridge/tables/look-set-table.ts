// The table `look_set`: lines of traces that many actions share, such as what a compiler looks for in the system.
import type { Statements } from './statements.ts'

/** A set of the same text is stored once. `sum` is its checksum, and leads to it. No id is ever given again, so ids may be cached. */
export const lookSetSchema = `
CREATE TABLE look_set(id INTEGER PRIMARY KEY AUTOINCREMENT, sum TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX look_set_sum ON look_set(sum);`

export class LookSetTable {
  readonly #one
  readonly #same
  readonly #insert
  readonly #dropUnused
  readonly #texts
  readonly #bytes

  constructor(on: Statements) {
    this.#one = on.rows<[id: number], { sum: string; text: string }>('SELECT sum, text FROM look_set WHERE id = ?')
    this.#same = on.values<[sum: string, text: string], number>('SELECT id FROM look_set WHERE sum = ? AND text = ?')
    this.#insert = on.command<[sum: string, text: string]>('INSERT INTO look_set(sum, text) VALUES (?, ?)')
    this.#dropUnused = on.command<[]>('DELETE FROM look_set WHERE id NOT IN (SELECT look_set FROM action)')
    this.#texts = on.values<[], string>('SELECT text FROM look_set')
    this.#bytes = on.values<[], number>('SELECT coalesce(sum(length(text)), 0) FROM look_set')
  }

  one(id: number): { sum: string; text: string } | undefined {
    return this.#one.get(id)
  }

  /** Returns the id of the set with this text, stored now if it was not. */
  add(sum: string, text: string): number {
    return this.#same.get(sum, text) ?? this.#insert.run(sum, text).id
  }

  /** Drops the sets that no action refers to. */
  dropUnused(): number {
    return this.#dropUnused.run().changes
  }

  texts(): Iterable<string> {
    return this.#texts.each()
  }

  bytes(): number {
    return this.#bytes.get() ?? 0
  }
}
