// Holds the state of every job of a plan and its reason: the one place that changes them, so that the counts cannot drift.
import type { Reason } from '../base/reason.ts'

/** `maybe`: an input will be cooked first. `known`: the action was cooked before under another name. */
const states = ['maybe', 'fresh', 'known', 'stale', 'cooking', 'cooked', 'failed', 'blocked'] as const
export type JobState = (typeof states)[number]

/** A job as a plan shows it, before anything is cooked. */
export type VerdictKind = 'fresh' | 'stale' | 'maybe'

const codeOf = Object.fromEntries(states.map((state, code) => [state, code])) as { [state in JobState]: number }

export class JobStates {
  readonly #states: Uint8Array
  readonly #counts = new Int32Array(states.length)
  #reasons: (Reason | undefined)[]

  constructor(jobs: number) {
    this.#states = new Uint8Array(jobs)
    this.#reasons = new Array(jobs)
    this.setAll('maybe')
  }

  get(job: number): JobState {
    return states[this.#states[job] as number] as JobState
  }

  reason(job: number): Reason | undefined {
    return this.#reasons[job]
  }

  count(state: JobState): number {
    return this.#counts[codeOf[state]] as number
  }

  *jobs(state: JobState): Iterable<number> {
    const code = codeOf[state]
    if (this.count(state) === 0) return
    for (let job = 0; job < this.#states.length; job++) if (this.#states[job] === code) yield job
  }

  set(job: number, state: JobState, reason?: Reason): void {
    const before = this.#states[job] as number
    this.#counts[before] = (this.#counts[before] as number) - 1
    this.#states[job] = codeOf[state]
    this.#counts[codeOf[state]] = (this.#counts[codeOf[state]] as number) + 1
    if (reason !== undefined) this.#reasons[job] = reason
  }

  /** What was known of any job is forgotten. */
  setAll(state: JobState): void {
    this.#states.fill(codeOf[state])
    this.#counts.fill(0)
    this.#counts[codeOf[state]] = this.#states.length
    this.#reasons = new Array(this.#states.length)
  }
}
