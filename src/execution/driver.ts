// The loop of a build: gives out tickets while there are burners, takes receipts in, and lets what they unlock follow.
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { Scheduler, type Demand } from './scheduler.ts'
import { later, type Receipt, type Ticket, type Executor } from '../tickets/ticket.ts'
import type { Surroundings } from '../freshness/action.ts'
import { LongestPath, readersOf, remainingPaths } from '../plan/job-graph.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import { acceptShared, type Served } from './receipt-storage.ts'
import type { Surveyor } from './midrun-changes.ts'
import { absentInputs, IntermediateResults } from './intermediate-results.ts'
import { SharedActions } from './shared-actions.ts'
import type { Found, RemoteResults } from '../remote-cache/remote-results.ts'
import type { InvalidatedJobs } from './invalidated-jobs.ts'
import { capacityOf, estimates, takesOf } from './job-demands.ts'
import { takeIn } from './receipt-evaluation.ts'
import { type Ending, nothingRan, JobEvents } from './job-events.ts'
import { FailurePropagation } from './failure-propagation.ts'
import { type Returned, RunningJobs } from './running-jobs.ts'
import { DependencyCounts } from './dependency-counts.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import { BatchedWrites } from './batched-writes.ts'

export interface CookOptions {
  configuration: Configuration
  fridge: Fridge
  work: Verdicts
  looker: FileScanner
  spoilt: InvalidatedJobs
  stove: Executor
  emit: Emit
  keepGoing: boolean
  /** Known jobs were served by an earlier round of this build. */
  again: boolean
  signal: AbortSignal
  variable: Surroundings['variable']
  toolPaths: (step: Step) => { [tool: string]: string }
  /** The results of others, where they are shared. */
  sharing?: RemoteResults
}

/** A job whose inputs vanish again and again deletes them itself. */
const mostTimesLost = 3

export interface CookOutcome {
  criticalMs: number
  /** Jobs whose results somebody else had cooked. */
  fromCache: number
  interrupted: boolean
  /** Jobs whose tickets went somewhere else, and jobs that wait for them. */
  later: number
  waiting: number
}

export function cookPlan(options: CookOptions): Promise<CookOutcome> {
  return new Cooking(options).run()
}

class Cooking {
  readonly #options: CookOptions
  readonly #plan: Plan
  readonly #work: Verdicts
  readonly #scheduler: Scheduler
  readonly #takes: Demand[]
  readonly #waiting: DependencyCounts
  readonly #path: LongestPath
  readonly #same: SharedActions
  readonly #underWay: RunningJobs
  readonly #passing: IntermediateResults
  readonly #surveyor: Surveyor
  readonly #timesLost = new Map<number, number>()
  readonly #telling: JobEvents
  readonly #undone: FailurePropagation
  readonly #together: BatchedWrites
  #fromCache = 0
  /** Jobs that are looked up in the shared cache. */
  #away = 0
  #broken: unknown
  #stopped: 'failed' | 'interrupted' | undefined
  #later = 0
  #finish: () => void = () => undefined

