// How often and from which seed the random tests run: CHEF_SEED and CHEF_RUNS (a factor) choose others.
import type fc from 'fast-check'

const { CHEF_SEED = '20261121', CHEF_RUNS = '1' } = process.env

/** Lanes run at the same time, each from a seed of its own. */
export const lanes = [0, 1, 2]

/** Milliseconds after which a lane gives up: shrinking a counterexample would take longer than anyone waits. */
const patience = 1_500_000

export const laneTimeout = patience + 100_000

/** The share of one lane in so many runs. */
export function laneOf(lane: number, runs: number): fc.Parameters<unknown> {
  return {
    numRuns: Math.ceil((runs * Number(CHEF_RUNS)) / lanes.length),
    seed: Number(CHEF_SEED) + lane,
    interruptAfterTimeLimit: patience,
    markInterruptAsFailure: true,
  }
}
