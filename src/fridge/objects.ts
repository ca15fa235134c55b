// Content by name: small bytes in the database, the rest as read-only files that are visible only when whole.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Database, Statement } from 'better-sqlite3'
import { type ContentName, type Digest, nthName } from '../base/digest.ts'
import type { FridgeSettings, Verify } from '../config/configuration.ts'

const inlineLimit = 8192
const pieceBytes = 1 << 20

export interface Kept {
  name: ContentName
  size: number
}

/** One entry of a folder's listing. The listing's canonical JSON is the content of the folder. */
export interface Entry {
  path: string
  name: ContentName
  executable: boolean
}

const kinds = { file: 0, folder: 1 } as const

interface ObjectFolder {
  names: Set<string>
  mtimeMs: number
  readAt: number
}

const folderGrainMs = 20

interface Row {
  size: number
  kind: number
  bytes: Buffer | null
}

export class Objects {
  /** Content up to this many bytes lies in the database. */
  readonly inlineLimit = inlineLimit
  readonly #digest: Digest
  readonly #folder: string
  readonly #settings: FridgeSettings
  readonly #find: Statement
  readonly #insert: Statement
  readonly #delete: Statement
  readonly #findDigest: Statement
  readonly #insertDigest: Statement
  readonly #write: boolean
  /** What a reader would have stored: names must be right for it too, and nothing is written. */
  readonly #unwritten = new Map<string, Row>()
  readonly #unwrittenDigests = new Map<string, { size: number; sha256: string | null }>()
  readonly #piece = Buffer.allocUnsafe(pieceBytes)
  readonly #otherPiece = Buffer.allocUnsafe(pieceBytes)
  #aside = 0
  #listed = new Map<string, ObjectFolder>()

  constructor(database: Database, digest: Digest, settings: FridgeSettings, write: boolean) {
    this.#digest = digest
    this.#folder = settings.path
    this.#settings = settings
    this.#write = write
    this.#find = database.prepare('SELECT size, kind, bytes FROM object WHERE name = ?')
    this.#insert = database.prepare('INSERT OR REPLACE INTO object(name, size, kind, bytes) VALUES (?, ?, ?, ?)')
    this.#delete = database.prepare('DELETE FROM object WHERE name = ?')
    this.#findDigest = database.prepare('SELECT size, sha256 FROM digest WHERE name = ?')
    this.#insertDigest = database.prepare('INSERT OR REPLACE INTO digest(name, size, sha256) VALUES (?, ?, ?)')
  }

