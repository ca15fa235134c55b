// Holds files by patterns where the names are known only once they are there: what a task of another tool writes.
import { relative } from 'node:path'
import picomatch from 'picomatch'
import { readFolder } from './file-glob.ts'
import { entryAt } from './path-kind.ts'

export interface WrittenFileSet {
  /** Absolute. */
  folder: string
  /**
   * Patterns below that folder, of which the last that matches decides; `!` takes out. A pattern of a folder means
   * everything in it.
   */
  patterns: string[]
  /** Paths of files that are in no case in the set. */
  except: string[]
}

interface Rule {
  isTakenOut: boolean
  /** The folder under which all matches lie; empty for the folder of the set. */
  fixed: string
  isMatch: (path: string) => boolean
  /** Folders that no pattern means unless it names them. */
  names: ReadonlySet<string>
}

const ignored = ['.chefcache', '.git', 'node_modules']

export class FileSet {
  readonly folder: string
  readonly #rules: Rule[]
  readonly #except: ReadonlySet<string>

  constructor({ folder, patterns, except }: WrittenFileSet) {
    this.folder = folder
    this.#except = new Set(except)
    this.#rules = patterns.map(ruleOf)
  }

  /** The folders under which all files of the set lie, relative to that of the set. */
  get fixedFolders(): string[] {
    return [...new Set(this.#rules.filter(({ isTakenOut }) => !isTakenOut).map(({ fixed }) => fixed))]
  }

  holds(path: string): boolean {
    return this.#deciding(this.#below(path)) !== undefined
  }

  /** True for what is in the set but for a pattern that takes it out: whoever makes the set writes there as well. */
  reaches(path: string): boolean {
    const inside = this.#below(path)
    return !this.#except.has(inside) && this.#rules.some(({ isTakenOut, isMatch }) => !isTakenOut && isMatch(inside))
  }

  /** Finds the files and links of the set that are there, by their paths below the folder of the set, sorted. */
  find(): string[] {
    const found = new Set<string>()
    for (const rule of this.#rules) {
      if (rule.isTakenOut) continue
      const start = rule.fixed === '' ? this.folder : `${this.folder}/${rule.fixed}`
      if (entryAt(start)?.isDirectory()) this.#walk(start, rule, found)
      // The pattern may be the path of a single file.
      const entry = rule.fixed === '' ? undefined : entryAt(start)
      if (entry && !entry.isDirectory() && rule.isMatch(rule.fixed) && this.#deciding(rule.fixed)) found.add(rule.fixed)
    }
    return [...found].sort()
  }

  #walk(folder: string, rule: Rule, found: Set<string>): void {
    for (const entry of readFolder(folder)) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!ignored.includes(entry.name) || rule.names.has(entry.name)) this.#walk(path, rule, found)
      } else {
        const inside = this.#below(path)
        if (rule.isMatch(inside) && this.#deciding(inside)) found.add(inside)
      }
    }
  }

  #below(path: string): string {
    return path.startsWith('/') ? relative(this.folder, path) : path
  }

  #deciding(path: string): Rule | undefined {
    if (this.#except.has(path)) return undefined
    const rule = this.#rules.findLast(({ isMatch }) => isMatch(path))
    return rule?.isTakenOut ? undefined : rule
  }
}

function ruleOf(written: string): Rule {
  const isTakenOut = written.startsWith('!')
  const pattern = written
    .slice(isTakenOut ? 1 : 0)
    .replace(/^\.\//, '')
    .replace(/\/+$/, '')
  const { base, glob } = picomatch.scan(pattern)
  const whole = glob === '' ? pattern : base
  const fixed = whole === '.' ? '' : whole
  const matches = picomatch([pattern, `${pattern}/**`], { dot: true, flags: 's' })
  // Most paths lie in other folders, and comparing those is cheap.
  const isNear = (path: string): boolean => fixed === '' || path === fixed || path.startsWith(`${fixed}/`)
  return {
    isTakenOut,
    fixed,
    isMatch: (path) => isNear(path) && matches(path),
    names: new Set(pattern.split('/').filter((part) => ignored.includes(part))),
  }
}

const known = new WeakMap<WrittenFileSet, FileSet>()

/** The set, made once. */
export function fileSetOf(written: WrittenFileSet): FileSet {
  let set = known.get(written)
  if (!set) known.set(written, (set = new FileSet(written)))
  return set
}

/** True for the folder under which files of the set lie: it is taken for the task's own, also before it is there. */
export function isFolderOf({ folder, fixedFolders }: FileSet, path: string): boolean {
  return fixedFolders.some((fixed) => fixed !== '' && path === `${folder}/${fixed}`)
}
