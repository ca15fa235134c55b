// Reads the bytes of objects from their rows or files, and detects damage when it does.
import { type BytesName, hashOf } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { FridgeSettings } from '../../config/configuration.ts'
import type { ObjectRow } from '../tables/object-table.ts'
import { type FileStamp, isSameStamp, type ObjectFiles } from './object-files.ts'

export class ObjectReader {
  readonly #files: ObjectFiles
  readonly #digest: Digest
  readonly #verifiesAlways: boolean
  /** Files whose bytes were verified, and their stat then: a thousand jobs read one object. */
  readonly #verified = new Map<BytesName, FileStamp>()
  /** Files that were found damaged, as they were then: they count as lost until they are replaced. */
  readonly #damaged = new Map<BytesName, FileStamp>()

  constructor(files: ObjectFiles, digest: Digest, { verifyReads }: Pick<FridgeSettings, 'verifyReads'>) {
    this.#files = files
    this.#digest = digest
    this.#verifiesAlways = verifyReads === 'always'
  }

  /** Undefined where the bytes were lost or are not those that were stored. */
  read(name: BytesName, row: ObjectRow): Buffer | undefined {
    if (row.bytes !== null) return this.inline(row)
    if (this.#files.sizeOf(name) !== row.size) return undefined
    const bytes = this.#files.read(name)
    return this.confirm(this.#digest.whole(bytes), name, row) ? bytes : undefined
  }

  /** Bytes in the database are few, so they are verified on every use. */
  inline({ bytes, size, sum }: ObjectRow): Buffer | undefined {
    if (bytes === null || bytes.length !== size) return undefined
    return sum === null || this.#digest.whole(bytes) === sum ? bytes : undefined
  }

  /** Returns true where the file exists. Its bytes are verified only where the settings say so; otherwise readers verify them. */
  isThere(name: BytesName, row: ObjectRow): boolean {
    if (this.#verifiesAlways) return this.isSound(name, row)
    return this.#files.sizeOf(name) === row.size && !this.#isDamaged(name)
  }

  /** Verifies the bytes of a file; once more whenever its size, times or inode are others. */
  isSound(name: BytesName, row: ObjectRow): boolean {
    const stamp = this.#files.stampOf(name)
    if (stamp?.size !== row.size) return false
    const known = this.#verified.get(name)
    if (!this.#verifiesAlways && known !== undefined && isSameStamp(known, stamp)) return true
    this.#verified.delete(name)
    if (!this.confirm(this.#files.measure(name).sum, name, row)) return false
    // Another change within the clock's grain would leave the same times.
    if (!stamp.isRecent) this.#verified.set(name, stamp)
    return true
  }

  /** Returns true where the bytes read are those that were stored. Otherwise the file counts as lost. */
  confirm(sum: string, name: BytesName, row: ObjectRow): boolean {
    if (this.isNamed(sum, name, row)) return true
    const stamp = this.#files.stampOf(name)
    if (stamp) this.#damaged.set(name, stamp)
    return false
  }

  #isDamaged(name: BytesName): boolean {
    const damaged = this.#damaged.get(name)
    if (damaged === undefined) return false
    const now = this.#files.stampOf(name)
    return now !== undefined && isSameStamp(damaged, now)
  }

  /** Returns true where bytes of this hash are those that were stored, as far as a hash can tell. */
  isNamed(sum: string, name: BytesName, row: ObjectRow): boolean {
    return row.sum === null ? this.#digest.cut(sum) === hashOf(name) : sum === row.sum
  }
}