  /** Keeps bytes and gives their name; the same bytes have one name, other bytes of the same hash another. */
  keepBytes(bytes: Buffer, kind: keyof typeof kinds = 'file'): Kept {
    const hash = this.#digest.bytes(bytes)
    for (let n = 0; ; n++) {
      const name = nthName(hash, n)
      const row = this.#row(name)
      if (row === undefined) {
        if (bytes.length <= inlineLimit || kind === 'folder')
          this.#store(name, { size: bytes.length, kind: kinds[kind], bytes })
        else {
          if (this.#write) this.#place(name, (file) => writeAll(file, bytes))
          this.#store(name, { size: bytes.length, kind: kinds[kind], bytes: null })
        }
        return { name, size: bytes.length }
      }
      if (row.kind !== kinds[kind] || row.size !== bytes.length) continue
      const held = this.#bytesOf(name, row)
      if (
        held === undefined ||
        (row.bytes === null && !held.equals(bytes) && !this.#isNamed(name, this.pathOf(name)))
      ) {
        // The object was lost or overwritten: these are its bytes as far as its hash and size can say, so it is put back.
        if (this.#write) this.#place(name, (file) => writeAll(file, bytes))
        return { name, size: bytes.length }
      }
      if (held.equals(bytes)) return { name, size: bytes.length }
    }
  }

  /** Keeps a file's bytes. `move` lets the file itself become the object; else a copy is taken first, so that what is hashed is what is kept. */
  keepFile(path: string, size: number, move: boolean): Kept {
    if (size <= inlineLimit) return this.keepBytes(readFileSync(path))
    const own = move || !this.#write ? path : this.#copyAside(path)
    try {
      return this.#keepOwn(own)
    } finally {
      if (own !== path) rmSync(own, { force: true })
    }
  }

  #keepOwn(path: string): Kept {
    const measured = this.#measure(path)
    for (let n = 0; ; n++) {
      const name = nthName(measured.hash, n)
      const row = this.#row(name)
      if (row !== undefined) {
        if (row.kind !== kinds.file || row.size !== measured.size) continue
        const held = this.pathOf(name)
        if (sizeOf(held) === measured.size) {
          if (this.#sameFiles(path, held)) return { name, size: measured.size }
          // Other bytes under a name that is theirs are a collision; what was overwritten is put back.
          if (this.#isNamed(name, held)) continue
        }
      }
      if (this.#write) this.#adopt(name, path)
      this.#store(name, { size: measured.size, kind: kinds.file, bytes: null })
      return { name, size: measured.size }
    }
  }

  /** Keeps a listing; its members must have been kept before. */
  keepListing(entries: Entry[]): Kept {
    const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
    const text = JSON.stringify(sorted.map(({ path, name, executable }) => [path, name, executable ? 1 : 0]))
    const kept = this.keepBytes(Buffer.from(text), 'folder')
    return { name: `folder:${kept.name}` as ContentName, size: kept.size }
  }

  /** Names content of which no bytes are kept: by hash alone, or by hash, size and SHA-256. */
  keepDigest(path: string, verify: Exclude<Verify, 'full'>): Kept {
    const { hash, size, sha256 } = this.#measure(path, verify === 'strong')
    for (let n = 0; ; n++) {
      const name = `${verify}:${nthName(hash, n)}` as ContentName
      const row =
        this.#unwrittenDigests.get(name) ??
        (this.#findDigest.get(name) as { size: number; sha256: string | null } | undefined)
      if (row !== undefined && (row.size !== size || row.sha256 !== sha256)) continue
      if (row === undefined) {
        if (this.#write) this.#insertDigest.run(name, size, sha256)
        else this.#unwrittenDigests.set(name, { size, sha256 })
      }
      return { name, size }
    }
  }

  /** Drops content that nothing needs any more. Members of folders stay: other folders may hold them too. */
  drop(names: Iterable<ContentName>): void {
    for (const name of names) {
      this.#delete.run(bare(name))
      rmSync(this.pathOf(bare(name)), { force: true })
      if (isFolder(name)) rmSync(join(this.#folder, 'trees', bare(name)), { recursive: true, force: true })
    }
  }

  has(name: ContentName): boolean {
    const row = this.#row(bare(name))
    if (row === undefined) return false
    if (row.bytes !== null) return row.kind === kinds.file || this.listing(name).every((entry) => this.has(entry.name))
    return this.#isSound(bare(name), this.pathOf(bare(name)), row.size)
  }

  size(name: ContentName): number | undefined {
    const row = this.#row(bare(name))
    if (row === undefined) return undefined
    if (row.kind === kinds.file) return row.size
    return this.listing(name).reduce((sum, entry) => sum + (this.size(entry.name) ?? 0), 0)
  }

  /** The bytes of a file; undefined where they were lost or have another size than they were stored with. */
  read(name: ContentName): Buffer | undefined {
    const row = this.#row(bare(name))
    return row && this.#bytesOf(bare(name), row)
  }

  /** The bytes where they lie in the database, so that a cook can be given them without a file. */
  inline(name: ContentName): Buffer | undefined {
    return this.#row(bare(name))?.bytes ?? undefined
  }

  listing(name: ContentName): Entry[] {
    const bytes = this.#row(bare(name))?.bytes
    if (!bytes) throw new Error(`${name} is no folder of this fridge`)
    return (JSON.parse(bytes.toString()) as [string, ContentName, number][]).map(([path, member, mode]) => ({
      path,
      name: member,
      executable: mode === 1,
    }))
  }

  pathOf(name: string): string {
    return join(this.#folder, 'objects', name.slice(0, 2), name.slice(2))
  }

  /** A file below objects/ for content that a cook must find as a file; made for inline content when first asked for. */
  fileOf(content: ContentName): string | undefined {
    const name = bare(content)
    const path = this.pathOf(name)
    const row = this.#row(name)
    if (row === undefined) return undefined
    if (this.#isSound(name, path, row.size)) return path
    if (row.bytes === null) return undefined
    const bytes = row.bytes
    this.#place(name, (file) => writeAll(file, bytes))
    return path
  }

  /** Copies a file out of the fridge, as a clone where the file system has them, to a place of the fridge's own. */
  copyOut(content: ContentName, executable: boolean): string | undefined {
    const name = bare(content)
    const row = this.#row(name)
    if (row === undefined) return undefined
    const aside = this.asideName()
    if (row.bytes !== null) {
      const file = openSync(aside, 'w')
      writeAll(file, row.bytes)
      closeSync(file)
    } else {
      const from = this.pathOf(name)
      if (!this.#isSound(name, from, row.size)) return undefined
      copyFileSync(from, aside, constants.COPYFILE_FICLONE)
    }
    chmodSync(aside, executable || isProgram(content) ? 0o755 : 0o644)
    return aside
  }

  /** Which objects lie as files: one look at each folder instead of one at each object, and only where it changed. */
  filesThere(): { has(name: string): boolean } {
    const root = join(this.#folder, 'objects')
    const now = Date.now()
    const there = new Map<string, ObjectFolder>()
    for (const folder of listFolder(root)) {
      const { mtimeMs = 0 } = statSync(join(root, folder), { throwIfNoEntry: false }) ?? {}
      const known = this.#listed.get(folder)
      // A folder that was read right after it changed may have changed again within the clock's grain.
      const same = known?.mtimeMs === mtimeMs && known.readAt > mtimeMs + folderGrainMs
      there.set(folder, same ? known : { names: new Set(listFolder(join(root, folder))), mtimeMs, readAt: now })
    }
    this.#listed = there
    return { has: (name) => there.get(name.slice(0, 2))?.names.has(name.slice(2)) ?? false }
  }

  /** The folders that hold objects: one that changed means that somebody else was at the fridge. */
  eachFolder(visit: (folder: string) => void): void {
    const root = join(this.#folder, 'objects')
    visit(root)
    for (const folder of listFolder(root)) visit(join(root, folder))
  }

  #row(name: string): Row | undefined {
    return this.#unwritten.get(name) ?? (this.#find.get(name) as Row | undefined)
  }

  #store(name: string, row: Row): void {
    if (this.#write) this.#insert.run(name, row.size, row.kind, row.bytes)
    else this.#unwritten.set(name, row)
  }

  #bytesOf(name: string, row: Row): Buffer | undefined {
    if (row.bytes !== null) return row.bytes
    const path = this.pathOf(name)
    return this.#isSound(name, path, row.size) ? readFileSync(path) : undefined
  }

  /** Sizes are checked on every use, bytes where the settings say so. */
  #isSound(name: string, path: string, size: number): boolean {
    if (sizeOf(path) !== size) return false
    return this.#settings.verifyReads !== 'always' || this.#isNamed(name, path)
  }

  /** Whether a file holds what its name says, as far as a hash can say. */
  #isNamed(name: string, path: string): boolean {
    return this.#measure(path).hash === name.replace(/\+\d+$/, '')
  }

  #measure(path: string, strong = false): { hash: string; size: number; sha256: string | null } {
    const file = openSync(path, 'r')
    const hasher = this.#digest.stream()
    const sha = strong ? createHash('sha256') : undefined
    let size = 0
    try {
      for (;;) {
        const read = readSync(file, this.#piece, 0, pieceBytes, null)
        if (read === 0) break
        const bytes = this.#piece.subarray(0, read)
        hasher.update(bytes)
        sha?.update(bytes)
        size += read
      }
    } finally {
      closeSync(file)
    }
    return { hash: hasher.name(), size, sha256: sha?.digest('hex') ?? null }
  }

  #sameFiles(one: string, other: string): boolean {
    const first = openSync(one, 'r')
    const second = openSync(other, 'r')
    try {
      for (;;) {
        const read = readSync(first, this.#piece, 0, pieceBytes, null)
        const also = readSync(second, this.#otherPiece, 0, pieceBytes, null)
        if (read !== also) return false
        if (read === 0) return true
        if (!this.#piece.subarray(0, read).equals(this.#otherPiece.subarray(0, read))) return false
      }
    } finally {
      closeSync(first)
      closeSync(second)
    }
  }

  /** A path of the fridge's own for something in the making. */
  asideName(): string {
    return join(this.#folder, 'pans', `aside-${process.pid}-${this.#aside++}`)
  }

  #place(name: string, fill: (file: number) => void): void {
    const aside = this.asideName()
    const file = openSync(aside, 'w', 0o444)
    try {
      fill(file)
      if (this.#settings.sync === 'full') fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#rename(aside, name)
  }

  #copyAside(path: string): string {
    const aside = this.asideName()
    copyFileSync(path, aside, constants.COPYFILE_FICLONE)
    return aside
  }

  #adopt(name: string, path: string): void {
    chmodSync(path, 0o444)
    if (this.#settings.sync === 'full') {
      const file = openSync(path, 'r')
      fsyncSync(file)
      closeSync(file)
    }
    this.#rename(path, name)
  }

  #rename(from: string, name: string): void {
    const path = this.pathOf(name)
    try {
      renameSync(from, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      mkdirSync(dirname(path), { recursive: true })
      renameSync(from, path)
    }
    if (this.#settings.sync === 'full') {
      const folder = openSync(dirname(path), 'r')
      fsyncSync(folder)
      closeSync(folder)
    }
  }
}

export function isFolder(name: string): boolean {
  return name.startsWith('folder:')
}

/** A result that can be run: the same bytes as another file's, with a mode of their own. */
export function isProgram(name: string): boolean {
  return name.startsWith('program:')
}

/** The name of the bytes alone. */
export function bare(name: string): ContentName {
  return (isFolder(name) || isProgram(name) ? name.slice(name.indexOf(':') + 1) : name) as ContentName
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
