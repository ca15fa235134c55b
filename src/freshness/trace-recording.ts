// Turns what the observer saw of a cook into a trace. The rules say what counts, and as what; nothing here reads a disk.
import type { FileIdentity, Look as Sight } from '../processes/observation.ts'
import type { Look } from '../base/trace.ts'
import { folderKind, isKind, metaOf, type World } from './trace-check.ts'

/** Facts about a cook that the observer cannot know. */
export interface TraceScope {
  /** The project folder. */
  root: string
  /** Folders whose files belong to the machine: the system, interpreters with their packages, declared tools. */
  systemFolders: readonly string[]
  /** Folders that chef keeps to itself: the fridge and the pan. */
  hidden: readonly string[]
  /** Returns true for declared inputs and the step's source: their content is part of the action already. */
  isDeclared(path: string): boolean
  /** Folders in which all programs leave files for a moment: which names are there says nothing. */
  scratch: readonly string[]
  /** Returns true for outputs of the step, and for everything inside of them. */
  isOutput(path: string): boolean
}

/** The file system after the cook. */
export interface RecordingWorld extends World {
  /** Counts a path as looked at. */
  note(path: string): void
  /** Looks at a path now. Returns undefined where nothing is there. */
  identity(path: string): FileIdentity | undefined
  /**
   * The content of a file that looked like this when it was opened; undefined where it is another one by now. Files of the
   * system are replaced and never written to, so one look at each is enough.
   */
  contentAt(path: string, seen: FileIdentity, isSystem: boolean): string | undefined
  /** Returns the meta of a result that has its place there. */
  metaInPlace(path: string): string | undefined
}

export type Recording =
  | { kind: 'trace'; own: Look[]; system: Look[]; writes: string[] }
  /** A file changed while the cook read it: its results are of neither content. */
  | { kind: 'changed'; path: string }

/** Files that say who the machine is, and not what a step makes of its inputs. */
const machineFiles = new Set(
  ['ld.so.cache', 'hosts', 'hostname', 'resolv.conf', 'passwd', 'group', 'nsswitch.conf', 'machine-id', 'mtab'].map(
    (name) => `/etc/${name}`,
  ),
)

/** Folders of the machine, the same for every kitchen. */
export const systemFolders = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix',
  '/gnu',
]

export function isSystemPath(path: string): boolean {
  return systemFolders.some((folder) => isBelow(path, folder))
}

