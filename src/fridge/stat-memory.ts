// Remembers the content of files with their stats at the last look, so that only files whose stat changed are read again.
import { createHash } from 'node:crypto'
import { type BigIntStats, type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { type ContentName, contentName, storedName } from '../base/content-name.ts'
import { isNotThere } from '../files/path-kind.ts'

/** A file that changed within the clock's grain of the last look may have changed again unseen, so it is read again. */
const grain = 20_000_000n
/** File systems that count whole seconds. */
const coarseGrain = 2_000_000_000n
const second = 1_000_000_000n

/** The same as doubles, which hold nanoseconds since the epoch within some 256. */
const grainNs = Number(grain)
const coarseNs = Number(coarseGrain)
const wholeSecond = Number(second)
const roundingNs = 1000
const sameMs = 0.001

export interface Seen {
  size: bigint
  mtime: bigint
  ctime: bigint
  ino: bigint
  /** The executable bits of its mode: part of what a folder holds. */
  executable: bigint
  /** Nanoseconds since the epoch, taken before the stat. */
  lookedAt: bigint
  /** The content of a file, the digest of a folder's listing, or empty where nothing was there. */
  name: ContentName | ''
}

export function sameStat(seen: Seen, stat: BigIntStats): boolean {
  return seen.size === stat.size && seen.mtime === stat.mtimeNs && seen.ctime === stat.ctimeNs && seen.ino === stat.ino
}

/** Returns true where the last look was too close to the last change to be trusted. */
export function isRacy(seen: Seen): boolean {
  return seen.ctime + (seen.ctime % second === 0n ? coarseGrain : grain) >= seen.lookedAt
}

export function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

export function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

/** Takes a stat in doubles, which hold times within a microsecond and cost half as much as BigInts. */
export function glanceAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

export function seenAs(stat: BigIntStats, name: ContentName | '', lookedAt: bigint): Seen {
  return {
    size: stat.size,
    mtime: stat.mtimeNs,
    ctime: stat.ctimeNs,
    ino: stat.ino,
    executable: stat.mode & 0o111n,
    lookedAt,
    name,
  }
}

/** Remembers that nothing was at a path. */
export function missing(lookedAt: bigint): Seen {
  return { size: -1n, mtime: 0n, ctime: 0n, ino: 0n, executable: 0n, lookedAt, name: '' }
}

/** Names a folder by the names and kinds of its entries. */
export function listingName(path: string): ContentName {
  return listingOf(readdirSync(path, { withFileTypes: true }))
}

export function listingOf(entries: Dirent[]): ContentName {
  const names = entries.map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`)
  // Nothing compares the names afterwards: a short or colliding hash would hide a file that came or went.
  return contentName('listing', createHash('sha256').update(names.sort().join('\0')).digest('hex'))
}

const numbersEach = 6

/** Packs any number of paths into one blob, which loads as a split and a view instead of a row and an object each. */
export function pack(entries: Iterable<[string, Seen]>): Buffer {
  const texts: string[] = []
  const numbers: bigint[] = []
  for (const [path, seen] of entries) {
    texts.push(path, seen.name)
    numbers.push(seen.size, seen.mtime, seen.ctime, seen.ino, seen.executable, seen.lookedAt)
  }
  const view = BigInt64Array.from(numbers)
  const bytes = Buffer.from(view.buffer)
  const head = Buffer.alloc(8)
  head.writeUInt32LE(numbers.length / numbersEach, 0)
  return Buffer.concat([head, bytes, Buffer.from(texts.join('\0'))])
}

/** Packed looks, parsed one at a time when they are asked for. */
export class Packed {
  readonly count: number
  readonly #numbers: BigInt64Array
  /** The same numbers in halves, low ones first, to be read as doubles. */
  readonly #halves: Uint32Array
  readonly #texts: string[]

  constructor(packed: Buffer) {
    this.count = packed.readUInt32LE(0)
    const bytes = packed.subarray(8, 8 + this.count * numbersEach * 8)
    // Copied, because a view needs its bytes aligned.
    this.#numbers = new BigInt64Array(new Uint8Array(bytes).buffer)
    this.#halves = new Uint32Array(this.#numbers.buffer)
    this.#texts = this.count === 0 ? [] : packed.toString('utf8', 8 + bytes.length).split('\0')
  }

  path(at: number): string {
    return this.#texts[at * 2] ?? ''
  }

  seen(at: number): Seen {
    const from = at * numbersEach
    return {
      size: this.#numbers[from] ?? 0n,
      mtime: this.#numbers[from + 1] ?? 0n,
      ctime: this.#numbers[from + 2] ?? 0n,
      ino: this.#numbers[from + 3] ?? 0n,
      executable: this.#numbers[from + 4] ?? 0n,
      lookedAt: this.#numbers[from + 5] ?? 0n,
      name: storedName(this.#texts[at * 2 + 1] ?? ''),
    }
  }

  /**
   * Returns true where a stat in doubles proves that a path did not change. A change after the look
   * came more than a clock's grain after the change before it, unless the look was racy, so microseconds tell as surely
   * as nanoseconds.
   */
  isSurelyStill(at: number, { size, mtimeMs, ctimeMs, ino }: Stats): boolean {
    const from = at * numbersEach
    const ctime = this.#double(from + 2)
    const lookedAt = this.#double(from + 5)
    const ofSecond = ctime % wholeSecond
    const isCoarse = ofSecond < roundingNs || ofSecond > wholeSecond - roundingNs
    return (
      this.#double(from) === size &&
      this.#double(from + 3) === ino &&
      Math.abs(this.#double(from + 1) / 1e6 - mtimeMs) < sameMs &&
      Math.abs(ctime / 1e6 - ctimeMs) < sameMs &&
      ctime + (isCoarse ? coarseNs : grainNs) + roundingNs < lookedAt
    )
  }

  #double(place: number): number {
    // Negative sizes stand for missing files, and come out as numbers that no file has.
    return (this.#halves[place * 2 + 1] ?? 0) * 4_294_967_296 + (this.#halves[place * 2] ?? 0)
  }

  matches(at: number, stat: BigIntStats): boolean {
    const from = at * numbersEach
    const numbers = this.#numbers
    return (
      numbers[from] === stat.size &&
      numbers[from + 1] === stat.mtimeNs &&
      numbers[from + 2] === stat.ctimeNs &&
      numbers[from + 3] === stat.ino
    )
  }
}

/** The keys of the blobs: the whole memory, and what is newer than that. */
export const [memoryKey, newerKey] = ['memory', 'memory:newer'] as const

/** Up to this share is written beside the rest, so that one change among many files does not write all of them again. */
const mostNewer = 1 / 8

/** The memory of one kitchen: a blob with most of it, and one with what is newer. */
export class StatMemory {
  readonly #known: Packed | undefined
  readonly #placeOf: Map<string, number> | undefined
  readonly #new = new Map<string, Seen>()
  #changed = false

  constructor(packed: Buffer | undefined, newer?: Buffer) {
    if (newer !== undefined) for (const [path, seen] of entriesOf(new Packed(newer))) this.#new.set(path, seen)
    if (packed === undefined) return
    this.#known = new Packed(packed)
    this.#placeOf = new Map()
    for (let at = 0; at < this.#known.count; at++) this.#placeOf.set(this.#known.path(at), at)
  }

  /** Returns what the file held, where its stat proves that it still does. */
  recall(path: string, stat: BigIntStats): Seen | undefined {
    const fresh = this.#new.get(path)
    if (fresh !== undefined) return sameStat(fresh, stat) && !isRacy(fresh) ? fresh : undefined
    const at = this.#placeOf?.get(path)
    if (at === undefined || !this.#known?.matches(at, stat)) return undefined
    const seen = this.#known.seen(at)
    return isRacy(seen) ? undefined : seen
  }

  remember(path: string, seen: Seen): void {
    this.#new.set(path, seen)
    this.#changed = true
  }

  get changed(): boolean {
    return this.#changed
  }

  /** Packs all of it, or only what is newer than the rest. */
  pack(): { whole: Buffer } | { newer: Buffer } {
    if (this.#new.size < (this.#known?.count ?? 0) * mostNewer) return { newer: pack(this.#new) }
    return { whole: pack(new Map([...(this.#known ? entriesOf(this.#known) : []), ...this.#new])) }
  }
}

function* entriesOf(looks: Packed): Iterable<[string, Seen]> {
  for (let at = 0; at < looks.count; at++) yield [looks.path(at), looks.seen(at)]
}
