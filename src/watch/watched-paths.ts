// Which paths a watching chef has to hear of, and which of the reported ones are news.
import { kindOf } from '../base/content-name.ts'
import { dirname, resolve } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { isGlob } from '../files/file-glob.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { lookAt } from '../fridge/stat-memory.ts'
import type { Wanted } from './file-watcher.ts'
import type { Changes } from './watch-loop.ts'

/** Above so many reports at once the kernel may have dropped some: everything is looked at. */
const tooMany = 1000
/** The clock's grain: what was written so shortly before it was read may have been written again. */
const grainMs = 20

export class WatchedPaths {
  /** Folders on the way to what is watched: one that is moved or replaced changes all below it. */
  readonly #above = new Set<string>()
  /** Files of the configuration, and what each was before it was read. */
  #configuration = new Map<string, Stamp>()
  /** Files of the reading before, as they were when this one began. */
  #before = new Map<string, Stamp>()
  #readAt = 0

  /** Configuration files begin to be read now. */
  reading(): void {
    this.#readAt = Date.now() - grainMs
    this.#before = new Map([...this.#configuration.keys()].map((file) => [file, stampOf(file)]))
  }

  /** What a configuration, whole or not, was or would be made of. */
  ofConfiguration({ files, steps }: Pick<Configuration, 'files' | 'steps'>, broken: boolean): Wanted {
    const paths = new Set(files)
    const sources = broken ? [...steps.values()].flatMap((step) => step.sources) : []
    // A recipe whose step sources are missing is mended by writing them.
    for (const { base, pattern } of sources) if (!isGlob(pattern)) paths.add(resolve(base, pattern))
    for (const path of paths) this.#noteAbove(path)
    this.#configuration = new Map([...paths].map((path) => [path, this.#before.get(path) ?? stampOf(path)]))
    return { files: paths, folders: [] }
  }

  /** What was looked at for the first time, or again. Nothing in the fridge is watched. */
  ofLooks(looker: FileScanner, fridge: string): { wanted: Wanted; recent: string[] } {
    const recent = looker.takeRecent().filter((path) => path !== fridge && !path.startsWith(`${fridge}/`))
    const files: string[] = []
    const folders: string[] = []
    for (const path of recent) {
      this.#noteAbove(path)
      if (kindOf(looker.looked.get(path)?.name ?? '') === 'listing') folders.push(path)
      else files.push(path)
    }
    return { wanted: { files, folders }, recent }
  }

  #noteAbove(path: string): void {
    for (let folder = dirname(path); !this.#above.has(folder); folder = dirname(folder)) this.#above.add(folder)
  }

  /** Configuration files that were written after they began to be read and before they were watched. */
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

  /** What is news among these reports; undefined where nothing is. */
  news(reported: ReadonlySet<string>, looker: FileScanner | undefined): Changes | undefined {
    const candidates = new Set<string>()
    let configuration = false
    const consider = (path: string): void => {
      if (!configuration && this.#isNew(path)) configuration = true
      if (looker?.looked.has(path)) candidates.add(path)
    }
    if (reported.size > tooMany) {
      for (const path of looker?.looked.keys() ?? []) candidates.add(path)
      configuration = [...this.#configuration.keys()].some((file) => this.#isNew(file))
    } else {
      for (const path of reported) {
        consider(path)
        consider(dirname(path))
        if (this.#above.has(path)) for (const one of this.#below(path, looker)) consider(one)
      }
    }
    const paths = new Set([...candidates].filter((path) => looker?.hasChanged(path)))
    return configuration || paths.size > 0 ? { paths, configuration, everything: false } : undefined
  }

  /** How many files the configuration is made of. */
  get configurationFiles(): number {
    return this.#configuration.size
  }

  *#below(folder: string, looker: FileScanner | undefined): Iterable<string> {
    for (const path of looker?.looked.keys() ?? []) if (path.startsWith(`${folder}/`)) yield path
    for (const path of this.#configuration.keys()) if (path.startsWith(`${folder}/`)) yield path
  }
}

interface Stamp {
  text: string
  /** Milliseconds since the epoch; 0 where nothing is. */
  at: number
}

function stampOf(path: string): Stamp {
  const stat = lookAt(path)
  if (stat === undefined) return { text: 'missing', at: 0 }
  return { text: `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`, at: Number(stat.ctimeNs / 1_000_000n) }
}
