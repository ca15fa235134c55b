// Which jobs wait for which: edges between job numbers, as flat arrays.
import type { StepTable } from './cross.ts'
import type { Plan } from './plan.ts'

/** Calls back with every job whose result this row reads; the same job may come more than once. */
export function eachInput(table: StepTable, row: number, visit: (job: number) => void): void {
  for (const column of table.inputs) {
    if (column.kind === 'result') visit(column.table.first + (column.rows[row] as number))
    else if (column.kind === 'collected' && column.source.kind === 'result') {
      const group = column.group[row] as number
      const { first } = column.source.table
      for (let at = column.offsets[group] as number; at < (column.offsets[group + 1] as number); at++) {
        visit(first + (column.members[at] as number))
      }
    }
  }
}

export interface Graph {
  /** Readers of job j: `readers` from `offsets[j]` to `offsets[j + 1]`. */
  offsets: Int32Array
  readers: Int32Array
}

const graphs = new WeakMap<Plan, Graph>()

/** Made once for a plan: who watches cooks many times by the same. */
export function readersOf(plan: Plan): Graph {
  const known = graphs.get(plan)
  if (known) return known
  const graph = makeGraph(plan)
  graphs.set(plan, graph)
  return graph
}

function makeGraph(plan: Plan): Graph {
  const offsets = new Int32Array(plan.jobs + 1)
  eachEdge(plan, (from) => {
    offsets[from + 1] = (offsets[from + 1] as number) + 1
  })
  for (let job = 0; job < plan.jobs; job++) offsets[job + 1] = (offsets[job + 1] as number) + (offsets[job] as number)
  const next = offsets.slice()
  const readers = new Int32Array(offsets[plan.jobs] as number)
  eachEdge(plan, (from, to) => {
    const place = next[from] as number
    readers[place] = to
    next[from] = place + 1
  })
  return { offsets, readers }
}

function eachEdge(plan: Plan, visit: (from: number, to: number) => void): void {
  for (const table of plan.tables) {
    for (let row = 0; row < table.rows; row++) eachInput(table, row, (from) => visit(from, table.first + row))
  }
}

/** For each job the time from its start to the end of the longest chain that hangs on it. */
export function remainingPaths(plan: Plan, estimate: (job: number) => number): Float64Array {
  const remaining = new Float64Array(plan.jobs)
  for (let index = plan.tables.length - 1; index >= 0; index--) {
    const table = plan.tables[index] as StepTable
    for (let row = table.rows - 1; row >= 0; row--) {
      const job = table.first + row
      const whole = (remaining[job] as number) + estimate(job)
      remaining[job] = whole
      eachInput(table, row, (from) => {
        if ((remaining[from] as number) < whole) remaining[from] = whole
      })
    }
  }
  return remaining
}

/** The longest chain of jobs, each with the time it took: jobs come after those that they read. */
export class LongestPath {
  readonly #until: Float64Array
  ms = 0

  constructor(jobs: number) {
    this.#until = new Float64Array(jobs)
  }

  add(table: StepTable, row: number, ms: number): void {
    let until = 0
    eachInput(table, row, (from) => {
      until = Math.max(until, this.#until[from] as number)
    })
    this.#until[table.first + row] = until + ms
    this.ms = Math.max(this.ms, until + ms)
  }
}
