// Looks at files and folders on behalf of a scan: content by remembered stat, and a list of everything that was looked at.
import { resolve } from 'node:path'
import type { ContentName, Digest } from '../base/digest.ts'
import { failure, Refusal } from '../base/failure.ts'
import type { Verify } from '../config/configuration.ts'
import { listingName, lookAt, nowNs, type Seen, seenAs, type StatMemory } from './memory.ts'
import type { Objects } from './objects.ts'

export interface LookedFile {
  name: ContentName
  size: number
  executable: boolean
  snapshot: boolean
}

export class Looker {
  readonly #objects: Objects
  readonly #memory: StatMemory
  readonly #digest: Digest
  readonly #snapshotLimit: number
  /** Everything a later run must find unchanged to know that nothing changed. */
  readonly looked = new Map<string, Seen>()

  constructor(objects: Objects, memory: StatMemory, digest: Digest, snapshotLimit: number) {
    this.#objects = objects
    this.#memory = memory
    this.#digest = digest
    this.#snapshotLimit = snapshotLimit
  }

  /** What a file holds; undefined where there is no such file (a folder is none). */
  file(path: string, verify?: Verify): LookedFile | undefined {
    const lookedAt = nowNs()
    const stat = lookAt(path)
    if (stat === undefined) {
      this.#missing(path, lookedAt)
      return undefined
    }
    if (stat.isDirectory()) return undefined
    const size = Number(stat.size)
    const mode = verify ?? (size <= this.#snapshotLimit ? 'full' : 'trust')
    const recalled = this.#memory.recall(path, stat)
    let seen: Seen
    if (recalled && modeOf(recalled.name) === mode) seen = recalled
    else {
      const kept = this.#read(path, () => (mode === 'full' ? this.#objects.keepFile(path, size, false) : this.#objects.keepDigest(path, mode)))
      seen = seenAs(stat, kept.name, lookedAt)
      this.#memory.remember(path, seen)
    }
    this.looked.set(path, seen)
    return { name: seen.name as ContentName, size, executable: (stat.mode & 0o111n) !== 0n, snapshot: mode === 'full' }
  }

  /** Marks a folder as read, so that a file added to it later is noticed. */
  folder(path: string): void {
    if (this.looked.has(path)) return
    const lookedAt = nowNs()
    const stat = lookAt(path)
    if (stat === undefined) this.#missing(path, lookedAt)
    else if (stat.isDirectory()) this.looked.set(path, seenAs(stat, listingName(path, this.#digest), lookedAt))
  }

  #missing(path: string, lookedAt: bigint): void {
    this.looked.set(path, { size: -1n, mtime: 0n, ctime: 0n, ino: 0n, executable: 0n, lookedAt, name: '' })
  }

  #read<T>(path: string, read: () => T): T {
    try {
      return read()
    } catch (error) {
      const { code, message, path: at } = error as NodeJS.ErrnoException
      if (code === undefined || (at !== undefined && resolve(at) !== resolve(path))) throw error
      throw new Refusal([failure('source-unreadable', { path, why: code === 'EACCES' ? 'permission denied' : message })], 1)
    }
  }
}

function modeOf(name: string): Verify {
  if (name.startsWith('trust:')) return 'trust'
  return name.startsWith('strong:') ? 'strong' : 'full'
}
