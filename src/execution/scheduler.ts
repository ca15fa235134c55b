// Decides which ready job is cooked next: the longest remaining path first, within burners, pools and named burners. A few
// may be taken ahead, to be ready when a burner is. Pure.

/** The demand of a job while it cooks. Jobs of equal demand form a class. */
export interface Demand {
  burners: number
  pool?: string
  named: { [name: string]: number }
}

export interface Capacity {
  burners: number
  pools: { [name: string]: number }
  named: { [name: string]: number }
}

interface JobClass<Job extends number> {
  takes: Demand
  ready: Heap<Job>
}

export class Scheduler<Job extends number = number> {
  readonly #capacity: Capacity
  readonly #classes = new Map<string, JobClass<Job>>()
  #priority: Float64Array
  readonly #running = new Map<Job, Demand>()
  /** Taken and not begun, oldest first. */
  readonly #ahead = new Map<Job, Demand>()
  #burners = 0
  readonly #pools = new Map<string, number>()
  readonly #named = new Map<string, number>()

  constructor(capacity: Capacity, priority: Float64Array) {
    this.#capacity = capacity
    this.#priority = priority
  }

  /** More jobs are known, and with them longer paths behind those that wait. */
  prioritize(priority: Float64Array): void {
    this.#priority = priority
    for (const jobClass of this.#classes.values()) {
      const ready = new Heap<Job>(priority)
      for (const job of jobClass.ready.jobs()) ready.push(job)
      jobClass.ready = ready
    }
  }

  /** Jobs that were taken and not released. */
  get taken(): number {
    return this.#running.size + this.#ahead.size
  }

  get ahead(): number {
    return this.#ahead.size
  }

  offer(job: Job, takes: Demand): void {
    const key = JSON.stringify(takes)
    let jobClass = this.#classes.get(key)
    if (jobClass === undefined) {
      jobClass = { takes, ready: new Heap(this.#priority) }
      this.#classes.set(key, jobClass)
    }
    jobClass.ready.push(job)
  }

  /** The next job that fits, or undefined. It runs until it is released. */
  take(): Job | undefined {
    let best: JobClass<Job> | undefined
    for (const jobClass of this.#classes.values()) {
      if (jobClass.ready.size === 0 || !this.#fits(jobClass.takes)) continue
      if (best === undefined || jobClass.ready.before(best.ready)) best = jobClass
    }
    if (best === undefined) return undefined
    const job = best.ready.pop()
    this.#run(job, best.takes)
    return job
  }

  /** The next job that needs a burner and nothing else, where all are busy and this one is meant. It waits for `begin`. */
  takeAhead(isMeant: (job: Job) => boolean): Job | undefined {
    for (const { takes, ready } of this.#classes.values()) {
      if (takes.burners > 1 || takes.pool !== undefined || Object.keys(takes.named).length > 0) continue
      if (ready.size === 0 || this.#fits(takes) || !isMeant(ready.first)) continue
      const job = ready.pop()
      this.#ahead.set(job, takes)
      return job
    }
    return undefined
  }

  /** The oldest of those that wait, where a burner is free for it. */
  begin(): Job | undefined {
    for (const [job, takes] of this.#ahead) {
      if (!this.#fits(takes)) return undefined
      this.#ahead.delete(job)
      this.#run(job, takes)
      return job
    }
    return undefined
  }

  #run(job: Job, takes: Demand): void {
    this.#running.set(job, takes)
    this.#count(takes, 1)
  }

  release(job: Job): void {
    if (this.#ahead.delete(job)) return
    const takes = this.#running.get(job)
    if (takes === undefined) return
    this.#running.delete(job)
    this.#count(takes, -1)
  }

  /** A job that wants more than there is gets all there is, alone. */
  #fits({ burners, pool, named }: Demand): boolean {
    const capacity = this.#capacity
    if (this.#burners > 0 && this.#burners + burners > capacity.burners) return false
    if (pool !== undefined && (this.#pools.get(pool) ?? 0) >= (capacity.pools[pool] ?? 1)) return false
    return Object.entries(named).every(([name, amount]) => {
      const busy = this.#named.get(name) ?? 0
      return busy === 0 || busy + amount <= (capacity.named[name] ?? 1)
    })
  }

  #count({ burners, pool, named }: Demand, sign: 1 | -1): void {
    this.#burners += sign * burners
    if (pool !== undefined) this.#pools.set(pool, (this.#pools.get(pool) ?? 0) + sign)
    for (const [name, amount] of Object.entries(named))
      this.#named.set(name, (this.#named.get(name) ?? 0) + sign * amount)
  }
}

/** A binary heap of job numbers: higher priority first, then the lower number. */
class Heap<Job extends number> {
  readonly #jobs: Job[] = []
  readonly #priority: Float64Array

  constructor(priority: Float64Array) {
    this.#priority = priority
  }

  get size(): number {
    return this.#jobs.length
  }

  jobs(): Iterable<Job> {
    return this.#jobs
  }

  get first(): Job {
    return this.#jobs[0] as Job
  }

  before(other: Heap<Job>): boolean {
    return this.#isBefore(this.first, other.first)
  }

  push(job: Job): void {
    const jobs = this.#jobs
    let at = jobs.push(job) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(job, jobs[parent] as Job)) break
      jobs[at] = jobs[parent] as Job
      at = parent
    }
    jobs[at] = job
  }

  pop(): Job {
    const jobs = this.#jobs
    const first = jobs[0] as Job
    const last = jobs.pop() as Job
    if (jobs.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= jobs.length) break
      if (child + 1 < jobs.length && this.#isBefore(jobs[child + 1] as Job, jobs[child] as Job)) child++
      if (!this.#isBefore(jobs[child] as Job, last)) break
      jobs[at] = jobs[child] as Job
      at = child
    }
    jobs[at] = last
    return first
  }

  #isBefore(one: Job, other: Job): boolean {
    const difference = (this.#priority[one] as number) - (this.#priority[other] as number)
    return difference > 0 || (difference === 0 && one < other)
  }
}
