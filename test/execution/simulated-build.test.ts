// The forecast against graphs that were worked out by hand, and against what must hold for every graph.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { enough, forecast, type ForecastJobs, type Pace } from '../../src/execution/simulated-build.ts'
import { jobIdOf } from '../../src/plan/job-id.ts'
import type { Demand } from '../../src/execution/scheduler.ts'

interface Drawn {
  /** Each job with its time and the jobs it reads. */
  jobs: { ms: number; reads?: number[]; takes?: Partial<Demand>; fresh?: true }[]
  followers?: { [job: number]: number[] }
}

const plain: Pace = { jobMs: 0, tickMs: 0, startMs: 0 }

function graphOf({ jobs, followers = {} }: Drawn): ForecastJobs {
  const readers = jobs.map((): number[] => [])
  for (const [job, { reads = [] }] of jobs.entries()) for (const from of reads) readers[from]?.push(job)
  const priority = new Float64Array(jobs.length)
  for (let job = jobs.length - 1; job >= 0; job--)
    priority[job] =
      (jobs[job]?.ms ?? 0) + Math.max(0, ...(readers[job] ?? []).map((reader) => priority[reader] as number))
  return {
    count: jobs.length,
    eachReader: (job, visit) => {
      for (const reader of readers[job] ?? []) visit(jobIdOf(reader))
    },
    cooks: (job) => !jobs[job]?.fresh,
    ms: (job) => jobs[job]?.ms ?? 0,
    takes: (job) => ({ burners: 1, named: {}, ...jobs[job]?.takes }),
    priority,
    followers: (job) => (followers[job] ?? []).map(jobIdOf),
  }
}

function time(drawn: Drawn, burners: number, pace = plain, more = {}): number {
  return forecast(graphOf(drawn), { burners, pools: {}, named: {}, ...more }, pace).ms
}

const diamond: Drawn = { jobs: [{ ms: 10 }, { ms: 20, reads: [0] }, { ms: 30, reads: [0] }, { ms: 5, reads: [1, 2] }] }

test('a diamond: its sum with one burner, its longer side with two', () => {
  expect([1, 2, 3].map((burners) => time(diamond, burners))).toEqual([65, 45, 45])
})

test('the longest remaining path goes first', () => {
  // Three short jobs come first by number; the chain of 40 has to begin at once for 40 to be enough.
  const drawn: Drawn = { jobs: [{ ms: 10 }, { ms: 10 }, { ms: 10 }, { ms: 20 }, { ms: 20, reads: [3] }] }
  expect([1, 2].map((burners) => time(drawn, burners))).toEqual([70, 40])
})

test('what is fresh takes no time, and what does the same work is cooked once', () => {
  expect(
    time(
      {
        jobs: [
          { ms: 50, fresh: true },
          { ms: 7, reads: [0] },
        ],
      },
      1,
    ),
  ).toBe(7)
  const twins: Drawn = { jobs: [{ ms: 10 }, { ms: 10 }, { ms: 3, reads: [1] }], followers: { 0: [1] } }
  expect(time(twins, 1)).toBe(13)
})

test('pools, named burners and several burners for one job count', () => {
  const four: Drawn['jobs'] = [{ ms: 10 }, { ms: 10 }, { ms: 10 }, { ms: 10 }]
  const taking = (takes: Partial<Demand>): Drawn => ({ jobs: four.map((job) => ({ ...job, takes })) })
  expect(time(taking({ pool: 'disk' }), 4)).toBe(40)
  expect(time(taking({ pool: 'disk' }), 4, plain, { pools: { disk: 2 } })).toBe(20)
  expect(time(taking({ named: { licence: 1 } }), 4, plain, { named: { licence: 2 } })).toBe(20)
  expect(time(taking({ burners: 2 }), 4)).toBe(20)
})

test('a stove that adds to each job, looks every second and starts one after the other', () => {
  const chain: Drawn = { jobs: [{ ms: 300 }, { ms: 300, reads: [0] }, { ms: 300, reads: [1] }] }
  expect(time(chain, 4, { jobMs: 50, tickMs: 0, startMs: 0 })).toBe(1050)
  // Started at 0, 1000 and 2000.
  expect(time(chain, 4, { jobMs: 0, tickMs: 1000, startMs: 0 })).toBe(2300)
  const wide: Drawn = { jobs: [{ ms: 100 }, { ms: 100 }, { ms: 100 }] }
  expect(time(wide, 4, { jobMs: 0, tickMs: 0, startMs: 20 })).toBe(140)
})

test('more burners are enough where the rest is within a twentieth, and never a guess beyond what was tried', () => {
  const rows = [1, 2, 4, 8].map((burners, at) => ({ burners, ms: [100, 52, 50.5, 50][at] as number }))
  expect(enough(rows, 50, 0.05)).toBe(2)
  expect(
    enough(
      [
        { burners: 1, ms: 100 },
        { burners: 2, ms: 50 },
      ],
      10,
      0.05,
    ),
  ).toBeUndefined()
  expect(
    enough(
      [
        { burners: 1, ms: 100 },
        { burners: 2, ms: 50 },
      ],
      49,
      0.05,
    ),
  ).toBe(2)
})

const anyGraph = fc
  .array(fc.record({ ms: fc.integer({ min: 1, max: 100 }), seeds: fc.array(fc.nat(1000), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 30,
  })
  .map(
    (jobs): Drawn => ({
      jobs: jobs.map(({ ms, seeds }, at) => ({
        ms,
        reads: at === 0 ? [] : [...new Set(seeds.map((seed) => seed % at))],
      })),
    }),
  )

test('never shorter than the critical path or the work over the burners, never longer than both together', () => {
  fc.assert(
    fc.property(anyGraph, fc.integer({ min: 1, max: 8 }), (drawn, burners) => {
      const { ms, busyMs } = forecast(graphOf(drawn), { burners, pools: {}, named: {} }, plain)
      const work = drawn.jobs.reduce((sum, job) => sum + job.ms, 0)
      const critical = Math.max(...graphOf(drawn).priority)
      expect(busyMs).toBe(work)
      expect(ms).toBeGreaterThanOrEqual(Math.max(critical, work / burners))
      // Graham's bound of every list schedule.
      expect(ms).toBeLessThanOrEqual(work / burners + critical)
      if (burners === 1) expect(ms).toBe(work)
    }),
  )
})
