// Marks failed jobs, jobs that the build left, and everything that waits for them.
import type { Reason } from '../base/reason.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Graph } from '../plan/job-graph.ts'
import { tableOf } from '../plan/plan.ts'
import { jobId } from '../plan/record.ts'
import { type Ending, nothingRan, type JobEvents } from './job-events.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

export class FailurePropagation {
  readonly #work: Verdicts
  readonly #graph: Graph
  readonly #telling: JobEvents

  constructor(work: Verdicts, graph: Graph, telling: JobEvents) {
    this.#work = work
    this.#graph = graph
    this.#telling = telling
  }

  /** Jobs of one action, of which the first was cooked. */
  fail(jobs: readonly number[], ending: Ending): void {
    for (const [at, job] of jobs.entries()) {
      this.#work.set(job, 'failed')
      this.#telling.ended(job, 'failed', at === 0 ? ending : { ...ending, ms: 0 })
    }
    for (const job of jobs) this.#blockReaders(job)
  }

  block(job: number, why: Reason): void {
    this.#leave(job, why)
    this.#blockReaders(job)
  }

  /** What was not begun is said to be blocked, so that the summary adds up. */
  blockRest(why: Reason, fridge: Fridge): void {
    fridge.begin()
    for (const state of ['stale', 'maybe'] as const) {
      for (const job of [...this.#work.jobs(state)]) {
        // So that the next plan knows these variants, and that they were never cooked.
        this.#work.meet(job)
        this.#leave(job, why)
      }
    }
  }

  #leave(job: number, why: Reason): void {
    this.#work.set(job, 'blocked', why)
    this.#telling.ended(job, 'blocked', nothingRan)
  }

  #blockReaders(first: number): void {
    const { offsets, readers } = this.#graph
    const table = tableOf(this.#work.plan, first)
    const why: Reason = { kind: 'blocked', by: jobId(table, first - table.first) }
    const blockers = [first]
    for (const job of blockers) {
      for (const reader of readers.subarray(offsets[job], offsets[job + 1])) {
        if (this.#work.state(reader) !== 'maybe') continue
        this.#leave(reader, why)
        blockers.push(reader)
      }
    }
  }
}
