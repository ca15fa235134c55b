// The table `digest`: content of which the fridge holds no bytes, by its size and SHA-256.
import type { Statements } from './statements.ts'

export const digestSchema =
  'CREATE TABLE digest(name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT, sum TEXT, path TEXT) WITHOUT ROWID;'

export interface DigestRow {
  size: number
  /** Null under `verify: trust`. */
  sha256: string | null
  /** All bits of the hash; null in rows of older fridges. */
  sum: string | null
  /** The path of a file with this content at its last naming. */
  path: string | null
}

export class DigestTable {
  readonly #one
  readonly #set

  constructor(on: Statements) {
    this.#one = on.rows<[name: string], DigestRow>('SELECT size, sha256, sum, path FROM digest WHERE name = ?')
    this.#set = on.command<[name: string, ...row: (string | number | null)[]]>(
      'INSERT OR REPLACE INTO digest(name, size, sha256, sum, path) VALUES (?, ?, ?, ?, ?)',
    )
  }

  one(name: string): DigestRow | undefined {
    return this.#one.get(name)
  }

  set(name: string, { size, sha256, sum, path }: DigestRow): void {
    this.#set.run(name, size, sha256, sum, path)
  }
}