/** `D/__pycache__/N.cpython-311.pyc` stands for `D/N.py`. */
const compiled = /^(.*)\/__pycache__\/([^/]+)\.[^./]+(?:\.opt-\d)?\.pyc$/

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`)
}

export function recordTrace(sights: readonly Sight[], scope: TraceScope, world: RecordingWorld): Recording {
  const written = new Map<string, FileIdentity | undefined>()
  for (const sight of sights) if (sight.kind === 'written') written.set(sight.path, sight.before)
  const looks = new Looks(scope, world, written)
  for (const sight of sights) {
    if (sight.kind === 'written' || !looks.counts(sight.path)) continue
    const changed = looks.add(sight)
    if (changed !== undefined) return { kind: 'changed', path: changed }
  }
  const isLeft = ([path, before]: [string, FileIdentity | undefined]): boolean =>
    before !== undefined || world.identity(path) !== undefined
  const writes = [...written]
    .filter(([path]) => looks.counts(path) && !scope.isOutput(path) && !isCache(path))
    .filter(isLeft)
    .map(([path]) => path)
  return { kind: 'trace', own: looks.own, system: looks.system, writes }
}

function isCache(path: string): boolean {
  return path.includes('/__pycache__/') || path.endsWith('/__pycache__')
}

class Looks {
  readonly own: Look[] = []
  readonly system: Look[] = []
  readonly #scope: TraceScope
  readonly #world: RecordingWorld
  /** The files that the cook wrote, with their state before. */
  readonly #written: ReadonlyMap<string, FileIdentity | undefined>

  constructor(scope: TraceScope, world: RecordingWorld, written: ReadonlyMap<string, FileIdentity | undefined>) {
    this.#scope = scope
    this.#world = world
    this.#written = written
  }

  counts(path: string): boolean {
    return !machineFiles.has(path) && !this.#scope.hidden.some((folder) => isBelow(path, folder))
  }

  /** Returns the path of a file that changed during the cook. */
  add(sight: Exclude<Sight, { kind: 'written' }>): string | undefined {
    const { path } = sight
    const source = compiled.exec(path)
    if (source) return this.#addCompiled(`${source[1]}/${source[2]}.py`)
    if (isCache(path)) return undefined
    if (this.#scope.isDeclared(path) || this.#scope.isOutput(path)) return undefined
    if (this.#written.has(path)) return this.#addOwnWork(sight)
    switch (sight.kind) {
      case 'absent':
        this.#keep({ kind: 'absent', path })
        return undefined
      case 'exists':
        this.#keepExistence(path, sight.seen)
        return undefined
      case 'link':
        this.#keep({ kind: 'link', path, value: sight.target })
        return undefined
      case 'meta':
        this.#keep({ kind: 'meta', path, value: this.#world.metaInPlace(path) ?? metaOf(sight.seen) })
        return undefined
      case 'listing':
        if (!this.#scope.scratch.includes(path)) this.#keepListing(path)
        return undefined
      case 'content':
        return this.#addContent(path, sight.seen)
    }
  }

  #addContent(path: string, seen: FileIdentity): string | undefined {
    const value = this.#world.contentAt(path, seen, this.#isSystem(path))
    if (value === undefined) return path
    this.#keep({ kind: 'content', path, value })
    return undefined
  }

  /** An interpreter that reads compiled code has only looked at the size and time of its source. */
  #addCompiled(path: string): undefined {
    const value = this.#scope.isDeclared(path) ? undefined : this.#world.content(path)
    if (value !== undefined) this.#keep({ kind: 'content', path, value })
    return undefined
  }

  /**
   * A file of the project that the cook read before it wrote it counts as the cook left it: an edit is noticed, and the
   * cook's own work is not. Elsewhere such a file is a cache that other programs write as well.
   */
  #addOwnWork({ kind, path }: Sight): undefined {
    if (kind === 'absent' || !isBelow(path, this.#scope.root)) return undefined
    const value = this.#world.content(path)
    if (value !== undefined && kind === 'content') this.#keep({ kind, path, value })
    return undefined
  }

  /** Of a folder or a link it matters that it stays one: a file in its place would be opened otherwise. */
  #keepExistence(path: string, seen: FileIdentity): void {
    const isPlain = !isKind(seen, folderKind) && !isKind(seen, linkKind)
    this.#keep(isPlain ? { kind: 'exists', path } : { kind: 'meta', path, value: metaOf(seen) })
  }

  /** The names that the cook itself made in a folder are left out, now and whenever the folder is looked at again. */
  #keepListing(path: string): void {
    const made = [...this.#written].flatMap(([one, before]) =>
      before === undefined && one.startsWith(`${path}/`) ? [one.slice(path.length + 1).split('/', 1)[0] ?? ''] : [],
    )
    const value = this.#world.listing(path, listingValue('', [...new Set(made)].sort()))
    if (value !== undefined) this.#keep({ kind: 'listing', path, value })
  }

  #keep(look: Look): void {
    this.#world.note(look.path)
    const { root } = this.#scope
    const path = isBelow(look.path, root) ? look.path.slice(root.length + 1) || '.' : look.path
    const kept = { ...look, path }
    ;(this.#isSystem(look.path) ? this.system : this.own).push(kept)
  }

  #isSystem(path: string): boolean {
    return this.#scope.systemFolders.some((folder) => isBelow(path, folder))
  }
}

const linkKind = 0o120000

export function isSameFile(seen: FileIdentity, now: FileIdentity): boolean {
  return (
    seen.size === now.size &&
    seen.mtimeNs === now.mtimeNs &&
    seen.ctimeNs === now.ctimeNs &&
    seen.ino === now.ino &&
    seen.dev === now.dev
  )
}

/** A digest of a folder's names, and those of its names that do not count. */
export function listingValue(digest: string, leftOut: readonly string[]): string {
  return [digest, ...leftOut].join('/')
}

export function leftOutOf(value: string): string[] {
  return value.split('/').slice(1)
}
