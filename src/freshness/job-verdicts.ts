// Holds the verdict on every job of a plan and its reason, and counts the verdicts.
import { Int32Column } from '../base/number-columns.ts'
import type { Reason } from '../base/reason.ts'
import { type JobId, jobIdOf } from '../plan/job-id.ts'

/** `maybe`: an input will be cooked first. `known`: the action was cooked before under another name. */
const verdicts = ['maybe', 'fresh', 'known', 'stale'] as const
export type Verdict = (typeof verdicts)[number]

/** A verdict as a plan shows it, before anything is cooked. */
export type VerdictKind = 'fresh' | 'stale' | 'maybe'

const codeOf: { [verdict in Verdict]: number } = { maybe: 0, fresh: 1, known: 2, stale: 3 }

export class JobVerdicts {
  #verdicts: Uint8Array
  readonly #counts = Int32Column.zeros(verdicts.length)
  #reasons: (Reason | undefined)[]

  constructor(jobs: number) {
    this.#verdicts = new Uint8Array(jobs)
    this.#reasons = new Array(jobs)
    this.setAll('maybe')
  }

  /** Of jobs that are new, nothing is known. */
  grow(jobs: number): void {
    const before = this.#verdicts
    if (jobs === before.length) return
    this.#verdicts = new Uint8Array(jobs)
    this.#verdicts.set(before)
    this.#verdicts.fill(codeOf.maybe, before.length)
    this.#counts.add(codeOf.maybe, jobs - before.length)
  }

  get(job: JobId): Verdict {
    return verdicts[this.#verdicts[job] ?? 0] ?? 'maybe'
  }

  reason(job: JobId): Reason | undefined {
    return this.#reasons[job]
  }

  count(verdict: Verdict): number {
    return this.#counts.get(codeOf[verdict])
  }

  *jobs(verdict: Verdict): Iterable<JobId> {
    const code = codeOf[verdict]
    if (this.count(verdict) === 0) return
    for (let job = 0; job < this.#verdicts.length; job++) if (this.#verdicts[job] === code) yield jobIdOf(job)
  }

  /** Without a reason, the former one stays. */
  set(job: JobId, verdict: Verdict, reason?: Reason): void {
    this.#counts.add(this.#verdicts[job] ?? 0, -1)
    this.#verdicts[job] = codeOf[verdict]
    this.#counts.add(codeOf[verdict], 1)
    if (reason !== undefined) this.#reasons[job] = reason
  }

  /** Forgets what was known of any job. */
  setAll(verdict: Verdict): void {
    this.#verdicts.fill(codeOf[verdict])
    this.#counts.array.fill(0)
    this.#counts.set(codeOf[verdict], this.#verdicts.length)
    this.#reasons = new Array(this.#verdicts.length)
  }
}
