// How often things are tried: a quick form beside the other tests, a long one by `npm run test:torture`; CHEF_RUNS is a factor.
const { CHEF_TORTURE, CHEF_RUNS = '1', CHEF_SEED = '20261121' } = process.env

export const isLong = CHEF_TORTURE === 'long'
/** How long one test may take: the long form tries for hours. */
export const mostMs = isLong ? 40_000_000 : 600_000
export const seed = Number(CHEF_SEED)

export function times(quick: number, long: number): number {
  return Math.ceil((isLong ? long : quick) * Number(CHEF_RUNS))
}

/** Some of the cases in the quick form, all of them in the long one. */
export function some<Case>(cases: readonly Case[], quick: (one: Case) => boolean): readonly Case[] {
  return isLong ? cases : cases.filter(quick)
}

/** So many of the numbers from 1 to the last, spread evenly; where they begin depends on the seed. */
export function spread(last: number, many: number): number[] {
  if (many >= last) return Array.from({ length: last }, (_, at) => at + 1)
  const step = last / many
  const from = (seed % 97) / 97
  return Array.from({ length: many }, (_, at) => Math.floor((at + from) * step) + 1)
}

/** A sequence that looks like chance and is the same for the same seed. */
export function chance(from: number): () => number {
  let state = (seed + from * 7919) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Tries every case before it fails: a run of hours should tell of more than its first failure. */
export async function tryEach(cases: readonly number[], attempt: (at: number) => Promise<void>): Promise<void> {
  const failures: string[] = []
  for (const at of cases) {
    try {
      await attempt(at)
    } catch (error) {
      const failure = `case ${at}: ${(error as Error).message.slice(0, 2000)}`
      console.log(`torture: failed: ${failure}`)
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw new Error(`${failures.length} of ${cases.length} cases: ${failures.join('\n')}`)
}

/** What a suite has done, for whoever reads the run. */
export function tell(what: string, counts: { [name: string]: number }): void {
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  console.log(`torture: ${what}: ${parts.join(', ')}`)
}