  constructor(options: CookOptions) {
    const { configuration, fridge, work } = options
    this.#options = options
    this.#plan = work.plan
    this.#work = work
    this.#takes = work.plan.tables.map((table) => takesOf(table.step, configuration, options.stove))
    const graph = readersOf(work.plan)
    this.#same = new SharedActions(work)
    this.#waiting = new DependencyCounts(work, graph)
    this.#path = new LongestPath(work.plan.jobs)
    const estimate = estimates(work)
    const remaining = remainingPaths(work.plan, (job) => (work.state(job) === 'fresh' ? 0 : (estimate(job) ?? 1)))
    this.#scheduler = new Scheduler(capacityOf(configuration, options.stove), remaining)
    this.#surveyor = { looker: options.looker, root: configuration.root }
    fridge.begin()
    fridge.clearLeftovers()
    this.#underWay = new RunningJobs(options, estimate)
    this.#passing = new IntermediateResults(work, fridge, graph, options.sharing)
    this.#telling = new JobEvents(options)
    this.#undone = new FailurePropagation(work, graph, this.#telling)
    this.#together = new BatchedWrites(
      () => this.#commit(),
      (act) => this.#guarded(act),
    )
  }

  async run(): Promise<CookOutcome> {
    const options = this.#options
    const { signal } = options
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    const interrupt = (): void => this.#stop('interrupted')
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
    this.#begin()
    options.spoilt.listen(() => this.#endSpoilt())
    this.#cookMore()
    await finished
    signal.removeEventListener('abort', interrupt)
    this.#together.stop()
    if (this.#broken !== undefined) throw this.#broken
    if (this.#passing.holds) await options.sharing?.flush()
    if (this.#stopped !== undefined)
      this.#undone.blockRest(
        { kind: 'stopped', after: this.#stopped === 'failed' ? 'failure' : 'interruption' },
        options.fridge,
      )
    for (const job of this.#work.renamed()) this.#work.store(job)
    if (this.#stopped === undefined)
      this.#passing.drop(() => new Set([...options.looker.looked.values()].map((seen) => seen.name)))
    this.#together.write()
    this.#underWay.close()
    return {
      criticalMs: this.#path.ms,
      fromCache: this.#fromCache,
      interrupted: this.#stopped === 'interrupted',
      later: this.#later,
      waiting: this.#later === 0 ? 0 : this.#work.count('maybe'),
    }
  }

  /** Serves what is known, offers what is stale, and counts what the rest waits for. */
  #begin(): void {
    const work = this.#work
    if (!this.#options.again) for (const job of work.jobs('known')) this.#reuse(job)
    for (const table of this.#plan.tables) {
      for (let row = 0; row < table.rows; row++) {
        const job = table.first + row
        const state = work.state(job)
        if (state === 'stale') this.#offer(job)
        else if (state === 'maybe') this.#waiting.count(table, row)
      }
    }
  }

  #offer(job: number): void {
    const lost = this.#passing.lostInputs(job)
    if (lost.length > 0) {
      this.#cookAgain(job, lost)
      return
    }
    if (!this.#same.leads(job)) return
    if (this.#options.sharing === undefined) this.#ready(job)
    else this.#lookUp(job, this.#options.sharing).catch((error: unknown) => this.#break(error))
  }

  #ready(job: number): void {
    this.#scheduler.offer(job, this.#takes[tableOf(this.#plan, job).index] as Demand)
  }

  /** Somebody else may have cooked it. If nobody has, what it reads has to be here. */
  async #lookUp(job: number, sharing: RemoteResults): Promise<void> {
    const table = tableOf(this.#plan, job)
    const row = job - table.first
    this.#away++
    const found = await sharing.find(table, row, this.#work.wantedOutputs(table))
    if (found === undefined && this.#stopped === undefined)
      await sharing.bring(absentInputs(this.#work, this.#options.fridge, table, row))
    this.#away--
    if (this.#stopped === undefined) {
      if (this.#options.spoilt.reason(job) !== undefined) this.#spoil(job)
      else if (found) this.#takeShared(job, found)
      else this.#ready(job)
    }
    this.#cookMore()
  }

  #takeShared(job: number, found: Found): void {
    const { fridge } = this.#options
    fridge.begin()
    const text = this.#work.text(job) as string
    const action = acceptShared(fridge, this.#work.key(text), text, found)
    this.#work.savedMs += found.cook.ms
    this.#fromCache++
    this.#work.served(job, found.outputs, action)
    this.#reuse(job, 'cache')
    this.#settled(job)
    this.#serveOthers(job, { outputs: found.outputs, action })
  }

  #cookAgain(job: number, lost: number[]): void {
    this.#work.set(job, 'maybe')
    for (const maker of this.#waiting.waitAgain(job, lost)) {
      this.#work.recook(maker)
      this.#offer(maker)
    }
  }

  #cookMore(): void {
    while (this.#stopped === undefined) {
      const held = this.#scheduler.begin()
      if (held !== undefined) this.#underWay.go(held)
      else {
        const job = this.#scheduler.take()
        if (job === undefined) break
        this.#cookNext(job, false)
      }
    }
    const { ahead = 0 } = this.#options.stove
    while (this.#stopped === undefined && this.#scheduler.ahead < ahead) {
      const job = this.#scheduler.takeAhead((one) => this.#underWay.mayHold(one))
      if (job === undefined) break
      this.#cookNext(job, true)
    }
    if (this.#isIdle) this.#finish()
  }

  #cookNext(job: number, held: boolean): void {
    if (this.#options.spoilt.reason(job) === undefined) this.#cook(job, 1, held)
    else {
      this.#scheduler.release(job)
      this.#spoil(job)
    }
  }

  get #isIdle(): boolean {
    return this.#scheduler.taken === 0 && this.#away === 0
  }

  #cook(job: number, attempt: number, held = false): void {
    const receive = (returned: Returned): void => this.#guarded(() => this.#received(job, returned))
    const lost = this.#underWay.begin(job, attempt, receive, held)
    if (lost !== undefined) this.#lost(job, lost)
  }

  /** A disk that fills up on the way ends the build; what is under way is ended when the stove is closed. */
  #guarded(act: () => void): void {
    if (this.#broken !== undefined) return
    try {
      act()
    } catch (error) {
      this.#break(error)
    }
  }

  #break(error: unknown): void {
    this.#broken ??= error
    this.#finish()
  }

  /** Its receipt comes after this build: nothing that waits for it can be cooked now. */
  #putOff(job: number): void {
    this.#work.set(job, 'stale')
    this.#later += 1 + this.#same.dismiss(job).length
    this.#options.emit({ type: 'later', job })
    this.#scheduler.release(job)
    this.#cookMore()
  }

  /** Somebody deleted from the fridge what this job reads: whoever made it makes it again. */
  #lost(job: number, name: string): void {
    this.#scheduler.release(job)
    const table = tableOf(this.#plan, job)
    const makers = this.#passing.lostMakers(table, job - table.first)
    const times = (this.#timesLost.get(job) ?? 0) + 1
    this.#timesLost.set(job, times)
    if (makers.length === 0 || times > mostTimesLost) {
      this.#failed(job, { ms: 0, exit: null, failure: failure('input-deleted', { name }) })
      return
    }
    for (const one of [job, ...this.#same.dismiss(job)]) this.#cookAgain(one, makers)
  }

  #received(job: number, { ticket, receipt, wroteInto }: Returned): void {
    if (receipt === later) {
      this.#putOff(job)
      return
    }
    const { step } = tableOf(this.#plan, job)
    const spoiltInput = wroteInto()
    if (spoiltInput !== undefined)
      this.#failed(job, {
        ms: receipt.ms,
        exit: receipt.exit,
        failure: failure('input-overwritten', { input: spoiltInput }),
      })
    else if (this.#options.spoilt.reason(job) !== undefined) this.#spoil(job)
    else if (this.#stopped !== undefined && !receipt.ok) {
      // What was ended on the way says nothing about the step.
      this.#work.set(job, 'stale')
    } else if (!receipt.ok && ticket.attempt <= step.retries) {
      // What its place did to it, and not the step itself, nobody would hear of if the next attempt goes well.
      const elsewhere = receipt.exit === null && receipt.signal === null && receipt.failure !== undefined
      this.#telling.warn(step, elsewhere ? { warnings: [`${receipt.failure}; tried again`] } : receipt)
      this.#underWay.clear(ticket, receipt)
      this.#cook(job, ticket.attempt + 1)
      if (!this.#underWay.holds(job)) this.#cookMore()
      return
    } else {
      this.#telling.warn(step, receipt)
      this.#take(job, ticket, receipt)
    }
    this.#underWay.clear(ticket, receipt)
    this.#scheduler.release(job)
    this.#together.add()
    this.#cookMore()
  }

  #take(job: number, ticket: Ticket, receipt: Receipt): void {
    const text = this.#work.text(job) as string
    const table = tableOf(this.#plan, job)
    const row = job - table.first
    const { fridge, sharing } = this.#options
    const taken = takeIn({ ticket, text, receipt }, table, row, { fridge, surveyor: this.#surveyor })
    if ('failed' in taken) {
      this.#failed(job, taken.failed, taken.action)
      return
    }
    const { served } = taken
    this.#work.served(job, served.outputs, served.action)
    this.#work.set(job, 'cooked')
    this.#work.store(job)
    const { ms, exit, cpuMs, peakBytes } = receipt
    this.#path.add(table, row, ms)
    this.#telling.ended(job, 'cooked', { ms, exit, cpuMs, peakBytes })
    sharing?.give(table, row, served.action)
    this.#settled(job)
    this.#serveOthers(job, served)
  }

  /** Jobs of the same action. */
  #serveOthers(leader: number, { outputs, action }: Served): void {
    for (const job of this.#same.serve(leader)) {
      this.#work.served(job, outputs, action)
      this.#reuse(job)
      this.#settled(job)
    }
  }

  #reuse(job: number, from?: 'cache'): void {
    this.#options.fridge.begin()
    this.#work.set(job, 'known')
    this.#work.store(job)
    this.#telling.ended(job, 'reused', { ...nothingRan, ...(from && { from }) })
    this.#together.add()
  }

  /** Lets everything follow that waited for this job and for nothing else. */
  #settled(first: number): void {
    const settled = [first]
    for (const job of settled) {
      for (const reader of this.#waiting.released(job)) {
        const again = this.#waiting.isCookedAgain(reader)
        if (again) this.#work.recook(reader)
        const state = again ? 'stale' : this.#work.settle(reader)
        if (state === 'stale') {
          this.#offer(reader)
          continue
        }
        if (state === 'known') this.#reuse(reader)
        else this.#options.emit({ type: 'fresh', job: reader, step: tableOf(this.#plan, reader).step.name })
        settled.push(reader)
      }
      this.#passing.done(job)
    }
  }

  /** Every job of the action failed with it, so each keeps it. */
  #failed(job: number, ending: Ending, action?: number): void {
    const jobs = [job, ...this.#same.dismiss(job)]
    if (action !== undefined) for (const one of jobs) this.#work.store(one, action)
    this.#undone.fail(jobs, ending)
    if (!this.#options.keepGoing) this.#stop('failed')
  }

  #endSpoilt(): void {
    this.#underWay.cancel((job) => this.#options.spoilt.reason(job) !== undefined)
  }

  /** Left to the next build, with all that waits for it; jobs of the same action whose inputs did not change go on. */
  #spoil(job: number): void {
    const followers = this.#same.dismiss(job)
    this.#undone.block(job, { kind: 'changed-meanwhile', label: this.#options.spoilt.reason(job) ?? '' })
    for (const follower of followers) this.#offer(follower)
  }

  #stop(why: 'failed' | 'interrupted'): void {
    if (this.#stopped === 'interrupted') return
    this.#stopped = why
    this.#underWay.cancel(() => true)
    if (this.#isIdle) this.#finish()
  }

  #commit(): void {
    this.#options.fridge.commit()
    this.#underWay.written()
    this.#telling.written()
  }
}
