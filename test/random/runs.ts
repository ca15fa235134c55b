// How often and from which seed the random tests run: a few times beside the other tests, and all of the runs in the long form.
import type fc from 'fast-check'
import { isLong, seed, times } from '../torture/counts.ts'

/** Lanes run at the same time, each from a seed of its own. */
export const lanes = isLong ? [0, 1, 2] : [0]

/** Milliseconds after which a lane gives up: shrinking a counterexample would take longer than anyone waits. */
const patience = 1_500_000

export const laneTimeout = patience + 100_000

/** The share of one lane in so many runs of each form. */
export function laneOf(lane: number, quick: number, long: number): fc.Parameters<unknown> {
  return {
    numRuns: Math.ceil(times(quick, long) / lanes.length),
    seed: seed + lane,
    interruptAfterTimeLimit: patience,
    markInterruptAsFailure: true,
  }
}
