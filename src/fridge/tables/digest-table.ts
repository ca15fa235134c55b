// The table `digest`: content of which the fridge holds no bytes, by its size and SHA-256.
import type { Statements } from './statements.ts'

export const digestSchema =
  'CREATE TABLE digest(name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT) WITHOUT ROWID;'

export interface DigestRow {
  size: number
  /** Null under `verify: trust`. */
  sha256: string | null
}

export class DigestTable {
  readonly #one
  readonly #set

  constructor(on: Statements) {
    this.#one = on.rows<[name: string], DigestRow>('SELECT size, sha256 FROM digest WHERE name = ?')
    this.#set = on.command<[name: string, size: number, sha256: string | null]>(
      'INSERT OR REPLACE INTO digest(name, size, sha256) VALUES (?, ?, ?)',
    )
  }

  one(name: string): DigestRow | undefined {
    return this.#one.get(name)
  }

  set(name: string, { size, sha256 }: DigestRow): void {
    this.#set.run(name, size, sha256)
  }
}
