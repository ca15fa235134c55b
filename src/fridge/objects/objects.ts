// Content by name: small bytes in the database, the rest as files.
import { chmodSync, constants, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Database, Statement } from 'better-sqlite3'
import {
  bytesOf,
  contentName,
  type ContentName,
  hashOf,
  isFolder,
  isProgram,
  nthName,
} from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { FridgeSettings, Verify } from '../../config/configuration.ts'
import { BareNames } from './unstored-names.ts'
import { type Entry, listingIn, listingText } from './folder-listing.ts'
import { RemoteObjects, type StrongName, strongNameOf } from './remote-objects.ts'
import { areSameFiles, holds, isSameFile, type Measured, measureFile, sizeOf } from './file-bytes.ts'
import { isRacy, lookAt, nowNs, sameStat, type Seen, seenAs } from '../stat-memory.ts'
import { ObjectFiles } from './object-files.ts'

const inlineLimit = 8192

export interface Kept {
  name: ContentName
  size: number
}

const kinds = { file: 0, folder: 1 } as const

interface Row {
  size: number
  kind: number
  bytes: Buffer | null
  /** All bits of its hash, however many its name has; unknown of content that an older chef kept. */
  sum: string | null
}

export class Objects {
  /** Content up to this many bytes lies in the database. */
  readonly inlineLimit = inlineLimit
  readonly elsewhere: RemoteObjects
  readonly files: ObjectFiles
  readonly #digest: Digest
  readonly #settings: FridgeSettings
  readonly #find: Statement
  readonly #insert: Statement
  readonly #findGone: Statement
  readonly #leaveName: Statement
  readonly #delete: Statement
  readonly #bare: BareNames
  readonly #write: boolean
  /** What a reader would have stored: names must be right for it too, and nothing is written. */
  readonly #unwritten = new Map<string, Row>()
  /** Files of inline content that were found to hold it, and what they looked like then: a thousand jobs read one source. */
  readonly #compared = new Map<ContentName, Seen>()

