// Looks at files and folders for a session: names their content, by remembered stats where it can, and lists every look.
import type { BigIntStats, Dirent } from 'node:fs'
import { resolve } from 'node:path'
import { type ContentName, contentName, kindOf, storedName } from '../base/content-name.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { FridgeSettings, Verify } from '../config/configuration.ts'
import { readFolder } from '../files/file-glob.ts'
import { plainLook } from './plain-look.ts'
import { isRacy, listingOf, lookAt, missing, nowNs, sameStat, type Seen, seenAs } from '../fridge/stat-memory.ts'
import type { Store } from '../fridge/store.ts'
import { errorCode, errorMessage } from '../base/thrown-error.ts'

export interface ScannedFile {
  name: ContentName
  size: number
  executable: boolean
  snapshot: boolean
}

/** The result of one look, which the scanner believes until it has to forget it. */
interface Sight {
  verify: Verify | undefined
  file: ScannedFile | undefined
}

/** Names the content of a file that is there and could not be read. */
const unreadable = contentName('file', 'unreadable')

/** The part of the store that a scan reads and writes. */
export type ScannedStore = Pick<Store, 'objects' | 'digests' | 'memory'>

export type ScanSettings = Pick<FridgeSettings, 'snapshotLimit' | 'verify'>

export class FileScanner {
  readonly #store: ScannedStore
  readonly #settings: ScanSettings
  readonly #believed: { files: Map<string, Sight>; folders: Map<string, Dirent[]> } | undefined
  #noted: Set<string> | undefined
  /** Paths that were looked at outside of `noting`. */
  readonly #beside = new Set<string>()
  /** Everything a later run must find unchanged to know that nothing changed. */
  readonly looked = new Map<string, Seen>()
  /** Paths that were looked at since the last `takeRecent`: a watcher has to begin to watch them. */
  #recent: string[] = []

  /** `believing`: a watcher forgets what changed, so nothing is looked at twice. */
  constructor(store: ScannedStore, settings: ScanSettings, believing = false) {
    this.#store = store
    this.#settings = settings
    if (believing) this.#believed = { files: new Map(), folders: new Map() }
  }

  /** Returns undefined where there is no regular file. */
  file(path: string, verify?: Verify): ScannedFile | undefined {
    this.#noteUse(path)
    const known = this.#believed?.files.get(path)
    if (known && known.verify === verify) return known.file
    const file = this.#look(path, verify)
    this.#believed?.files.set(path, { verify, file })
    return file
  }

  #look(path: string, verify: Verify | undefined): ScannedFile | undefined {
    const lookedAt = nowNs()
    const stat = lookAt(path)
    if (stat === undefined) return this.#missing(path, lookedAt)
    // Folders, pipes, sockets and devices have no content to name; reading a pipe would never end.
    if (!stat.isFile()) return undefined
    const size = Number(stat.size)
    const mode = verify ?? this.#settings.verify ?? (size <= this.#settings.snapshotLimit ? 'full' : 'strong')
    const recalled = this.#store.memory.recall(path, stat)
    let seen: Seen
    if (recalled && modeOf(recalled.name) === mode) seen = recalled
    else {
      const kept = this.#read(path, stat, () =>
        mode === 'full' ? this.#store.objects.keepFile(path, size, false) : this.#store.digests.keep(path, mode),
      )
      // Gone between the look and the reading.
      if (kept === undefined) return this.#missing(path, lookedAt)
      seen = seenAs(stat, kept.name, lookedAt)
      this.#store.memory.remember(path, seen)
    }
    this.#note(path, seen)
    return { name: storedName(seen.name), size, executable: (stat.mode & 0o111n) !== 0n, snapshot: mode === 'full' }
  }

  /** The entries of a folder. It counts as looked at, so that a file added to it later is noticed. */
  readonly entries = (path: string): Dirent[] => {
    this.#noteUse(path)
    const known = this.#believed?.folders.get(path)
    if (known) return known
    const lookedAt = nowNs()
    const stat = lookAt(path)
    const entries = stat?.isDirectory() ? readFolder(path) : []
    if (stat === undefined) this.#missing(path, lookedAt)
    else if (stat.isDirectory()) this.#note(path, seenAs(stat, listingOf(entries), lookedAt))
    this.#believed?.folders.set(path, entries)
    return entries
  }

  /** Counts a folder as looked at. */
  folder(path: string): void {
    if (!this.looked.has(path)) this.entries(path)
  }

  /** Runs a function, and returns the paths that it looked at. */
  noting<Made>(make: () => Made): [Made, Set<string>] {
    const outer = this.#noted
    const noted = new Set<string>()
    this.#noted = noted
    try {
      return [make(), noted]
    } finally {
      this.#noted = outer
    }
  }

  #noteUse(path: string): void {
    if (this.#noted) this.#noted.add(path)
    else if (this.#believed) this.#beside.add(path)
  }

  /** Returns true where a path matters beyond the shelves that noted it. */
  isUsedBeside(path: string): boolean {
    return this.#beside.has(path)
  }

  /** Returns true where a path changed since the last look; a folder changes with its listing. */
  hasChanged(path: string): boolean {
    const seen = this.looked.get(path)
    const stat = lookAt(path)
    if (seen === undefined) return stat !== undefined
    if (stat === undefined || seen.name === '') return stat !== undefined || seen.name !== ''
    if (sameStat(seen, stat) && (!isRacy(seen) || seen.name === unreadable)) return false
    if (kindOf(seen.name) === 'value') return plainLook(path) !== seen.name
    if (kindOf(seen.name) === 'listing') return !stat.isDirectory() || listingOf(readFolder(path)) !== seen.name
    if (!sameStat(seen, stat) || stat.isDirectory()) return true
    return this.#look(path, modeOf(seen.name))?.name !== seen.name
  }

  /** Looks at these paths anew when they are next asked for. */
  forget(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#believed?.files.delete(path)
      this.#believed?.folders.delete(path)
      this.looked.delete(path)
    }
  }

  /** Counts a path as looked at, of which more than its content may matter. `name` says what was found. */
  noteLook(path: string, name: () => ContentName): void {
    if (this.looked.has(path)) return
    const lookedAt = nowNs()
    const stat = lookAt(path)
    if (stat === undefined) this.#missing(path, lookedAt)
    else this.#note(path, seenAs(stat, name(), lookedAt))
  }

  takeRecent(): string[] {
    const recent = this.#recent
    this.#recent = []
    return recent
  }

  #note(path: string, seen: Seen): void {
    this.looked.set(path, seen)
    if (this.#believed) this.#recent.push(path)
  }

  #missing(path: string, lookedAt: bigint): undefined {
    this.#note(path, missing(lookedAt))
  }

  #read<T>(path: string, stat: BigIntStats, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      const code = errorCode(error)
      if (code === '' || !isAbout(error, path)) throw error
      if (code === 'ENOENT') return undefined
      this.#note(path, seenAs(stat, unreadable, nowNs()))
      throw new Refusal(
        [failure('source-unreadable', { path, why: code === 'EACCES' ? 'permission denied' : errorMessage(error) })],
        1,
      )
    }
  }
}

/** An error about another path is not one of the file. */
function isAbout(error: unknown, path: string): boolean {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return true
  return resolve(error.path) === resolve(path)
}

function modeOf(name: string): Verify {
  const kind = kindOf(name)
  return kind === 'trust' || kind === 'strong' ? kind : 'full'
}
