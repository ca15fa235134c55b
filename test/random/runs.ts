// How often and from which seed the random tests run: CHEF_SEED and CHEF_RUNS (a factor) choose others.
const { CHEF_SEED = '20261121', CHEF_RUNS = '1' } = process.env

export function random(runs: number): { numRuns: number; seed: number } {
  return { numRuns: Math.ceil(runs * Number(CHEF_RUNS)), seed: Number(CHEF_SEED) }
}