  constructor(database: Database, digest: Digest, settings: FridgeSettings, write: boolean) {
    this.#digest = digest
    this.files = new ObjectFiles(settings)
    this.#settings = settings
    this.#write = write
    this.elsewhere = new RemoteObjects(database, write)
    this.#find = database.prepare('SELECT size, kind, bytes, sum FROM object WHERE name = ?')
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO object(name, size, kind, bytes, sum) VALUES (?, ?, ?, ?, ?)',
    )
    this.#findGone = database.prepare('SELECT size, kind, NULL AS bytes, sum FROM gone WHERE name = ?')
    this.#leaveName = database.prepare(
      `INSERT OR REPLACE INTO gone(name, size, kind, sum, bytes)
       SELECT name, size, kind, sum, CASE kind WHEN 1 THEN bytes END FROM object WHERE name = ?`,
    )
    this.#delete = database.prepare('DELETE FROM object WHERE name = ?')
    this.#bare = new BareNames(database, write)
  }

  /** Keeps bytes and gives their name; the same bytes have one name, other bytes of the same hash another. */
  keepBytes(bytes: Buffer, kind: keyof typeof kinds = 'file'): Kept {
    const sum = this.#digest.whole(bytes)
    const inline = bytes.length <= inlineLimit || kind === 'folder'
    const kept: Row = { size: bytes.length, kind: kinds[kind], bytes: inline ? bytes : null, sum }
    const name = this.#nameOf(kept, (held, row) => {
      const other = this.#bytesOf(held, row)
      if (other?.equals(bytes)) return 'same'
      if (other === undefined && !this.#mayBe(held, () => strongNameOf(bytes))) return 'other'
      // Other bytes under a name that is theirs are a collision; what was lost or overwritten is put back.
      return other !== undefined && this.#isNamed(other, held, row) ? 'other' : 'lost'
    })
    if (name.held !== 'same') {
      if (!inline && this.#write) this.files.place(name.name, bytes)
      // A name that is not all of its hash may have been another's, in a build that did not live to write it down.
      if (inline && this.#write && name.name !== sum) this.files.clear(name.name)
      this.#store(name.name, kept)
      this.elsewhere.arrived(name.name)
    }
    return { name: name.name, size: bytes.length }
  }

  /** The name that content has or gets, and whether its bytes are here. */
  #nameOf(
    { size, kind, sum }: Row,
    compare: (name: ContentName, row: Row) => 'same' | 'other' | 'lost',
  ): { name: ContentName; held: 'same' | 'lost' | 'new' } {
    const hash = this.#digest.cut(sum as string)
    for (let n = 0; ; n++) {
      const name = nthName(hash, n)
      const row = this.#row(name)
      // Of content that was dropped its whole hash and its size are left to tell it by.
      const known = row ?? (this.#findGone.get(name) as Row | undefined)
      if (known === undefined) return { name, held: 'new' }
      if (known.kind !== kind || known.size !== size || (known.sum !== null && known.sum !== sum)) continue
      if (row === undefined) return { name, held: 'new' }
      const held = compare(name, row)
      if (held !== 'other') return { name, held }
    }
  }

  /** Keeps a file's bytes. `move` lets the file itself become the object; else a copy is taken first, so that what is hashed is what is kept. */
  keepFile(path: string, size: number, move: boolean): Kept {
    if (size <= inlineLimit) return this.keepBytes(readFileSync(path))
    const own = move || !this.#write ? path : this.files.copyAside(path)
    try {
      return this.#keepOwn(own)
    } finally {
      if (own !== path) rmSync(own, { force: true })
    }
  }

  #keepOwn(path: string): Kept {
    const { size, sum } = this.#measure(path)
    const kept: Row = { size, kind: kinds.file, bytes: null, sum }
    const { name, held } = this.#nameOf(kept, (other, row) => {
      const there = this.files.pathOf(other)
      if (sizeOf(there) !== row.size) return this.#mayBe(other, () => this.measureStrong(path)) ? 'lost' : 'other'
      if (areSameFiles(path, there)) return 'same'
      return this.#isNamed(there, other, row) ? 'other' : 'lost'
    })
    if (held !== 'same') {
      if (this.#write) this.files.adopt(name, path)
      this.#store(name, kept)
      this.elsewhere.arrived(name)
    }
    return { name, size }
  }

  /** Names content that only others have, by all bits of its hash as they tell them: the name its bytes would have here. */
  keepAbsent(sum: string, strong: StrongName): ContentName {
    const kept: Row = { size: strong.size, kind: kinds.file, bytes: null, sum }
    const { name, held } = this.#nameOf(kept, (other) => {
      const known = this.strongName(other)
      if (known === undefined) return 'lost'
      return known.sha256 === strong.sha256 ? 'same' : 'other'
    })
    if (held === 'new') this.#store(name, kept)
    if (held !== 'same' || !this.has(name)) this.elsewhere.remember(name, strong, false)
    return name
  }

  /** Gives absent content its bytes, which lie in a file of the fridge's own and are known to have its SHA-256. */
  fill(name: ContentName, path: string): boolean {
    const row = this.#row(name)
    const { sum, size } = this.#measure(path)
    if (row?.kind !== kinds.file || row.size !== size || row.sum !== sum) return false
    if (size <= inlineLimit) this.#store(name, { ...row, bytes: readFileSync(path) })
    else this.files.adopt(name, path)
    this.elsewhere.arrived(name)
    return true
  }

  /** The SHA-256 of content whose bytes are here or that others have; remembered where it took reading a file. */
  strongName(name: ContentName): StrongName | undefined {
    const known = this.elsewhere.strongName(name)
    if (known) return known
    const row = this.#row(name)
    if (row === undefined) return undefined
    if (row.bytes !== null) return strongNameOf(row.bytes)
    const path = this.files.pathOf(name)
    if (!this.#isSound(name, path, row)) return undefined
    const strong = this.measureStrong(path)
    this.elsewhere.remember(name, strong, true)
    return strong
  }

  measureStrong(path: string): StrongName {
    const { sha256, size } = this.#measure(path, true)
    return { sha256: sha256 as string, size }
  }

  /** All bits of the hash of content that is here. */
  sumOf(name: ContentName): string {
    const row = this.#row(name)
    if (row?.sum) return row.sum
    return row?.bytes ? this.#digest.whole(row.bytes) : this.#measure(this.files.pathOf(name)).sum
  }

  /** Whether bytes that have the hash and the size of lost content can be its bytes. */
  #mayBe(name: ContentName, strongName: () => StrongName): boolean {
    const known = this.elsewhere.strongName(name)
    return known === undefined || known.sha256 === strongName().sha256
  }

  /** Content that is not here and whose bytes others have: a folder's members one by one. */
  missing(name: ContentName): ContentName[] {
    if (!isFolder(name)) return this.elsewhere.absent().has(bytesOf(name)) ? [bytesOf(name)] : []
    return this.listing(name)?.flatMap((entry) => this.missing(entry.name)) ?? []
  }

  /** Whether everything of this content that is not here can be had from others. */
  isElsewhere(name: ContentName): boolean {
    if (!isFolder(name)) return this.elsewhere.absent().has(bytesOf(name))
    return this.listing(name)?.every(({ name: member }) => this.isElsewhere(member) || this.has(member)) ?? false
  }

  /** Keeps a listing; its members must have been kept before. */
  keepListing(entries: Entry[]): Kept {
    const kept = this.keepBytes(Buffer.from(listingText(entries)), 'folder')
    return { name: contentName('folder', kept.name), size: kept.size }
  }

  /** Names content of which no bytes are kept: by hash alone, or by hash, size and SHA-256. */
  keepDigest(path: string, verify: Exclude<Verify, 'full'>): Kept {
    const { sum, size, sha256 } = this.#measure(path, verify === 'strong')
    const hash = this.#digest.cut(sum)
    const isGone = (name: string): boolean => this.#findGone.get(name) !== undefined
    return { name: this.#bare.nameOf(hash, verify, { size, sha256 }, isGone), size }
  }

  /**
   * Drops content that nothing needs any more. Members of folders stay: other folders may hold them too.
   * The names stay taken, because actions speak of them. Files go once the rows are gone for good.
   */
  drop(names: Iterable<ContentName>): void {
    for (const name of names) {
      this.#leaveName.run(bytesOf(name))
      this.#delete.run(bytesOf(name))
      this.elsewhere.forget(bytesOf(name))
      this.#compared.delete(bytesOf(name))
      this.files.drop(bytesOf(name))
    }
  }

  has(name: ContentName): boolean {
    const row = this.#row(bytesOf(name))
    if (row === undefined) return false
    if (row.kind === kinds.folder) return this.listing(name)?.every((entry) => this.has(entry.name)) ?? false
    if (row.bytes !== null) return inlineBytes(row, this.#digest) !== undefined
    return this.#isSound(bytesOf(name), this.files.pathOf(bytesOf(name)), row)
  }

  size(name: ContentName): number | undefined {
    const row = this.#row(bytesOf(name))
    if (row === undefined) return undefined
    if (row.kind === kinds.file) return row.size
    return this.listing(name)?.reduce((sum, entry) => sum + (this.size(entry.name) ?? 0), 0)
  }

  /** The bytes of a file; undefined where they were lost or are not what was stored. */
  read(name: ContentName): Buffer | undefined {
    const row = this.#row(bytesOf(name))
    return row && this.#bytesOf(bytesOf(name), row)
  }

  /** The bytes where they lie in the database, so that a cook can be given them without a file. */
  inline(name: ContentName): Buffer | undefined {
    const row = this.#row(bytesOf(name))
    return row && inlineBytes(row, this.#digest)
  }

  /** Undefined where it was lost, or is not what was stored. */
  listing(name: ContentName): Entry[] | undefined {
    const row = this.#row(bytesOf(name))
    const bytes = row && inlineBytes(row, this.#digest)
    return bytes && listingIn(bytes)
  }

  /** A file below objects/ for content that a cook must find as a file; made for inline content when first asked for. */
  fileOf(content: ContentName): string | undefined {
    const name = bytesOf(content)
    const path = this.files.pathOf(name)
    const now = nowNs()
    const stat = lookAt(path)
    const compared = this.#compared.get(name)
    if (stat && compared && sameStat(compared, stat)) return path
    const row = this.#row(name)
    if (row === undefined) return undefined
    if (row.bytes === null) return this.#isSound(name, path, row) ? path : undefined
    const bytes = inlineBytes(row, this.#digest)
    if (bytes === undefined) return undefined
    if (!holds(path, bytes)) this.files.place(name, bytes)
    else if (stat) {
      const seen = seenAs(stat, name, now)
      if (!isRacy(seen)) this.#compared.set(name, seen)
    }
    return path
  }

  /** Copies a file out of the fridge, as a clone where the file system has them, to a place of the fridge's own. */
  copyOut(content: ContentName, executable: boolean): string | undefined {
    const name = bytesOf(content)
    const row = this.#row(name)
    if (row === undefined) return undefined
    const aside = this.files.asideName()
    if (row.bytes !== null) {
      const bytes = inlineBytes(row, this.#digest)
      if (bytes === undefined) return undefined
      writeFileSync(aside, bytes)
    } else {
      const from = this.files.pathOf(name)
      if (!this.#isSound(name, from, row)) return undefined
      copyFileSync(from, aside, constants.COPYFILE_FICLONE)
    }
    chmodSync(aside, executable || isProgram(content) ? 0o755 : 0o644)
    return aside
  }

  /** These files do not hold what their names say: they are as if they were not there, and a writer removes them. */
  lose(names: Iterable<ContentName>): void {
    for (const name of names) {
      if (!this.#write) this.files.lose(name)
      else if (this.inline(name) !== undefined) rmSync(this.files.pathOf(name), { force: true })
      else this.drop([name])
    }
  }

  #row(name: string): Row | undefined {
    return this.#unwritten.get(name) ?? (this.#find.get(name) as Row | undefined)
  }

  #store(name: string, row: Row): void {
    if (this.#write) this.#insert.run(name, row.size, row.kind, row.bytes, row.sum)
    else this.#unwritten.set(name, row)
  }

  #bytesOf(name: string, row: Row): Buffer | undefined {
    if (row.bytes !== null) return inlineBytes(row, this.#digest)
    const path = this.files.pathOf(name)
    return this.#isSound(name, path, row) ? readFileSync(path) : undefined
  }

  /** Sizes are checked on every use, bytes where the settings say so. */
  #isSound(name: string, path: string, row: Row): boolean {
    if (sizeOf(path) !== row.size || this.files.isLost(name)) return false
    return this.#settings.verifyReads !== 'always' || this.#isNamed(path, name, row)
  }

  /** Whether bytes, or the file at a path, are those that were stored, as far as a hash can say. */
  #isNamed(content: Buffer | string, name: string, { sum }: Row): boolean {
    const now = typeof content === 'string' ? this.#measure(content).sum : this.#digest.whole(content)
    return sum === null ? this.#digest.cut(now) === hashOf(name) : now === sum
  }

  /** Whether a file holds what was stored under a name, also where that was lost or dropped since. */
  isSame(name: ContentName, path: string): boolean {
    const row = this.#row(bytesOf(name)) ?? (this.#findGone.get(bytesOf(name)) as Row | undefined)
    return row !== undefined && sizeOf(path) === row.size && this.#isNamed(path, bytesOf(name), row)
  }

  /**
   * Whether a file that stands for content elsewhere, in a tree, is that content. Its size alone does not tell: a chef that
   * was killed may have left other bytes under a name that it did not live to write down.
   */
  isCopy(name: ContentName, path: string): boolean {
    const row = this.#row(bytesOf(name))
    if (row === undefined || !this.#isSound(bytesOf(name), path, row)) return false
    if (row.bytes !== null) return holds(path, row.bytes)
    return isSameFile(path, this.files.pathOf(bytesOf(name))) || this.#isNamed(path, bytesOf(name), row)
  }

  #measure(path: string, strong = false): Measured {
    return measureFile(path, this.#digest, strong)
  }
}

/** Bytes of the database are so few that they are looked at on every use. */
function inlineBytes({ bytes, size, sum }: Row, digest: Digest): Buffer | undefined {
  if (bytes === null || bytes.length !== size) return undefined
  return sum === null || digest.whole(bytes) === sum ? bytes : undefined
}
