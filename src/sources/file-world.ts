// Answers what a trace asks about the file system, with contents by their remembered digests.
import { isAbsolute, join } from 'node:path'
import { isAbsent, isLink, kindOf } from '../base/content-name.ts'
import { entryAt } from '../files/path-kind.ts'
import { Refusal } from '../base/failures/failure.ts'
import { errorCode } from '../base/thrown-error.ts'
import { placeDigest } from '../base/place-digest.ts'
import { isSameFile, leftOutOf, listingValue, type RecordingWorld } from '../freshness/trace-recording.ts'
import { type InPlace, type PlacedAt, valueInPlace } from '../freshness/trace-check.ts'
import { listingOf } from '../fridge/stat-memory.ts'
import type { FileIdentity } from '../processes/observation.ts'
import type { FileScanner } from './file-scanner.ts'
import { linkAt, metaAt, plainLook } from './plain-look.ts'

const nsPerMs = 1_000_000n
/** A change within the clock's grain of the last one may leave the same times. */
const settledMs = 1000n

export interface FileWorldOptions {
  scanner: FileScanner
  /** Paths of a trace are relative to it. */
  root: string
  /** Tells paths that chef makes, so that no listing shows them. */
  isOwn: (path: string) => boolean
}

export class FileWorld implements RecordingWorld {
  readonly #options: FileWorldOptions
  /** Finds results that have a place of their own. Their content there is what the plan says. */
  placedAt: PlacedAt = () => undefined
  /** Contents of files of the system, which many cooks read. */
  readonly #settled = new Map<string, { seen: FileIdentity; value: string }>()

  constructor(options: FileWorldOptions) {
    this.#options = options
  }

  /** In the form of `like`; without it as a shelf knows the file already, else by size, XXH64 and SHA-256. */
  content(path: string, like?: string): string | undefined {
    const { scanner } = this.#options
    const at = this.#absolute(path)
    const placed = this.#fileInPlace(path)
    if (placed) return valueInPlace('content', placed)
    const kind = like === undefined ? knownKind(scanner.looked.get(at)?.name) : kindOf(like)
    try {
      return scanner.file(at, kind === 'trust' || kind === 'strong' ? kind : 'full')?.name
    } catch (error) {
      // A file that cannot be read any more holds nothing that a trace could have seen.
      if (error instanceof Refusal || errorCode(error) === 'EACCES') return undefined
      throw error
    }
  }

  meta(path: string): string | undefined {
    return visible(() => metaAt(this.#noted(path)))
  }

  metaInPlace(path: string): string | undefined {
    const placed = this.#fileInPlace(path)
    return placed && valueInPlace('meta', placed)
  }

  /** Of a link, what it leads to is looked at. */
  #fileInPlace(path: string): InPlace['content'] {
    const content = this.placedAt(path)?.content
    return content && (isAbsent(content.name) || isLink(content.name)) ? undefined : content
  }

  exists(path: string): boolean {
    return visible(() => entryAt(this.#noted(path))) !== undefined
  }

  link(path: string): string | undefined {
    return visible(() => linkAt(this.#noted(path)))
  }

  place(path: string): string {
    return placeDigest(this.#absolute(path))
  }

  note(path: string): void {
    this.#noted(path)
  }

  listing(path: string, like = ''): string | undefined {
    const { scanner, isOwn } = this.#options
    const at = this.#absolute(path)
    if (!visible(() => entryAt(at))?.isDirectory()) return undefined
    const leftOut = leftOutOf(like)
    const entries = scanner
      .entries(at)
      .filter(({ name }) => name !== '__pycache__' && !leftOut.includes(name) && !isOwn(join(at, name)))
    return listingValue(listingOf(entries), leftOut)
  }

  identity(path: string): FileIdentity | undefined {
    const stat = visible(() => entryAt(this.#absolute(path)))
    if (stat === undefined) return undefined
    const { mode, dev, ino, size, mtimeNs, ctimeNs } = stat
    return { mode: Number(mode), dev, ino, size, mtimeNs, ctimeNs }
  }

  contentAt(path: string, seen: FileIdentity, isSystem: boolean): string | undefined {
    const known = isSystem ? this.#settled.get(path) : undefined
    if (known && isSameFile(known.seen, seen)) return known.value
    const value = this.content(path)
    const now = this.identity(path)
    if (value === undefined || now === undefined || !isSameFile(seen, now)) return undefined
    if (isSystem && BigInt(Date.now()) - seen.ctimeNs / nsPerMs > settledMs) this.#settled.set(path, { seen, value })
    return value
  }

  /** Every path that was asked about counts for the question whether nothing changed. */
  #noted(path: string): string {
    const at = this.#absolute(path)
    visible(() => this.#options.scanner.noteLook(at, () => plainLook(at)))
    return at
  }

  #absolute(path: string): string {
    return isAbsolute(path) ? path : join(this.#options.root, path)
  }
}

/** Only a shelf keeps the bytes of a file. Whatever else was asked about a path, its content is a digest. */
function knownKind(name: string | undefined): 'file' | 'trust' | 'strong' {
  const kind = name ? kindOf(name) : 'strong'
  return kind === 'file' || kind === 'trust' ? kind : 'strong'
}

/** Treats a path that this user may not look at, such as a closed folder of PATH, as one where nothing is. */
function visible<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look()
  } catch (error) {
    if (errorCode(error) === 'EACCES') return undefined
    throw error
  }
}
