// Content by name: keeps bytes, gives them their names and reads them again. Small bytes lie in the database, the rest in files.
import { readFileSync, rmSync } from 'node:fs'
import { bytesOf, type BytesName, type ContentName, contentName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import { objectKinds } from '../tables/object-table.ts'
import type { ByteSearch } from './byte-search.ts'
import { holds, measureFile, measureStrong, sizeOf } from './file-bytes.ts'
import { type Entry, listingIn, listingText } from './folder-listing.ts'
import type { ObjectFiles } from './object-files.ts'
import type { ObjectReader } from './object-reader.ts'
import type { HashedRow, ObjectRows } from './object-rows.ts'
import { type StrongNames, strongNameOf } from './strong-names.ts'

/** Content up to this many bytes lies in the database. */
export const inlineLimit = 8192

export interface Kept<Name extends ContentName = ContentName> {
  name: Name
  size: number
}

export interface ObjectParts {
  rows: ObjectRows
  files: ObjectFiles
  reader: ObjectReader
  strongNames: StrongNames
  digest: Digest
  writable: boolean
}

export class Objects {
  readonly files: ObjectFiles
  readonly #rows: ObjectRows
  readonly #reader: ObjectReader
  readonly #strongNames: StrongNames
  readonly #digest: Digest
  readonly #writable: boolean
  /** Called with each name that is dropped. */
  readonly #listeners: ((name: BytesName) => void)[] = []

  constructor({ rows, files, reader, strongNames, digest, writable }: ObjectParts) {
    this.#rows = rows
    this.files = files
    this.#reader = reader
    this.#strongNames = strongNames
    this.#digest = digest
    this.#writable = writable
  }

  /** Keeps bytes and returns their name: the same bytes have one name, other bytes of the same hash another. */
  keepBytes(bytes: Buffer, kind: keyof typeof objectKinds = 'file'): Kept<BytesName> {
    const sum = this.#digest.whole(bytes)
    const isInline = bytes.length <= inlineLimit || kind === 'folder'
    const row: HashedRow = { size: bytes.length, kind: objectKinds[kind], bytes: isInline ? bytes : null, sum }
    const { name, held } = this.#rows.nameOf(row, (other, otherRow) => {
      const known = this.#reader.read(other, otherRow)
      if (known?.equals(bytes)) return 'same'
      if (known === undefined && !this.#mayBe(other, () => strongNameOf(bytes).sha256)) return 'other'
      // Other bytes under a name that is theirs are a collision; what was lost or overwritten is put back.
      const isTheirs = known !== undefined && this.#reader.isNamed(this.#digest.whole(known), other, otherRow)
      return isTheirs ? 'other' : 'lost'
    })
    if (held !== 'same') {
      if (!isInline && this.#writable) this.files.place(name, bytes)
      // A shortened hash may have named other bytes in a build that was killed before it wrote its rows.
      if (isInline && this.#writable && name !== sum) this.files.remove(name)
      this.#rows.set(name, row)
      this.#strongNames.arrived(name)
    }
    return { name, size: bytes.length }
  }

  /** Keeps a file's bytes. `move` makes the file itself the object; else a copy is taken first, so that the kept bytes are the hashed ones. */
  keepFile(path: string, size: number, move: boolean, search?: ByteSearch): Kept<BytesName> {
    if (size <= inlineLimit) {
      const bytes = readFileSync(path)
      search?.beginFile()
      search?.take(bytes)
      return this.keepBytes(bytes)
    }
    const own = move || !this.#writable ? path : this.files.copyAside(path)
    try {
      return this.#keepOwn(own, search)
    } finally {
      if (own !== path) rmSync(own, { force: true })
    }
  }

  #keepOwn(path: string, search: ByteSearch | undefined): Kept<BytesName> {
    const { size, sum } = measureFile(path, this.#digest, { search })
    const row: HashedRow = { size, kind: objectKinds.file, bytes: null, sum }
    const { name, held } = this.#rows.nameOf(row, (other, otherRow) => {
      if (this.files.sizeOf(other) !== otherRow.size)
        return this.#mayBe(other, () => measureStrong(path).sha256) ? 'lost' : 'other'
      if (this.files.equals(other, path)) return 'same'
      return this.#reader.isNamed(this.files.measure(other).sum, other, otherRow) ? 'other' : 'lost'
    })
    if (held !== 'same') {
      if (this.#writable) this.files.adopt(name, path)
      this.#rows.set(name, row)
      this.#strongNames.arrived(name)
    }
    return { name, size }
  }

  /** Returns true where bytes with the hash and size of lost content can be its bytes. */
  #mayBe(name: BytesName, sha256: () => string): boolean {
    const known = this.#strongNames.find(name)
    return known === undefined || known.sha256 === sha256()
  }

  /** Keeps a listing; its members must have been kept before. */
  keepListing(entries: Entry[]): Kept {
    const { name, size } = this.keepBytes(Buffer.from(listingText(entries)), 'folder')
    return { name: contentName('folder', name), size }
  }

  /**
   * Drops content that nothing needs any more. Members of folders stay: other folders may hold them too.
   * The names stay taken, because actions speak of them. Files go once the rows are gone for good.
   */
  drop(names: Iterable<ContentName>): void {
    for (const one of names) {
      const name = bytesOf(one)
      this.#rows.drop(name)
      this.#strongNames.forget(name)
      this.files.drop(name)
      for (const listen of this.#listeners) listen(name)
    }
  }

  onDrop(listen: (name: BytesName) => void): void {
    this.#listeners.push(listen)
  }

  has(content: ContentName): boolean {
    const name = bytesOf(content)
    const row = this.#rows.find(name)
    if (row === undefined) return false
    if (row.kind === objectKinds.folder) return this.listing(name)?.every((entry) => this.has(entry.name)) ?? false
    return row.bytes === null ? this.#reader.isThere(name, row) : this.#reader.inline(row) !== undefined
  }

  /** The size of a folder is that of its members. */
  size(content: ContentName): number | undefined {
    const row = this.#rows.find(bytesOf(content))
    if (row === undefined) return undefined
    if (row.kind === objectKinds.file) return row.size
    return this.listing(content)?.reduce((sum, entry) => sum + (this.size(entry.name) ?? 0), 0)
  }

  /** The bytes of a file; undefined where they were lost or are not what was stored. */
  read(content: ContentName): Buffer | undefined {
    const name = bytesOf(content)
    const row = this.#rows.find(name)
    return row && this.#reader.read(name, row)
  }

  /** The bytes where they lie in the database, so that a cook can be given them without a file. */
  inline(content: ContentName): Buffer | undefined {
    const row = this.#rows.find(bytesOf(content))
    return row && this.#reader.inline(row)
  }

  /** Undefined where it was lost, or is not what was stored. */
  listing(content: ContentName): Entry[] | undefined {
    const bytes = this.inline(content)
    return bytes && listingIn(bytes)
  }

  /** All bits of the hash of content that is here. */
  sumOf(name: BytesName): string {
    const row = this.#rows.find(name)
    if (row?.sum) return row.sum
    return row?.bytes ? this.#digest.whole(row.bytes) : this.files.measure(name).sum
  }

  /** Treats these files as missing: they do not hold what their names say. A writer removes them. */
  lose(names: Iterable<BytesName>): void {
    for (const name of names) {
      if (!this.#writable) this.files.lose(name)
      else if (this.inline(name) !== undefined) this.files.remove(name)
      else this.drop([name])
    }
  }

  /** Returns true where a file holds the content stored under a name, even if that was lost or dropped since. */
  isSame(content: ContentName, path: string): boolean {
    const name = bytesOf(content)
    const row = this.#rows.findKnown(name)
    if (row === undefined || sizeOf(path) !== row.size) return false
    if (!this.#reader.isNamed(measureFile(path, this.#digest).sum, name, row)) return false
    const bytes = this.inline(name)
    if (bytes !== undefined) return holds(path, bytes)
    if (this.files.sizeOf(name) !== row.size || this.files.equals(name, path)) return true
    // Of a damaged object only the hash still speaks.
    return !this.#reader.isNamed(this.files.measure(name).sum, name, row)
  }
}
