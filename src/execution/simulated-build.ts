// Runs a build in virtual time: the real scheduler, and jobs of estimated duration. Pure.
import { Int32Column } from '../base/number-columns.ts'
import { type JobId, jobIds } from '../plan/job-id.ts'
import { RemovableHeap } from '../racks/removable-heap.ts'
import { type Capacity, Scheduler, type Demand } from './scheduler.ts'

/** Jobs are numbered. Jobs that need no cook count as done. */
export interface ForecastJobs {
  count: number
  /** Calls back with every job that reads this one, as often as it reads it. */
  eachReader: (job: JobId, visit: (reader: JobId) => void) => void
  cooks: (job: JobId) => boolean
  ms: (job: JobId) => number
  takes: (job: JobId) => Demand
  /** The longest remaining path comes first, as in a build. */
  priority: Float64Array
  /** Jobs that do the same work as this one, which is cooked once for all of them. */
  followers: (job: JobId) => readonly JobId[]
}

/** The time that an executor adds to its jobs. */
export interface Pace {
  /** Of every job, in its place at the stove. */
  jobMs: number
  /** A stove that looks for new jobs only so often. */
  tickMs: number
  /** Between two starts. */
  startMs: number
}

export interface Forecast {
  ms: number
  /** Milliseconds that jobs were under way, all together. */
  busyMs: number
}

export function forecast(jobs: ForecastJobs, capacity: Capacity, pace: Pace): Forecast {
  const { count, cooks } = jobs
  const waiting = Int32Column.zeros(count)
  for (const job of jobIds(count)) if (cooks(job)) jobs.eachReader(job, (reader) => waiting.add(reader, 1))
  const leads = leadersOf(jobs)
  const scheduler = new Scheduler<JobId>(capacity, jobs.priority)
  const endings = new RemovableHeap<JobId>()
  let now = 0
  let nextStart = 0
  let busyMs = 0
  const start = (): void => {
    for (let job = scheduler.take(); job !== undefined; job = scheduler.take()) {
      const tick = pace.tickMs === 0 ? now : Math.ceil(now / pace.tickMs) * pace.tickMs
      const begin = Math.max(tick, nextStart)
      nextStart = begin + pace.startMs
      const ms = jobs.ms(job) + pace.jobMs
      busyMs += ms
      endings.add(job, begin + ms, job)
    }
  }
  const settle = (job: JobId): void => {
    for (const done of [job, ...jobs.followers(job)])
      jobs.eachReader(done, (reader) => {
        waiting.add(reader, -1)
        if (waiting.get(reader) === 0 && cooks(reader) && leads(reader)) scheduler.offer(reader, jobs.takes(reader))
      })
  }
  for (const job of jobIds(count))
    if (cooks(job) && waiting.get(job) === 0 && leads(job)) scheduler.offer(job, jobs.takes(job))
  start()
  for (let ending = endings.first; ending !== undefined; ending = endings.first) {
    endings.remove(ending)
    now = ending.key
    scheduler.release(ending.item)
    settle(ending.item)
    start()
  }
  return { ms: now, busyMs }
}

function leadersOf({ count, followers }: ForecastJobs): (job: JobId) => boolean {
  const following = new Set<JobId>()
  for (const job of jobIds(count)) for (const one of followers(job)) following.add(one)
  return (job) => !following.has(job)
}

/**
 * The fewest burners with which a build is within this share of the shortest. Of the most that were tried that can be
 * said only where the critical path says that more could not help.
 */
export function enough(
  forecasts: readonly { burners: number; ms: number }[],
  criticalMs: number,
  share: number,
): number | undefined {
  const best = Math.min(...forecasts.map(({ ms }) => ms))
  const fewest = forecasts.find(({ ms }) => ms <= best * (1 + share))
  const isLast = fewest === forecasts.at(-1)
  return fewest === undefined || (isLast && fewest.ms > criticalMs * (1 + share)) ? undefined : fewest.burners
}
