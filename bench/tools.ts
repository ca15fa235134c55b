// What a tool must bring to take part: how it is found, how a workload is written for it, how it is run.
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { outFolder, type Source, sourceText, stepScript, type Workload } from './workload.ts'

export interface Tool {
  name: string
  /** Says its version, with exit code 0. */
  versionOf: string[]
  /** Rebuilds what is older than its inputs, whatever they hold. */
  byTime?: boolean
  /** Everything but the sources and the step. */
  write(folder: string, work: Workload, settings: Settings): void
  /** Run once in a new field, unmeasured. */
  prepare?: string[]
  build: string[]
  env?: { [name: string]: string }
  /** Caches, which a cold build must not find. */
  caches: string[]
  /** Has a cache that gives results back after they were removed. */
  restores?: boolean
  /** The lines of the last file, where it writes them in another form. */
  readLast?: (text: string, work: Workload) => string
  /** Ends what it left running. */
  stop?: string[]
}

export interface Settings {
  jobs: number
  /** The real interpreter: the first `python3` may be a script that looks for it. */
  python: string
  /** Lays out all results, not only the last: for the race of restoring. */
  layAll: boolean
}

export function which(program: string, path: string): string | undefined {
  const places = path.split(delimiter).map((folder) => join(folder, program))
  return places.find((place) => existsSync(place))
}

/** A folder with one tool's copy of a workload. */
export function layField(folder: string, tool: Tool, work: Workload, settings: Settings): void {
  mkdirSync(folder, { recursive: true })
  const folders = new Set(work.sources.map(({ path }) => dirname(path)))
  for (const one of folders) mkdirSync(join(folder, one), { recursive: true })
  for (const source of work.sources) writeSource(folder, source)
  writeFileSync(join(folder, 'step.sh'), stepScript)
  writeFileSync(join(folder, 'parts.list'), work.parts.map((part) => `${part}\n`).join(''))
  mkdirSync(join(folder, outFolder))
  tool.write(folder, work, settings)
}

export function writeSource(folder: string, source: Source): void {
  writeFileSync(join(folder, source.path), sourceText(source))
}

export function touch(folder: string, source: Source): void {
  const now = new Date()
  utimesSync(join(folder, source.path), now, now)
}

/** As if it had never been built. */
export function forget(folder: string, tool: Tool): void {
  for (const cache of tool.caches) rmSync(join(folder, cache), { recursive: true, force: true })
  removeResults(folder)
}

export function removeResults(folder: string): void {
  rmSync(join(folder, outFolder), { recursive: true, force: true })
  mkdirSync(join(folder, outFolder))
}

/** What a task of the graph runs, as a command line of the shell. */
export function taskCommand(work: Workload, node: Workload['nodes'][number], { python }: Settings): string {
  const words = [String(node.parameter), node.out, ...node.inputs].join(' ')
  return work.kind === 'numpy' ? `${python} step.py ${words}` : `sh step.sh ${words}`
}

export function scriptOf(work: Workload): string {
  return work.kind === 'numpy' ? 'step.py' : 'step.sh'
}

export const collectCommand = 'xargs cat < parts.list > out/all.txt'
