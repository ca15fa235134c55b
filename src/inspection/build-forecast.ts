// Forecasts the duration of a build by burners from recorded times, for `chef plan --simulate`.
import type { Configuration } from '../config/configuration.ts'
import { elementAt } from '../base/element-at.ts'
import { Float64Column } from '../base/number-columns.ts'
import { medianOf } from '../base/statistics.ts'
import type { Demand } from '../execution/scheduler.ts'
import { enough, type Forecast, forecast, type ForecastJobs, type Pace } from '../execution/simulated-build.ts'
import { graphOf, remainingPaths } from '../plan/job-graph.ts'
import { type JobId, jobIds } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import type { StepTable } from '../plan/step-table.ts'
import { capacityOf, estimates, takesOf } from '../execution/job-demands.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { PlanView } from './session-views.ts'

/** The part of a session that a forecast reads. */
export interface ForecastView extends PlanView {
  readonly configuration: Configuration
}

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
 * The overhead of an executor: measured by bench/forecast.mjs for the local one. Slurm looks for new jobs about once a second, and an array
 * starts its tasks one after the other.
 */
const paces: { local: Pace; [stove: string]: Pace } = {
  local: { jobMs: 0.8, tickMs: 0, startMs: 0 },
  slurm: { jobMs: 100, tickMs: 1000, startMs: 16 },
}

export function forecastBuild(kitchen: ForecastView, { burners, stove }: ForecastRequest): BuildForecast {
  const { plan, verdicts, configuration } = kitchen
  const named = stove ?? configuration.kitchen.stove
  const pace = paces[named] ?? paces.local
  const cooks = (job: JobId): boolean => verdicts.verdict(job) === 'stale' || verdicts.verdict(job) === 'maybe'
  const times = new Times(verdicts)
  const estimate = estimates(verdicts)
  const groups = sameWork(verdicts, cooks)
  const graph = graphOf(plan)
  const jobs: Omit<ForecastJobs, 'takes'> = {
    count: plan.jobs,
    eachReader: (job, visit) => graph.eachReader(job, visit),
    cooks,
    ms: (job) => times.of(job),
    priority: remainingPaths(plan, (job) => (cooks(job) ? (estimate(job) ?? 1) : 0)),
    followers: (job) => groups.get(job) ?? [],
  }
  const forecastWith = (count: number): Forecast => {
    const withBurners = { ...configuration, kitchen: { ...configuration.kitchen, burners: count } }
    const executor = { burners: count, measures: pace.tickMs > 0 }
    const demands = plan.tables.map(({ step }) => takesOf(step, withBurners, executor))
    const takes = (job: JobId): Demand => elementAt(demands, plan.tableOf(job).index)
    return forecast({ ...jobs, takes }, capacityOf(withBurners, executor), pace)
  }
  const alone = forecastWith(1).ms
  const rows = burners.map((count) => {
    const { ms, busyMs } = forecastWith(count)
    return { burners: count, ms, speedup: ms === 0 ? 1 : alone / ms, busy: ms === 0 ? 0 : busyMs / (ms * count) }
  })
  const cooked = Array.from(plan, ({ job }) => job).filter(cooks)
  const critical = criticalPath(plan, cooks, (job) => times.of(job))
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

/** The time of the variant itself; else the median of its step; else a guess that is told. */
class Times {
  readonly #verdicts: Verdicts
  readonly #medians: Map<StepTable, number | undefined>

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts
    this.#medians = new Map(
      verdicts.plan.tables.map((table) => {
        const known = Array.from(table, ({ job }) => verdicts.priorMs(job))
        return [table, medianOf(known.filter((ms) => ms !== undefined))]
      }),
    )
  }

  of(job: JobId): number {
    return this.#verdicts.priorMs(job) ?? this.#medianOf(job) ?? guessMs
  }

  count(jobs: readonly JobId[]): BuildForecast['times'] {
    const times = { recorded: 0, median: 0, guessed: 0 }
    for (const job of jobs) {
      if (this.#verdicts.priorMs(job) !== undefined) times.recorded++
      else if (this.#medianOf(job) !== undefined) times.median++
      else times.guessed++
    }
    return times
  }

  #medianOf(job: JobId): number | undefined {
    return this.#medians.get(this.#verdicts.plan.tableOf(job))
  }
}

/** Jobs whose action is that of an earlier one are served by it; of jobs that wait for others that is not known yet. */
function sameWork(verdicts: Verdicts, cooks: (job: JobId) => boolean): Map<JobId, JobId[]> {
  const leaders = new Map<string, JobId>()
  const groups = new Map<JobId, JobId[]>()
  for (const job of jobIds(verdicts.plan.jobs)) {
    const text = cooks(job) ? verdicts.text(job) : undefined
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
  plan: Plan,
  cooks: (job: JobId) => boolean,
  msOf: (job: JobId) => number,
): BuildForecast['critical'] {
  const longest = Float64Column.zeros(plan.jobs)
  const before = new Map<JobId, JobId>()
  let last: JobId | undefined
  for (const table of plan.tables) {
    for (let row = 0; row < table.rows; row++) {
      const job = table.job(row)
      if (!cooks(job)) continue
      let until = 0
      table.eachProducer(row, (from) => {
        if (longest.get(from) <= until) return
        until = longest.get(from)
        before.set(job, from)
      })
      longest.set(job, until + msOf(job))
      if (last === undefined || longest.get(job) > longest.get(last)) last = job
    }
  }
  const jobs: BuildForecast['critical']['jobs'] = []
  for (let job = last; job !== undefined; job = before.get(job)) jobs.push({ id: plan.at(job).id, ms: msOf(job) })
  return { ms: last === undefined ? 0 : longest.get(last), jobs: jobs.reverse() }
}
