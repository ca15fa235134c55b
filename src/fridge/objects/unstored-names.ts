// Names of content of which no bytes are kept: by hash alone, or by hash, size and SHA-256.
import type { Database, Statement } from 'better-sqlite3'
import { type ContentName, contentName, nthName } from '../../base/content-name.ts'
import type { Verify } from '../../config/configuration.ts'

interface Known {
  size: number
  sha256: string | null
}

export class BareNames {
  readonly #find: Statement
  readonly #insert: Statement
  readonly #write: boolean
  /** What a reader would have stored. */
  readonly #unwritten = new Map<string, Known>()

  constructor(database: Database, write: boolean) {
    this.#write = write
    this.#find = database.prepare('SELECT size, sha256 FROM digest WHERE name = ?')
    this.#insert = database.prepare('INSERT OR REPLACE INTO digest(name, size, sha256) VALUES (?, ?, ?)')
  }

  /** The first of its hash that is this content's or free. */
  nameOf(
    hash: string,
    verify: Exclude<Verify, 'full'>,
    { size, sha256 }: Known,
    isTaken: (name: string) => boolean,
  ): ContentName {
    for (let n = 0; ; n++) {
      const name = contentName(verify, nthName(hash, n))
      const known = this.#unwritten.get(name) ?? (this.#find.get(name) as Known | undefined)
      if (known !== undefined && (known.size !== size || known.sha256 !== sha256)) continue
      if (known !== undefined) return name
      if (isTaken(name)) continue
      if (this.#write) this.#insert.run(name, size, sha256)
      else this.#unwritten.set(name, { size, sha256 })
      return name
    }
  }
}
