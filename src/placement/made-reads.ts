// Knows which jobs read, without declaring it, what other jobs of the plan lay out or write in the project.
import { relative, resolve } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import type { JobId } from '../plan/job-id.ts'
import { keptForPlan } from '../plan/kept-for-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { type InputColumn, pouredOf, type StepTable } from '../plan/step-table.ts'
import { type FileSet, fileSetOf } from '../files/file-set.ts'
import { type Look, looksIn } from '../base/trace.ts'
import { knownPlaces } from './link-paths.ts'

/** A step that reads what another one makes. `isCircle`: the maker needs what the reader makes, so nothing orders them. */
export interface MadeRead {
  reader: string
  maker: string
  /** Relative to the project. */
  path: string
  isCircle: boolean
}

interface Makers {
  /** Relative to the project. */
  byPath: ReadonlyMap<string, readonly JobId[]>
  /** The files that tasks make, whose names are known only when they are there. */
  sets: { set: FileSet; job: JobId }[]
}

/** Kinds of looks that say nothing of what a file holds, or whether it is there. */
const isNoFile: ReadonlySet<Look['kind']> = new Set(['listing', 'place', 'unobserved'])

export class MadeReads {
  readonly #plan: Plan
  readonly #configuration: Configuration
  /** The jobs that make a path. Found when first asked for, because most kitchens have no such paths. */
  readonly #makers = keptForPlan(() => this.#findMakers())
  /** For each job that reads such paths, the paths with their makers. */
  readonly #paths = new Map<JobId, Map<string, readonly JobId[]>>()
  /** The steps that a step is ordered behind, by the numbers of their tables. */
  readonly #behind = new Map<StepTable, Set<StepTable>>()
  readonly #circles = new Set<string>()
  /** The steps that a step needs by what it declares, through any number of steps. */
  readonly #declared = new Map<StepTable, Set<StepTable>>()

  constructor(plan: Plan, configuration: Configuration) {
    this.#plan = plan
    this.#configuration = configuration
  }

