// Compares traces with the file system as it is now.
import { bytesOf, type ContentName, isAbsent, isLink, isProgram } from '../base/content-name.ts'
import { type Look, looksIn } from '../base/trace.ts'

/**
 * The file system as a trace is held against it. Each answer is undefined where there is no such thing. `like` is the
 * value that the answer is compared with: it says which form of digest, and which names a listing leaves out.
 */
export interface World {
  content(path: string, like?: string): string | undefined
  meta(path: string): string | undefined
  listing(path: string, like?: string): string | undefined
  link(path: string): string | undefined
  exists(path: string): boolean
  /** A digest of the absolute path. */
  place(path: string): string
}

/** The beginning of a folder's meta. */
const folderMeta = 'folder'

/** Returns the answer that a file of this content gives in its place. */
export function valueInPlace(kind: 'content' | 'meta', { name, size }: { name: ContentName; size: number }): string {
  if (kind === 'content') return bytesOf(name)
  return metaOf({ mode: isProgram(name) ? 0o100_755 : 0o100_644, size: BigInt(size) })
}

/** Kind, size and mode; never times. The size of a folder says nothing that a program could rely on. */
export function metaOf({ mode, size }: { mode: number; size: bigint }): string {
  const permissions = (mode & 0o7777).toString(8)
  if (isKind({ mode }, folderKind)) return `${folderMeta} ${permissions}`
  return `${(mode & kindMask).toString(8)} ${size} ${permissions}`
}

export function isKind({ mode }: { mode: number }, kind: number): boolean {
  return (mode & kindMask) === kind
}

const kindMask = 0o170000
export const folderKind = 0o040000

/** A line that does not hold any more. */
export interface BrokenLook {
  kind: 'changed' | 'appeared'
  path: string
}

type Asked = Exclude<Look['kind'], 'unobserved'>

/** A result in its place: its content as the build will have it there, whatever lies there now. Undefined while not known. */
export interface InPlace {
  content: { name: ContentName; size: number } | undefined
}

export type PlacedAt = (path: string) => InPlace | undefined

/** Holds traces against the world, and asks about each path at most once for each kind of look. */
export class TraceCheck {
  readonly #world: World
  readonly #placedAt: PlacedAt
  readonly #answers = new Map<string, string | undefined>()
  /** By the text of a set of looks: many jobs share one. */
  readonly #sets = new Map<string, BrokenLook | undefined>()

  constructor(world: World, placedAt: PlacedAt = () => undefined) {
    this.#world = world
    this.#placedAt = placedAt
  }

  /** Returns the first line that does not hold, if there is one. */
  broken(text: string): BrokenLook | undefined {
    if (this.#sets.has(text)) return this.#sets.get(text)
    let isSteady = true
    let broken: BrokenLook | undefined
    for (const look of looksIn(text)) {
      const placed = this.#placedAt(look.path)
      if (placed) isSteady = false
      broken = placed ? this.#brokenInPlace(look, placed) : this.#brokenLook(look)
      if (broken) break
    }
    if (isSteady) this.#sets.set(text, broken)
    return broken
  }

  #brokenInPlace(look: Look, { content }: InPlace): BrokenLook | undefined {
    const { kind, path } = look
    const changed = { kind: 'changed', path } as const
    if (content === undefined || isLink(content.name) || kind === 'listing' || kind === 'link')
      return new TraceCheck(this.#world).#brokenLook(look)
    if (kind === 'absent') return isAbsent(content.name) ? undefined : { kind: 'appeared', path }
    if (isAbsent(content.name)) return changed
    if (kind !== 'content' && kind !== 'meta') return undefined
    return look.value === valueInPlace(kind, content) ? undefined : changed
  }

  #brokenLook(look: Look): BrokenLook | undefined {
    const { kind, path } = look
    if (kind === 'unobserved') return undefined
    if (kind === 'absent')
      return this.#answer('exists', path, '') === undefined ? undefined : { kind: 'appeared', path }
    if (kind === 'exists') return this.#isStillFile(path) ? undefined : { kind: 'changed', path }
    const value = 'value' in look ? look.value : 'there'
    return this.#answer(kind, path, value) === value ? undefined : { kind: 'changed', path }
  }

  /** Only a file that is no folder is noted by its existence alone, and its path held no link. */
  #isStillFile(path: string): boolean {
    const meta = this.#answer('meta', path, '')
    return meta !== undefined && !meta.startsWith(folderMeta) && this.#answer('link', path, '') === undefined
  }

  /** Answers that depend on what they are compared with are remembered for each such value. */
  #answer(kind: Asked, path: string, like: string): string | undefined {
    const key = `${kind}\t${path}\t${like}`
    if (!this.#answers.has(key)) this.#answers.set(key, this.#ask(kind, path, like))
    return this.#answers.get(key)
  }

  #ask(kind: Asked, path: string, like: string): string | undefined {
    if (kind === 'exists' || kind === 'absent') return this.#world.exists(path) ? 'there' : undefined
    return this.#world[kind](path, like)
  }
}
