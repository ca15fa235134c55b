// Decides which paths a watch must observe, and which reports are news.
import { kindOf } from '../base/content-name.ts'
import { dirname, resolve } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { isSystemPath } from '../freshness/trace-recording.ts'
import { isGlob } from '../files/glob-pattern.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { lookAt } from '../fridge/stat-memory.ts'
import type { WatchTargets } from './file-watcher.ts'
import type { Changes } from './watch-loop.ts'

/** With this many reports at once the kernel may have dropped some, so everything is examined. */
const tooMany = 1000
/** The clock's grain in milliseconds: a file written this shortly before it was read may have been written again. */
const grainMs = 20

export class WatchedPaths {
  /** Folders above watched paths. Moving or replacing one changes everything below it. */
  readonly #above = new Set<string>()
  /** Files of the configuration, each with its stamp from before it was read. */
  #configuration = new Map<string, Stamp>()
  /** Files of the previous reading, with their stamps when this one began. */
  #before = new Map<string, Stamp>()
  #readAt = 0

  /** Marks the start of a reading of the configuration. */
  reading(): void {
    this.#readAt = Date.now() - grainMs
    this.#before = new Map([...this.#configuration.keys()].map((file) => [file, stampOf(file)]))
  }

  /** Returns the files of a configuration, including those that a broken one is missing. */
  ofConfiguration({ files, steps }: Pick<Configuration, 'files' | 'steps'>, broken: boolean): WatchTargets {
    const paths = new Set(files)
    const sources = broken ? [...steps.values()].flatMap((step) => step.sources) : []
    // Writing the missing step sources repairs such a recipe.
    for (const { base, pattern } of sources) if (!isGlob(pattern)) paths.add(resolve(base, pattern))
    for (const path of paths) this.#noteAbove(path)
    this.#configuration = new Map([...paths].map((path) => [path, this.#before.get(path) ?? stampOf(path)]))
    return { files: paths, folders: [] }
  }

  /** Returns the paths that were examined since the last call. Paths in the fridge are left out. */
  ofLooks(scanner: FileScanner, fridge: string): { wanted: WatchTargets; recent: string[] } {
    const recent = scanner.takeRecent().filter((path) => path !== fridge && !path.startsWith(`${fridge}/`))
    const files: string[] = []
    const folders: string[] = []
    for (const path of recent) {
      this.#noteAbove(path)
      if (kindOf(scanner.looked.get(path)?.name ?? '') === 'listing') folders.push(path)
      else files.push(path)
    }
    return { wanted: { files, folders }, recent }
  }

  #noteAbove(path: string): void {
    for (let folder = dirname(path); !this.#above.has(folder); folder = dirname(folder)) this.#above.add(folder)
  }

  /** Returns the configuration files that changed between being read and being watched. */
  rewritten(): string[] {
    return [...this.#configuration].flatMap(([file, { at }]) =>
      !this.#before.has(file) && at >= this.#readAt ? [file] : [],
    )
  }

  #isNew(file: string): boolean {
    const before = this.#configuration.get(file)
    if (before === undefined) return false
    const now = stampOf(file)
    return now.text !== before.text || now.at >= this.#readAt
  }

  /** Returns the news among reports, or undefined if there are none. */
  news(reported: ReadonlySet<string>, scanner: FileScanner | undefined): Changes | undefined {
    const candidates = new Set<string>()
    let configuration = false
    const consider = (path: string): void => {
      if (!configuration && this.#isNew(path)) configuration = true
      if (scanner?.looked.has(path)) candidates.add(path)
    }
    if (reported.size > tooMany) {
      for (const path of scanner?.looked.keys() ?? []) candidates.add(path)
      configuration = [...this.#configuration.keys()].some((file) => this.#isNew(file))
    } else {
      for (const path of reported) {
        consider(path)
        consider(dirname(path))
        if (this.#above.has(path)) for (const one of this.#below(path, scanner)) consider(one)
      }
    }
    const paths = new Set([...candidates].filter((path) => scanner?.hasChanged(path)))
    return configuration || paths.size > 0 ? { paths, configuration, everything: false } : undefined
  }

  /** The number of files and folders that are watched, without those of the system. */
  count(scanner: FileScanner | undefined): number {
    let count = this.#configuration.size
    for (const [path, { name }] of scanner?.looked ?? []) if (name !== '' && !isSystemPath(path)) count++
    return count
  }

  *#below(folder: string, scanner: FileScanner | undefined): Iterable<string> {
    for (const path of scanner?.looked.keys() ?? []) if (path.startsWith(`${folder}/`)) yield path
    for (const path of this.#configuration.keys()) if (path.startsWith(`${folder}/`)) yield path
  }
}

interface Stamp {
  text: string
  /** Milliseconds since the epoch, or 0 if there is no file. */
  at: number
}

function stampOf(path: string): Stamp {
  const stat = lookAt(path)
  if (stat === undefined) return { text: 'missing', at: 0 }
  return { text: `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`, at: Number(stat.ctimeNs / 1_000_000n) }
}
