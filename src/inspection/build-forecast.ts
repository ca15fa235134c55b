// How long a build will take with so many burners, from recorded times: what `chef plan --simulate` tells.
import { medianOf } from '../base/statistics.ts'
import type { Configuration } from '../config/configuration.ts'
import { enough, forecast, type ForecastJobs, type Pace } from '../execution/simulated-build.ts'
import { eachInput, readersOf, remainingPaths } from '../plan/job-graph.ts'
import { tableOf } from '../plan/plan.ts'
import { jobId } from '../plan/record.ts'
import type { Session } from '../session/session.ts'
import { capacityOf, estimates, takesOf } from '../execution/job-demands.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

export interface ForecastRequest {
  burners: readonly number[]
  /** Undefined: the one of the cheffile. */
  stove?: string
}

export interface BuildForecast {
  stove: string
  /** `speedup` against one burner; `busy`: the share of the burners' time in which they cook. */
  rows: { burners: number; ms: number; speedup: number; busy: number }[]
  /** Jobs that would be cooked, and how the time of each is known. */
  jobs: number
  times: { recorded: number; median: number; guessed: number }
  guessMs: number
  /** The longest chain of jobs: no number of burners makes the build shorter. */
  critical: { ms: number; jobs: { id: string; ms: number }[] }
  /** With more burners than these the build gets shorter by less than a twentieth. */
  enough?: number
}

/** Of a step that was never cooked nothing is known. */
const guessMs = 1000
const littleGain = 0.05

/**
 * What a stove adds: measured by bench/forecast.mjs for the local one. Slurm looks for new jobs about once a second, and an array
 * starts its tasks one after the other.
 */
const paces: { local: Pace; [stove: string]: Pace } = {
  local: { jobMs: 0.8, tickMs: 0, startMs: 0 },
  slurm: { jobMs: 100, tickMs: 1000, startMs: 16 },
}

export function forecastBuild(kitchen: Session, { burners, stove }: ForecastRequest): BuildForecast {
  const { plan, work, configuration } = kitchen
  const named = stove ?? configuration.kitchen.stove
  const pace = paces[named] ?? paces.local
  const cooks = (job: number): boolean => work.state(job) === 'stale' || work.state(job) === 'maybe'
  const times = new Times(work)
  const estimate = estimates(work)
  const groups = sameWork(work, cooks)
  const graph = readersOf(plan)
  const jobs: Omit<ForecastJobs, 'takes'> = {
    count: plan.jobs,
    offsets: graph.offsets,
    readers: graph.readers,
    cooks,
    ms: (job) => times.of(job),
    priority: remainingPaths(plan, (job) => (cooks(job) ? (estimate(job) ?? 1) : 0)),
    followers: (job) => groups.get(job) ?? [],
  }
  const alone = forecastWith(1, configuration, kitchen, jobs, pace).ms
  const rows = burners.map((count) => {
    const { ms, busyMs } = forecastWith(count, configuration, kitchen, jobs, pace)
    return { burners: count, ms, speedup: ms === 0 ? 1 : alone / ms, busy: ms === 0 ? 0 : busyMs / (ms * count) }
  })
  const cooked = Array.from({ length: plan.jobs }, (_, job) => job).filter(cooks)
  const critical = criticalPath(kitchen, cooks, (job) => times.of(job))
  const most = enough(rows, critical.ms, littleGain)
  return {
    stove: named,
    rows,
    jobs: cooked.length,
    times: times.count(cooked),
    guessMs,
    critical,
    ...(most !== undefined && { enough: most }),
  }
}

function forecastWith(
  burners: number,
  configuration: Configuration,
  { plan }: Session,
  jobs: Omit<ForecastJobs, 'takes'>,
  pace: Pace,
): ReturnType<typeof forecast> {
  const kitchen = { ...configuration.kitchen, burners }
  const stove = { burners, measures: pace.tickMs > 0 }
  const takes = plan.tables.map((table) => takesOf(table.step, { ...configuration, kitchen }, stove))
  const takesOfJob: ForecastJobs['takes'] = (job) => takes[tableOf(plan, job).index] as (typeof takes)[number]
  return forecast({ ...jobs, takes: takesOfJob }, capacityOf({ ...configuration, kitchen }, stove), pace)
}

/** The time of the variant itself; else the median of its step; else a guess that is told. */
class Times {
  readonly #work: Verdicts
  readonly #medians: (number | undefined)[]

  constructor(work: Verdicts) {
    this.#work = work
    this.#medians = work.plan.tables.map(({ first, rows }) => {
      const known = Array.from({ length: rows }, (_, row) => work.priorMs(first + row))
      return medianOf(known.filter((ms) => ms !== undefined))
    })
  }

  of(job: number): number {
    return this.#work.priorMs(job) ?? this.#medianOf(job) ?? guessMs
  }

  count(jobs: readonly number[]): BuildForecast['times'] {
    const times = { recorded: 0, median: 0, guessed: 0 }
    for (const job of jobs) {
      if (this.#work.priorMs(job) !== undefined) times.recorded++
      else if (this.#medianOf(job) !== undefined) times.median++
      else times.guessed++
    }
    return times
  }

  #medianOf(job: number): number | undefined {
    return this.#medians[tableOf(this.#work.plan, job).index]
  }
}

/** Jobs whose action is that of an earlier one are served by it; of jobs that wait for others that is not known yet. */
function sameWork(work: Verdicts, cooks: (job: number) => boolean): Map<number, number[]> {
  const leaders = new Map<string, number>()
  const groups = new Map<number, number[]>()
  for (let job = 0; job < work.plan.jobs; job++) {
    const text = cooks(job) ? work.text(job) : undefined
    if (text === undefined) continue
    const leader = leaders.get(text)
    if (leader === undefined) leaders.set(text, job)
    else {
      const group = groups.get(leader)
      if (group) group.push(job)
      else groups.set(leader, [job])
    }
  }
  return groups
}

function criticalPath(
  { plan }: Session,
  cooks: (job: number) => boolean,
  msOf: (job: number) => number,
): BuildForecast['critical'] {
  const longest = new Float64Array(plan.jobs)
  const before = new Int32Array(plan.jobs).fill(-1)
  let last = -1
  for (const table of plan.tables) {
    for (let row = 0; row < table.rows; row++) {
      const job = table.first + row
      if (!cooks(job)) continue
      let until = 0
      eachInput(table, row, (from) => {
        if ((longest[from] as number) <= until) return
        until = longest[from] as number
        before[job] = from
      })
      longest[job] = until + msOf(job)
      if (last < 0 || until + msOf(job) > (longest[last] as number)) last = job
    }
  }
  const jobs: BuildForecast['critical']['jobs'] = []
  for (let job = last; job >= 0; job = before[job] as number) {
    const table = tableOf(plan, job)
    jobs.push({ id: jobId(table, job - table.first), ms: msOf(job) })
  }
  return { ms: last < 0 ? 0 : (longest[last] as number), jobs: jobs.reverse() }
}
