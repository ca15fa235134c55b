// Decides which ready job is cooked next: the longest remaining path first, within burners, pools and named burners. A few
// may be taken ahead, to be ready when a burner is. Pure.

/** What a job takes while it cooks. Jobs that take the same are of one class. */
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

interface JobClass {
  takes: Demand
  ready: Heap
}

export class Scheduler {
  readonly #capacity: Capacity
  readonly #classes = new Map<string, JobClass>()
  readonly #priority: Float64Array
  readonly #running = new Map<number, Demand>()
  /** Taken and not begun, oldest first. */
  readonly #ahead = new Map<number, Demand>()
  #burners = 0
  readonly #pools = new Map<string, number>()
  readonly #named = new Map<string, number>()

  constructor(capacity: Capacity, priority: Float64Array) {
    this.#capacity = capacity
    this.#priority = priority
  }

  /** Jobs that were taken and not released. */
  get taken(): number {
    return this.#running.size + this.#ahead.size
  }

  get ahead(): number {
    return this.#ahead.size
  }

  offer(job: number, takes: Demand): void {
    const key = JSON.stringify(takes)
    let jobClass = this.#classes.get(key)
    if (jobClass === undefined) {
      jobClass = { takes, ready: new Heap(this.#priority) }
      this.#classes.set(key, jobClass)
    }
    jobClass.ready.push(job)
  }

  /** The next job that fits, or undefined. It runs until it is released. */
  take(): number | undefined {
    let best: JobClass | undefined
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
  takeAhead(isMeant: (job: number) => boolean): number | undefined {
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
  begin(): number | undefined {
    for (const [job, takes] of this.#ahead) {
      if (!this.#fits(takes)) return undefined
      this.#ahead.delete(job)
      this.#run(job, takes)
      return job
    }
    return undefined
  }

  #run(job: number, takes: Demand): void {
    this.#running.set(job, takes)
    this.#count(takes, 1)
  }

  release(job: number): void {
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
class Heap {
  readonly #jobs: number[] = []
  readonly #priority: Float64Array

  constructor(priority: Float64Array) {
    this.#priority = priority
  }

  get size(): number {
    return this.#jobs.length
  }

  get first(): number {
    return this.#jobs[0] as number
  }

  before(other: Heap): boolean {
    return this.#isBefore(this.first, other.first)
  }

  push(job: number): void {
    const jobs = this.#jobs
    let at = jobs.push(job) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(job, jobs[parent] as number)) break
      jobs[at] = jobs[parent] as number
      at = parent
    }
    jobs[at] = job
  }

  pop(): number {
    const jobs = this.#jobs
    const first = jobs[0] as number
    const last = jobs.pop() as number
    if (jobs.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= jobs.length) break
      if (child + 1 < jobs.length && this.#isBefore(jobs[child + 1] as number, jobs[child] as number)) child++
      if (!this.#isBefore(jobs[child] as number, last)) break
      jobs[at] = jobs[child] as number
      at = child
    }
    jobs[at] = last
    return first
  }

  #isBefore(one: number, other: number): boolean {
    const difference = (this.#priority[one] as number) - (this.#priority[other] as number)
    return difference > 0 || (difference === 0 && one < other)
  }
}
