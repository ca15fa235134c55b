// A disk that loses what was not synced: replays what a chef did to its files up to a moment, and leaves what would be
// there when the machine comes up again.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** One line of the shim's log with the bytes behind it. */
export interface Call {
  kind: string
  path: string
  other: string
  at: number
  bytes: Buffer
}

export function readLog(file: string): Call[] {
  const log = readFileSync(file)
  const calls: Call[] = []
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(10, at)
    const [kind, path, other, offset, length] = log.toString('utf8', at, end).split('\t') as [
      string,
      string,
      string,
      string,
      string,
    ]
    at = end + 1 + Number(length)
    calls.push({ kind, path, other, at: Number(offset), bytes: log.subarray(end + 1, at) })
  }
  return calls
}

/** A file: what is safe, and what was written since. `link`: a symbolic link, which is a name and nothing else. */
interface Inode {
  safe: Buffer
  since: { at: number; bytes: Buffer | 'cut' }[]
  link?: string
}

/**
 * What a power cut does. `names`: 'synced' keeps a name only where its folder was synced since, as POSIX has it; 'ordered'
 * keeps what happened to names up to the last sync of anything and some of what came later, as journals do. `data`: 'any'
 * keeps any of the writes that were not synced, 'first' the first of them, 'none' none.
 */
export interface Loss {
  names: 'synced' | 'ordered'
  data: 'none' | 'first' | 'any'
  /** Databases lose any of their writes, whatever other files lose. */
  chance: () => number
}

type Names = Map<string, Inode | 'folder'>

const isDatabase = (path: string): boolean => /\.db(-wal)?$/.test(path)

function written(content: Buffer, { at, bytes }: Inode['since'][number]): Buffer {
  if (bytes === 'cut') return Buffer.concat([content.subarray(0, at), Buffer.alloc(Math.max(at - content.length, 0))])
  const whole = Buffer.alloc(Math.max(content.length, at + bytes.length))
  content.copy(whole)
  bytes.copy(whole, at)
  return whole
}

function contentAfter({ safe, since }: Inode, path: string, { data, chance }: Loss): Buffer {
  const any = data === 'any' || isDatabase(path)
  const many = data === 'none' ? 0 : Math.floor(chance() * (since.length + 1))
  const kept = any && data !== 'none' ? since.filter(() => chance() < 0.5) : since.slice(0, many)
  return kept.reduce(written, safe)
}

export class Disk {
  /** Names as the machine sees them, and as they are on the disk. */
  #names: Names
  #safe: Names
  /** As they were when anything was synced last. */
  #ordered: Names
  /** What happened to names since anything was synced. */
  #since: ((names: Names) => void)[] = []
  readonly #final: (path: string) => Buffer | undefined

  /** `final`: what a file held at the end that somebody else than chef wrote. */
  constructor(start: Names, final: (path: string) => Buffer | undefined) {
    this.#names = new Map(start)
    this.#safe = new Map(start)
    this.#ordered = new Map(start)
    this.#final = final
  }

  take({ kind, path, other, at, bytes }: Call): void {
    const fresh = empty()
    if (kind === 'create') this.#change((names) => names.set(path, fresh))
    else if (kind === 'empty') this.#write(path, 0, 'cut')
    else if (kind === 'write') this.#write(path, at, bytes)
    else if (kind === 'truncate') this.#write(path, at, 'cut')
    else if (kind === 'mkdir') this.#change((names) => names.set(path, 'folder'))
    else if (kind === 'unlink' || kind === 'rmdir') this.#change((names) => names.delete(path))
    else if (kind === 'link') this.#give(path, other)
    else if (kind === 'rename') this.#move(path, other)
    else if (kind === 'symlink')
      this.#change((names) => names.set(other, { safe: Buffer.alloc(0), since: [], link: path }))
    else if (kind === 'sync') this.#sync(path)
  }

  #change(change: (names: Names) => void): void {
    change(this.#names)
    this.#since.push(change)
  }

  /** What somebody else wrote is known by what it was in the end; nobody synced it. */
  #inode(path: string): Inode | 'folder' | undefined {
    const known = this.#names.get(path)
    if (known !== undefined) return known
    const bytes = this.#final(path)
    return bytes && { safe: Buffer.alloc(0), since: [{ at: 0, bytes }] }
  }

  #write(path: string, at: number, bytes: Buffer | 'cut'): void {
    const inode = this.#names.get(path)
    if (inode !== undefined && inode !== 'folder') inode.since.push({ at, bytes })
  }

  #give(path: string, other: string): void {
    const inode = this.#inode(path)
    if (inode !== undefined) this.#change((names) => names.set(other, inode))
  }

  #move(path: string, other: string): void {
    const inode = this.#inode(path)
    if (inode === undefined) return
    this.#change((names) => {
      for (const [name, held] of [...names])
        if (name.startsWith(`${path}/`)) {
          names.delete(name)
          names.set(other + name.slice(path.length), held)
        }
      names.delete(path)
      names.set(other, inode)
    })
  }

  #sync(path: string): void {
    const inode = this.#inode(path)
    if (inode === undefined || inode === 'folder') {
      for (const name of [...this.#safe.keys()])
        if (dirname(name) === path && !this.#names.has(name)) this.#safe.delete(name)
      for (const [name, held] of this.#names) if (dirname(name) === path) this.#safe.set(name, held)
    } else {
      inode.safe = inode.since.reduce(written, inode.safe)
      inode.since = []
      // A file that somebody else wrote is met here for the first time.
      if (!this.#names.has(path)) this.#names.set(path, inode)
    }
    this.#ordered = new Map(this.#names)
    this.#since = []
  }

  /** Makes the folder what it would be after the cut. Files that were there before and are not chef's are left alone. */
  leave(loss: Loss, roots: string[]): void {
    const names = loss.names === 'synced' ? this.#safe : new Map(this.#ordered)
    if (loss.names === 'ordered')
      for (const change of this.#since.slice(0, Math.floor(loss.chance() * (this.#since.length + 1)))) change(names)
    for (const root of roots) rmSync(root, { recursive: true, force: true })
    const isUnder = (path: string): boolean => roots.some((root) => path === root || path.startsWith(`${root}/`))
    for (const path of [...names.keys()].sort()) {
      const inode = names.get(path) as Inode | 'folder'
      if (!isUnder(path) || basename(path).endsWith('-shm')) continue
      if (!existsSync(dirname(path))) continue
      if (inode === 'folder') mkdirSync(path, { recursive: true })
      else if (inode.link !== undefined) symlinkSync(inode.link, path)
      else writeFileSync(path, contentAfter(inode, path, loss))
    }
  }
}

const empty = (): Inode => ({ safe: Buffer.alloc(0), since: [] })

/** Files as they lie there now, safe on the disk. */
export function safeFiles(folder: string, found: Names = new Map()): Names {
  found.set(folder, 'folder')
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) safeFiles(path, found)
    else if (entry.isSymbolicLink()) found.set(path, { ...empty(), link: readlinkSync(path) })
    else found.set(path, { ...empty(), safe: readFileSync(path) })
  }
  return found
}

/** What became of files that others wrote: a file that chef moves is found where it was moved to. */
export function contentsAtTheEnd(calls: Call[], end: Names): (path: string) => Buffer | undefined {
  const moved = new Map(calls.filter(({ kind }) => kind === 'rename').map(({ path, other }) => [path, other]))
  return (path) => {
    const inode = end.get(moved.get(path) ?? path)
    return inode === undefined || inode === 'folder' || inode.link !== undefined ? undefined : inode.safe
  }
}
