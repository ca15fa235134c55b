// A build in virtual time: the real scheduler, jobs that take as long as they are thought to take. Pure.
import { RemovableHeap } from '../racks/removable-heap.ts'
import { type Capacity, Scheduler, type Demand } from './scheduler.ts'

/** Jobs are numbered; those that are not cooked are not `cooks`, and count as done. */
export interface ForecastJobs {
  count: number
  /** Readers of job j: `readers` from `offsets[j]` to `offsets[j + 1]`, one entry for each time j is read. */
  offsets: Int32Array
  readers: Int32Array
  cooks: (job: number) => boolean
  ms: (job: number) => number
  takes: (job: number) => Demand
  /** The longest remaining path comes first, as in a build. */
  priority: Float64Array
  /** Jobs that do the same work as this one, which is cooked once for all of them. */
  followers: (job: number) => readonly number[]
}

/** What a stove adds to the time of its jobs. */
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
  const { count, offsets, readers, cooks } = jobs
  const waiting = new Int32Array(count)
  for (let job = 0; job < count; job++) {
    if (!cooks(job)) continue
    for (let at = offsets[job] as number; at < (offsets[job + 1] as number); at++) {
      const reader = readers[at] as number
      waiting[reader] = (waiting[reader] as number) + 1
    }
  }
  const leads = leadersOf(jobs)
  const scheduler = new Scheduler(capacity, jobs.priority)
  const endings = new RemovableHeap<number>()
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
  const settle = (job: number): void => {
    for (const done of [job, ...jobs.followers(job)]) {
      for (let at = offsets[done] as number; at < (offsets[done + 1] as number); at++) {
        const reader = readers[at] as number
        const left = (waiting[reader] as number) - 1
        waiting[reader] = left
        if (left === 0 && cooks(reader) && leads(reader)) scheduler.offer(reader, jobs.takes(reader))
      }
    }
  }
  for (let job = 0; job < count; job++)
    if (cooks(job) && waiting[job] === 0 && leads(job)) scheduler.offer(job, jobs.takes(job))
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

function leadersOf({ count, followers }: ForecastJobs): (job: number) => boolean {
  const following = new Set<number>()
  for (let job = 0; job < count; job++) for (const one of followers(job)) following.add(one)
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
