// Names files of which the fridge holds no bytes: by hash alone, or by hash, size and SHA-256.
import { resolve } from 'node:path'
import { type ContentName, contentName, nthName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { Verify } from '../../config/configuration.ts'
import type { DigestRow } from '../tables/digest-table.ts'
import type { Tables } from '../tables/tables.ts'
import { areSameFiles, measureFile, sizeOf } from './file-bytes.ts'
import type { Kept } from './objects.ts'

/** A row of a file that was just read. */
interface MeasuredRow extends DigestRow {
  sum: string
  path: string
}

export class DigestNames {
  readonly #tables: Tables
  readonly #digest: Digest
  readonly #writable: boolean
  /** Rows that a reader may not write. */
  readonly #unwritten = new Map<ContentName, DigestRow>()

  constructor(tables: Tables, digest: Digest, writable: boolean) {
    this.#tables = tables
    this.#digest = digest
    this.#writable = writable
  }

  keep(path: string, verify: Exclude<Verify, 'full'>): Kept {
    const { sum, size, sha256 } = measureFile(path, this.#digest, { withSha256: verify === 'strong' })
    return { name: this.#nameOf(verify, { size, sha256, sum, path: resolve(path) }), size }
  }

  /** The first name of a hash that is this content's or free. */
  #nameOf(verify: Exclude<Verify, 'full'>, row: MeasuredRow): ContentName {
    const hash = this.#digest.cut(row.sum)
    for (let n = 0; ; n++) {
      const name = contentName(verify, nthName(hash, n))
      const known = this.#unwritten.get(name) ?? this.#tables.digests.one(name)
      if (known === undefined) {
        if (this.#tables.gone.one(name) !== undefined) continue
        this.#set(name, row)
        return name
      }
      if (known.size !== row.size || known.sha256 !== row.sha256 || (known.sum ?? row.sum) !== row.sum) continue
      // SHA-256 has told already.
      if (row.sha256 !== null) return name
      const other = this.#fileOf(known, row)
      if (other !== undefined && !areSameFiles(other, row.path)) continue
      if (other === undefined) this.#set(name, row)
      return name
    }
  }

  /** The file that a name was given to, where it lies there still. */
  #fileOf({ path }: DigestRow, { size, sum, path: own }: MeasuredRow): string | undefined {
    if (path === null || path === own) return undefined
    try {
      return sizeOf(path) === size && measureFile(path, this.#digest).sum === sum ? path : undefined
    } catch {
      // It cannot be read any more, so nobody cooks from it.
      return undefined
    }
  }

  #set(name: ContentName, row: DigestRow): void {
    if (this.#writable) this.#tables.digests.set(name, row)
    else this.#unwritten.set(name, row)
  }
}
