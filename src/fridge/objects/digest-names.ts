// Names files of which the fridge holds no bytes: by hash alone, or by hash, size and SHA-256.
import { type ContentName, contentName, nthName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { Verify } from '../../config/configuration.ts'
import type { DigestRow } from '../tables/digest-table.ts'
import type { Tables } from '../tables/tables.ts'
import { measureFile } from './file-bytes.ts'
import type { Kept } from './objects.ts'

export class DigestNames {
  readonly #tables: Tables
  readonly #digest: Digest
  readonly #writable: boolean
  /** What a reader would have written. */
  readonly #unwritten = new Map<ContentName, DigestRow>()

  constructor(tables: Tables, digest: Digest, writable: boolean) {
    this.#tables = tables
    this.#digest = digest
    this.#writable = writable
  }

  keep(path: string, verify: Exclude<Verify, 'full'>): Kept {
    const { sum, size, sha256 } = measureFile(path, this.#digest, verify === 'strong')
    return { name: this.#nameOf(this.#digest.cut(sum), verify, { size, sha256 }), size }
  }

  /** The first name of a hash that is this content's or free. */
  #nameOf(hash: string, verify: Exclude<Verify, 'full'>, row: DigestRow): ContentName {
    for (let n = 0; ; n++) {
      const name = contentName(verify, nthName(hash, n))
      const known = this.#unwritten.get(name) ?? this.#tables.digests.one(name)
      if (known !== undefined && (known.size !== row.size || known.sha256 !== row.sha256)) continue
      if (known !== undefined) return name
      if (this.#tables.gone.one(name) !== undefined) continue
      if (this.#writable) this.#tables.digests.set(name, row)
      else this.#unwritten.set(name, row)
      return name
    }
  }
}
