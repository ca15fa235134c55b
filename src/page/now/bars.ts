// Bars of a time line: one cook each on a lane of its own, or many short ones that a screen cannot tell apart.
import type { Depends, JobStatus } from '../../base/event.ts'
import type { Reason } from '../../base/reason.ts'

/** Besides the statuses of jobs: ended by an interruption, and left after a failure elsewhere. */
export type EndStatus = JobStatus | 'stopped' | 'cancelled'

/** One cook on its burner, or several that follow each other there. */
export interface Bar {
  job: number
  id: string
  /** Empty where the bar stands for cooks of several steps. */
  step: string
  depends: Depends
  /** The number of the burner, from 0. Bars of one lane never overlap. */
  lane: number
  startedAt: number
  expectedMs?: number
  endedAt?: number
  status?: EndStatus
  /** The number of cooks that the bar stands for, where there are several. */
  cooks?: number
}

/** A bar that has ended. */
export type EndedBar = Bar & Required<Pick<Bar, 'endedAt' | 'status'>>

export function endStatus(status: JobStatus, reason: Reason): EndStatus {
  if (status !== 'blocked' || reason.kind !== 'stopped') return status
  return reason.after === 'failure' ? 'cancelled' : 'stopped'
}

/** A bar shorter than this share of the time line is first to join its neighbour. */
const leastShare = 1 / 1000

/** Joins neighbours on a lane until at most so many bars are left. No cook is dropped, and no failure is hidden among others. */
export function mergeBars(bars: readonly EndedBar[], most: number): EndedBar[] {
  let merged = [...bars].sort((one, other) => one.lane - other.lane || one.startedAt - other.startedAt)
  if (merged.length <= most) return merged
  const begin = Math.min(...merged.map(({ startedAt }) => startedAt))
  const whole = Math.max(1, Math.max(...merged.map(({ endedAt }) => endedAt)) - begin)
  for (let share = leastShare; merged.length > most && share < 2; share *= 2) merged = joined(merged, whole * share)
  return merged
}

function joined(bars: readonly EndedBar[], mostMs: number): EndedBar[] {
  const made: EndedBar[] = []
  for (const bar of bars) {
    const last = made.at(-1)
    const fits = last && last.lane === bar.lane && last.status === bar.status && bar.endedAt - last.startedAt <= mostMs
    if (last && fits) made[made.length - 1] = join(last, bar)
    else made.push(bar)
  }
  return made
}

function join(one: EndedBar, other: EndedBar): EndedBar {
  return {
    ...one,
    step: one.step === other.step ? one.step : '',
    depends: {},
    endedAt: Math.max(one.endedAt, other.endedAt),
    cooks: (one.cooks ?? 1) + (other.cooks ?? 1),
  }
}
