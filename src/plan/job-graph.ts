// Holds the edges between jobs as flat columns, and finds the longest path that remains behind each job.
import { Float64Column, Int32Column } from '../base/number-columns.ts'
import { type JobId, jobIdOf } from './job-id.ts'
import { keptForPlan } from './kept-for-plan.ts'
import type { Plan } from './plan.ts'
import type { JobRow } from './step-table.ts'

class JobGraph {
  readonly #plan: Plan
  /** Readers of job j: `#readers` from `#offsets[j]` to `#offsets[j + 1]`. */
  readonly #offsets: Int32Column
  readonly #readers: Int32Column

  constructor(plan: Plan) {
    this.#plan = plan
    const offsets = Int32Column.zeros(plan.jobs + 1)
    eachEdge(plan, (from) => offsets.add(from + 1, 1))
    for (let job = 0; job < plan.jobs; job++) offsets.add(job + 1, offsets.get(job))
    const next = new Int32Column(offsets.array.slice())
    const readers = Int32Column.zeros(offsets.get(plan.jobs))
    eachEdge(plan, (from, to) => {
      readers.set(next.get(from), to)
      next.add(from, 1)
    })
    this.#offsets = offsets
    this.#readers = readers
  }

  /** Calls back with every job that reads a result of this one; the same job may come more than once. */
  eachReader(job: JobId, visit: (reader: JobId) => void): void {
    const end = this.#offsets.get(job + 1)
    for (let at = this.#offsets.get(job); at < end; at++) visit(jobIdOf(this.#readers.get(at)))
  }

  readersOf(job: JobId): Set<JobId> {
    const readers = new Set<JobId>()
    this.eachReader(job, (reader) => readers.add(reader))
    return readers
  }

  /** The jobs whose results this one reads. */
  inputsOf(job: JobId): Set<JobId> {
    const inputs = new Set<JobId>()
    const table = this.#plan.tableOf(job)
    table.eachProducer(table.rowOf(job), (producer) => inputs.add(producer))
    return inputs
  }
}

/** Made once for a plan, until that grows: a watch cooks many times by the same one. */
export const graphOf = keptForPlan((plan) => new JobGraph(plan))

function eachEdge(plan: Plan, visit: (from: JobId, to: JobId) => void): void {
  for (const table of plan.tables) {
    for (let row = 0; row < table.rows; row++) table.eachProducer(row, (from) => visit(from, table.job(row)))
  }
}

/** For each job the time from its start to the end of the longest chain that hangs on it. */
export function remainingPaths(plan: Plan, estimate: (job: JobId) => number): Float64Array {
  const remaining = Float64Column.zeros(plan.jobs)
  for (const table of plan.tables.toReversed()) {
    for (let row = table.rows - 1; row >= 0; row--) {
      const job = table.job(row)
      const whole = remaining.get(job) + estimate(job)
      remaining.set(job, whole)
      table.eachProducer(row, (from) => {
        if (remaining.get(from) < whole) remaining.set(from, whole)
      })
    }
  }
  return remaining.array
}

/** The longest chain of jobs, each with the time it took: jobs come after those that they read. */
export class LongestPath {
  readonly #until: number[] = []
  ms = 0

  add({ table, row, job }: JobRow, ms: number): void {
    let until = 0
    table.eachProducer(row, (from) => {
      until = Math.max(until, this.#until[from] ?? 0)
    })
    this.#until[job] = until + ms
    this.ms = Math.max(this.ms, until + ms)
  }
}
