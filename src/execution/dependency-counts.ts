// Who waits for whom while a plan is cooked: how many results each job still lacks, and whom the end of one lets go on.
import type { StepTable } from '../plan/step-table.ts'
import { eachInput, type Graph } from '../plan/job-graph.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

export class DependencyCounts {
  readonly #work: Verdicts
  readonly #graph: Graph
  /** How many results a job still waits for, a result counted as often as it is read. */
  readonly #lacks: Int32Array
  /** Jobs that are cooked again because a dropped result is needed, and who waits for them. */
  readonly #again = new Map<number, number[]>()

  constructor(work: Verdicts, graph: Graph) {
    this.#work = work
    this.#graph = graph
    this.#lacks = new Int32Array(work.plan.jobs)
  }

  /** This row waits for every input that is still to be cooked. */
  count(table: StepTable, row: number): void {
    let lacks = 0
    eachInput(table, row, (from) => {
      const state = this.#work.state(from)
      if (state === 'stale' || state === 'maybe') lacks++
    })
    this.#lacks[table.first + row] = lacks
  }

  /** A job waits for results that were there before. Gives those of their makers for which nobody waited yet. */
  waitAgain(job: number, makers: readonly number[]): number[] {
    this.#lacks[job] = makers.length
    return makers.filter((maker) => {
      const waiters = this.#again.get(maker)
      if (waiters) waiters.push(job)
      else this.#again.set(maker, [job])
      return waiters === undefined
    })
  }

  isCookedAgain(job: number): boolean {
    return this.#again.has(job)
  }

  /** Jobs that waited for this one and for nothing else. */
  *released(job: number): Iterable<number> {
    for (const reader of this.#waitersOf(job)) {
      if (this.#work.state(reader) !== 'maybe') continue
      const left = (this.#lacks[reader] as number) - 1
      this.#lacks[reader] = left
      if (left <= 0) yield reader
    }
  }

  /** All readers of a job's results; for one that is cooked again only those that asked for it. */
  #waitersOf(job: number): Iterable<number> {
    const again = this.#again.get(job)
    if (again === undefined) return this.#graph.readers.subarray(this.#graph.offsets[job], this.#graph.offsets[job + 1])
    this.#again.delete(job)
    return again
  }
}
