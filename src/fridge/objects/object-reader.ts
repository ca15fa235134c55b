// Reads the bytes of objects from their rows or files, and detects damage when it does.
import { type BytesName, hashOf } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { FridgeSettings } from '../../config/configuration.ts'
import type { ObjectRow } from '../tables/object-table.ts'
import type { ObjectFiles } from './object-files.ts'

export class ObjectReader {
  readonly #files: ObjectFiles
  readonly #digest: Digest
  readonly #verifiesBytes: boolean

  constructor(files: ObjectFiles, digest: Digest, { verifyReads }: Pick<FridgeSettings, 'verifyReads'>) {
    this.#files = files
    this.#digest = digest
    this.#verifiesBytes = verifyReads === 'always'
  }

  /** Undefined where the bytes were lost or are not those that were stored. */
  read(name: BytesName, row: ObjectRow): Buffer | undefined {
    if (row.bytes !== null) return this.inline(row)
    return this.isSound(name, row) ? this.#files.read(name) : undefined
  }

  /** Bytes in the database are few, so they are verified on every use. */
  inline({ bytes, size, sum }: ObjectRow): Buffer | undefined {
    if (bytes === null || bytes.length !== size) return undefined
    return sum === null || this.#digest.whole(bytes) === sum ? bytes : undefined
  }

  /** Verifies the size of a file on every use, its bytes where the settings say so. */
  isSound(name: BytesName, row: ObjectRow): boolean {
    if (this.#files.sizeOf(name) !== row.size) return false
    return !this.#verifiesBytes || this.isNamed(this.#files.measure(name).sum, name, row)
  }

  /** Whether bytes of this hash are those that were stored, as far as a hash can say. */
  isNamed(sum: string, name: BytesName, row: ObjectRow): boolean {
    return row.sum === null ? this.#digest.cut(sum) === hashOf(name) : sum === row.sum
  }
}