  /** Takes up the lines of a trace of a job: its latest one counts. */
  note(job: JobId, own: string): void {
    const paths = new Map<string, readonly JobId[]>()
    for (const { kind, path } of looksIn(own)) {
      if (isNoFile.has(kind)) continue
      const all = this.#makers(this.#plan)
      if (all.byPath.size + all.sets.length === 0) return
      const makers = makersOf(all, path, resolve(this.#configuration.root, path))
      if (makers) paths.set(path, makers)
    }
    if (paths.size > 0) this.#paths.set(job, paths)
    else this.#paths.delete(job)
  }

  /** The jobs that read what such jobs make, each with one of them. */
  readersOf(isMaker: (maker: JobId) => boolean): Map<JobId, JobId> {
    const jobs = new Map<JobId, JobId>()
    for (const { reader, maker, read } of this.#pairs()) if (!read.isCircle && isMaker(maker)) jobs.set(reader, maker)
    return jobs
  }

  /** Each step and path once, without those of steps that need the maker by what they declare. */
  *reads(isTold: (job: JobId) => boolean): Iterable<MadeRead> {
    for (const { reader, maker, read } of this.#pairs()) {
      const isDeclared = this.#declares(this.#plan.tableOf(reader), this.#plan.tableOf(maker))
      if (!isDeclared && (isTold(reader) || isTold(maker))) yield read
    }
  }

  /** The paths that were made by these jobs and read by others that are done. */
  pathsBetween(isMade: (maker: JobId) => boolean, isDone: (reader: JobId) => boolean): Set<string> {
    const paths = new Set<string>()
    for (const { reader, maker, read } of this.#pairs())
      if (!read.isCircle && isMade(maker) && isDone(reader)) paths.add(read.path)
    return paths
  }

  /** The paths that these jobs make and others read, each with its maker. */
  *pathsOf(isMade: (maker: JobId) => boolean): Iterable<{ path: string; maker: JobId }> {
    for (const { maker, read } of this.#pairs()) if (isMade(maker)) yield { path: read.path, maker }
  }

  /** True where a step reads what is made out of its own results: a build may leave it stale. */
  hasCircle(): boolean {
    for (const { read } of this.#pairs()) if (read.isCircle) return true
    return false
  }

  *#pairs(): Iterable<{ reader: JobId; maker: JobId; read: MadeRead }> {
    for (const [reader, paths] of this.#paths) {
      const table = this.#plan.tableOf(reader)
      for (const [path, makers] of paths) {
        for (const maker of makers) {
          if (maker === reader) continue
          const other = this.#plan.tableOf(maker)
          // The results of a step in the project are in their places before any step runs that declares them.
          const isBoth = table.step.place === 'project' && other.step.place === 'project'
          if (isBoth && this.#declares(table, other)) continue
          const read = { reader: table.step.name, maker: other.step.name, path, isCircle: this.#isCircle(table, other) }
          yield { reader, maker, read }
        }
      }
    }
  }

  #isCircle(reader: StepTable, maker: StepTable): boolean {
    const pair = `${reader.index} ${maker.index}`
    if (this.#behind.get(reader)?.has(maker)) return false
    if (this.#circles.has(pair)) return true
    if (this.#needs(maker, reader)) {
      this.#circles.add(pair)
      return true
    }
    const makers = this.#behind.get(reader) ?? new Set()
    this.#behind.set(reader, makers.add(maker))
    return false
  }

  /** Returns true where a step needs another one, through any number of steps. */
  #needs(step: StepTable, needed: StepTable): boolean {
    const met = new Set([step])
    for (const table of met) {
      if (table === needed) return true
      for (const column of table.inputs) for (const table of tablesBehind(column)) met.add(table)
      for (const maker of this.#behind.get(table) ?? []) met.add(maker)
    }
    return false
  }

  #declares(step: StepTable, needed: StepTable): boolean {
    let declared = this.#declared.get(step)
    if (declared === undefined) {
      declared = new Set([step])
      for (const table of declared)
        for (const column of table.inputs) for (const table of tablesBehind(column)) declared.add(table)
      this.#declared.set(step, declared)
    }
    return declared.has(needed)
  }

  #findMakers(): Makers {
    const { root } = this.#configuration
    const makers = new Map<string, JobId[]>()
    const sets: Makers['sets'] = []
    const add = (path: string, job: JobId): void => {
      const inside = relative(root, path)
      if (inside === '' || inside.startsWith('../')) return
      makers.set(inside, [...(makers.get(inside) ?? []), job])
    }
    for (const { path, item, link } of knownPlaces(this.#configuration, this.#plan)) {
      if (item.shelf.files) sets.push({ set: fileSetOf(item.shelf.files), job: item.maker.job })
      if (!link.isSpread) add(path, item.maker.job)
    }
    for (const table of this.#plan.tables.filter(({ step }) => step.place === 'project'))
      for (const { inner, files } of table.step.outputs)
        if (!files) for (let row = 0; row < table.rows; row++) add(resolve(table.step.folder, inner), table.job(row))
    return { byPath: makers, sets }
  }
}

function tablesBehind({ shelf }: InputColumn): StepTable[] {
  if (shelf.kind === 'result') return [shelf.table]
  const poured = pouredOf(shelf)
  return poured ? [poured.from.table] : []
}

/** Returns the maker of the path itself, or of a whole folder above it. */
function makersOf({ byPath, sets }: Makers, path: string, absolute: string): readonly JobId[] | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const found = byPath.get(at)
    if (found) return found
  }
  const jobs = sets.flatMap(({ set, job }) => (set.holds(absolute) ? [job] : []))
  return jobs.length > 0 ? jobs : undefined
}

const known = new WeakMap<Plan, MadeReads>()

/** Made once for a plan: a watch builds many times by the same one. */
export function madeReadsOf(plan: Plan, configuration: Configuration): MadeReads {
  let reads = known.get(plan)
  if (!reads) known.set(plan, (reads = new MadeReads(plan, configuration)))
  return reads
}
