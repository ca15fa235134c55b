// The table `object`: content by name. Small bytes and folder listings lie in the row, the rest in files below objects/.
import type { BytesName } from '../../base/content-name.ts'
import type { Statements } from './statements.ts'

export const objectSchema =
  'CREATE TABLE object(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, kind INTEGER NOT NULL, bytes BLOB, sum TEXT);'

export const objectKinds = { file: 0, folder: 1 } as const

export interface ObjectRow {
  size: number
  /** One of `objectKinds`. */
  kind: number
  /** Null where they lie in a file. */
  bytes: Buffer | null
  /** All bits of the hash, however many the name has; null of content that an older chef kept. */
  sum: string | null
}

export interface NamedObjectRow extends ObjectRow {
  id: number
  name: BytesName
}

export class ObjectTable {
  readonly #one
  readonly #has
  readonly #set
  readonly #drop
  readonly #dropId
  readonly #totals
  readonly #inFiles
  readonly #sizeInFile
  readonly #sizes
  readonly #folders
  readonly #whole
  readonly #named

  constructor(on: Statements) {
    this.#one = on.rows<[name: string], ObjectRow>('SELECT size, kind, bytes, sum FROM object WHERE name = ?')
    this.#has = on.values<[name: string], number>('SELECT 1 FROM object WHERE name = ?')
    this.#set = on.command<[name: string, size: number, kind: number, bytes: Buffer | null, sum: string | null]>(
      'INSERT OR REPLACE INTO object(name, size, kind, bytes, sum) VALUES (?, ?, ?, ?, ?)',
    )
    this.#drop = on.command<[name: string]>('DELETE FROM object WHERE name = ?')
    this.#dropId = on.command<[id: number]>('DELETE FROM object WHERE id = ?')
    this.#totals = on.rows<[], { objects: number; bytes: number }>(
      'SELECT count(*) AS objects, coalesce(sum(size), 0) AS bytes FROM object',
    )
    this.#inFiles = on.values<[], number>('SELECT coalesce(sum(size), 0) FROM object WHERE bytes IS NULL')
    this.#sizeInFile = on.values<[name: string], number>('SELECT size FROM object WHERE name = ? AND bytes IS NULL')
    this.#sizes = on.rows<[], { name: BytesName; size: number; listing: Buffer | null }>(
      'SELECT name, size, CASE kind WHEN 1 THEN bytes END AS listing FROM object',
    )
    this.#folders = on.rows<[], { name: BytesName; bytes: Buffer | null }>(
      'SELECT name, bytes FROM object WHERE kind = 1',
    )
    this.#whole = on.rows<[], NamedObjectRow>('SELECT id, name, size, kind, bytes, sum FROM object')
    this.#named = on.rows<[name: string], NamedObjectRow>(
      'SELECT id, name, size, kind, bytes, sum FROM object WHERE name = ?',
    )
  }

  one(name: string): ObjectRow | undefined {
    return this.#one.get(name)
  }

  has(name: string): boolean {
    return this.#has.has(name)
  }

  set(name: BytesName, { size, kind, bytes, sum }: ObjectRow): void {
    this.#set.run(name, size, kind, bytes, sum)
  }

  drop(name: BytesName): void {
    this.#drop.run(name)
  }

  dropId(id: number): void {
    this.#dropId.run(id)
  }

  totals(): { objects: number; bytes: number } {
    return this.#totals.get() ?? { objects: 0, bytes: 0 }
  }

  /** Bytes of all content that lies in files. */
  bytesInFiles(): number {
    return this.#inFiles.get() ?? 0
  }

  /** Undefined of content that lies in its row. */
  sizeInFile(name: string): number | undefined {
    return this.#sizeInFile.get(name)
  }

  /** `listing` is null of files. */
  sizes(): Iterable<{ name: BytesName; size: number; listing: Buffer | null }> {
    return this.#sizes.each()
  }

  folders(): Iterable<{ name: BytesName; bytes: Buffer | null }> {
    return this.#folders.each()
  }

  whole(): Iterable<NamedObjectRow> {
    return this.#whole.each()
  }

  named(name: string): NamedObjectRow | undefined {
    return this.#named.get(name)
  }
}
