// Holds traces against the world as it is now.
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
}

/** The beginning of a folder's meta. */
export const folderMeta = 'folder'

/** A line that does not hold any more. */
export interface BrokenLook {
  kind: 'changed' | 'appeared'
  path: string
}

type Asked = Exclude<Look['kind'], 'unobserved'>

/** Holds traces against the world, and asks about each path at most once for each kind of look. */
export class TraceCheck {
  readonly #world: World
  readonly #answers = new Map<string, string | undefined>()
  /** By the text of a set of looks: many jobs share one. */
  readonly #sets = new Map<string, BrokenLook | undefined>()

  constructor(world: World) {
    this.#world = world
  }

  /** Returns the first line that does not hold, if there is one. */
  broken(text: string): BrokenLook | undefined {
    if (this.#sets.has(text)) return this.#sets.get(text)
    const broken = looksIn(text)
      .map((look) => this.#brokenLook(look))
      .find((one) => one !== undefined)
    this.#sets.set(text, broken)
    return broken
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
