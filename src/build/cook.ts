// The loop of a build: gives out tickets while there are burners, takes receipts in, and lets what they unlock follow.
import { relative } from 'node:path'
import type { Emit, JobStatus, KitchenEvent } from '../base/event.ts'
import { failure } from '../base/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Looker } from '../fridge/looker.ts'
import { Scheduler, type Takes } from '../kitchen/scheduler.ts'
import { later, type Receipt, type Ticket, type TicketTaker } from '../kitchen/ticket.ts'
import type { Surroundings } from '../plan/action.ts'
import type { StepTable } from '../plan/cross.ts'
import { eachInput, readersOf, remainingPaths } from '../plan/graph.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import { dependsOf } from '../plan/record.ts'
import { acceptFailure, acceptServed, acceptShared, commandOf, logTail, type Served } from './accept.ts'
import { objectsGiven, overwritten } from './given.ts'
import { changedMeanwhile, discoveries, type Surveyor } from './live.ts'
import { absentInputs, Passing } from './on-the-way.ts'
import { Pans } from './pans.ts'
import type { Found, Sharing } from './sharing.ts'
import type { Spoilt } from './spoilt.ts'
import { capacityOf, estimates, takesOf } from './takes.ts'
import { keptLog } from './logs.ts'
import { type TicketWriter, ticketWriter } from './tickets.ts'
import type { Work } from './work.ts'

export interface CookOptions {
  configuration: Configuration
  fridge: Fridge
  work: Work
  looker: Looker
  spoilt: Spoilt
  stove: TicketTaker
  emit: Emit
  keepGoing: boolean
  /** Known jobs were served by an earlier round of this build. */
  again: boolean
  signal: AbortSignal
  variable: Surroundings['variable']
  toolPaths: (step: Step) => { [tool: string]: string }
  /** The results of others, where they are shared. */
  sharing?: Sharing
}

/** Rows are written together: one transaction for so many receipts, or so many milliseconds. */
const receiptsTogether = 256
const writeAfterMs = 100
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
  readonly #work: Work
  readonly #scheduler: Scheduler
  readonly #tickets: TicketWriter
  readonly #takes: Takes[]
  /** How many results a job still waits for, a result counted as often as it is read. */
  readonly #waiting: Int32Array
  readonly #graph: { offsets: Int32Array; readers: Int32Array }
  readonly #pathMs: Float64Array
  readonly #estimate: (job: number) => number | undefined
  /** Jobs that do the same work as one that is ready or under way. */
  readonly #followers = new Map<string, number[]>()
  readonly #warned = new Set<string>()
  readonly #underWay = new Map<number, Ticket>()
  readonly #passing: Passing
  readonly #surveyor: Surveyor
  /** Jobs that are cooked again because a dropped result is needed, and who waits for them. */
  readonly #again = new Map<number, number[]>()
  readonly #timesLost = new Map<number, number>()
  readonly #pans: Pans
  #fromCache = 0
  /** Jobs that are looked up in the shared cache. */
  #away = 0
  #broken: unknown
  #unwritten = 0
  #writeTimer: NodeJS.Timeout | undefined
  #stopped: 'failed' | 'interrupted' | undefined
  #later = 0
  #finish: () => void = () => undefined
  /** Where every job is safe before it is told of: what waits for that. */
  readonly #untold: KitchenEvent[] = []

  constructor(options: CookOptions) {
    const { configuration, fridge, work } = options
    this.#options = options
    this.#plan = work.plan
    this.#work = work
    this.#tickets = ticketWriter({ ...options, contentOf: (table, output, row) => work.contentOf(table, output, row) })
    this.#takes = work.plan.tables.map((table) => takesOf(table.step, configuration, options.stove))
    this.#graph = readersOf(work.plan)
    this.#waiting = new Int32Array(work.plan.jobs)
    this.#pathMs = new Float64Array(work.plan.jobs)
    this.#estimate = estimates(work)
    const remaining = remainingPaths(work.plan, (job) => (work.state(job) === 'fresh' ? 0 : (this.#estimate(job) ?? 1)))
    this.#scheduler = new Scheduler(capacityOf(configuration, options.stove), remaining)
    this.#surveyor = { looker: options.looker, root: configuration.root }
    fridge.begin()
    this.#pans = new Pans(fridge.folder, options.stove)
    this.#passing = new Passing(work, fridge, this.#graph, options.sharing)
  }

  async run(): Promise<CookOutcome> {
    const { signal } = this.#options
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    const interrupt = (): void => this.#stop('interrupted')
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
    this.#begin()
    this.#options.spoilt.listen(() => this.#endSpoilt())
    this.#cookMore()
    await finished
    signal.removeEventListener('abort', interrupt)
    clearTimeout(this.#writeTimer)
    if (this.#broken !== undefined) throw this.#broken
    if (this.#passing.holds) await this.#options.sharing?.flush()
    this.#cancelRest()
    for (const job of this.#work.renamed()) this.#work.store(job)
    if (this.#stopped === undefined)
      this.#passing.drop(() => new Set([...this.#options.looker.looked.values()].map((seen) => seen.name)))
    this.#commit()
    this.#pans.close()
    return {
      criticalMs: this.#pathMs.reduce((most, ms) => Math.max(most, ms), 0),
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
        else if (state === 'maybe') this.#waiting[job] = this.#unsettledInputs(table, row)
      }
    }
  }

  #unsettledInputs(table: StepTable, row: number): number {
    let count = 0
    eachInput(table, row, (from) => {
      const state = this.#work.state(from)
      if (state === 'stale' || state === 'maybe') count++
    })
    return count
  }

  #offer(job: number): void {
    const lost = this.#passing.lostInputs(job)
    if (lost.length > 0) {
      this.#cookAgain(job, lost)
      return
    }
    const text = this.#work.text(job) as string
    const followers = this.#followers.get(text)
    if (followers) followers.push(job)
    else {
      this.#followers.set(text, [])
      if (this.#options.sharing === undefined) this.#ready(job)
      else this.#lookUp(job, this.#options.sharing).catch((error: unknown) => this.#break(error))
    }
  }

  #ready(job: number): void {
    this.#scheduler.offer(job, this.#takes[tableOf(this.#plan, job).index] as Takes)
  }

  /** Somebody else may have cooked it. If nobody has, what it reads has to be here. */
  async #lookUp(job: number, sharing: Sharing): Promise<void> {
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
    this.#serveFollowers(text, { outputs: found.outputs, action })
  }

  #cookAgain(job: number, lost: number[]): void {
    this.#work.set(job, 'maybe')
    this.#waiting[job] = lost.length
    for (const from of lost) {
      const waiters = this.#again.get(from)
      if (waiters) waiters.push(job)
      else {
        this.#again.set(from, [job])
        this.#work.recook(from)
        this.#offer(from)
      }
    }
  }

  #cookMore(): void {
    while (this.#stopped === undefined) {
      const job = this.#scheduler.take()
      if (job === undefined) break
      if (this.#options.spoilt.reason(job) === undefined) this.#cook(job, 1)
      else {
        this.#scheduler.release(job)
        this.#spoil(job)
      }
    }
    if (this.#isIdle) this.#finish()
  }

  get #isIdle(): boolean {
    return this.#scheduler.running === 0 && this.#away === 0
  }

  #cook(job: number, attempt: number): void {
    const { stove, emit, fridge } = this.#options
    const table = tableOf(this.#plan, job)
    const row = job - table.first
    const pan = this.#pans.name()
    const action = this.#work.text(job) as string
    const ticket = this.#tickets.write(table, row, { key: this.#work.key(action), attempt, pan })
    if ('lost' in ticket) {
      this.#lost(job, ticket.lost)
      return
    }
    this.#work.set(job, 'cooking')
    this.#underWay.set(job, ticket)
    this.#pans.ready(ticket)
    const expectedMs = this.#estimate(job)
    emit({
      type: 'start',
      job,
      id: ticket.id,
      step: table.step.name,
      depends: ticket.depends,
      ...(expectedMs !== undefined && { expectedMs }),
    })
    const given = objectsGiven(ticket, fridge)
    const receive = (receipt: Receipt | typeof later): void =>
      this.#guarded(() => {
        if (receipt === later) this.#putOff(job, action)
        else this.#received(job, ticket, receipt, overwritten(given, fridge))
      })
    const note = { action, expectedMs, sbatch: table.step.sbatch }
    stove.cook(ticket, note).then(receive, (error: unknown) => receive(brokenReceipt(ticket, error)))
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
  #putOff(job: number, action: string): void {
    this.#underWay.delete(job)
    this.#work.set(job, 'stale')
    const followers = this.#followers.get(action) ?? []
    this.#followers.delete(action)
    this.#later += 1 + followers.length
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
      this.#failed(job, { ms: 0, exit: null, failure: `what it reads (${name}) was deleted from the fridge` })
      return
    }
    const text = this.#work.text(job) as string
    const followers = this.#followers.get(text) ?? []
    this.#followers.delete(text)
    this.#cookAgain(job, makers)
    for (const follower of followers) this.#cookAgain(follower, makers)
  }

  #received(job: number, ticket: Ticket, receipt: Receipt, wroteInto: string | undefined): void {
    this.#underWay.delete(job)
    const { step } = tableOf(this.#plan, job)
    if (wroteInto !== undefined)
      this.#failed(job, { ms: receipt.ms, exit: receipt.exit, failure: `it wrote into its input "${wroteInto}"` })
    else if (this.#options.spoilt.reason(job) !== undefined) this.#spoil(job)
    else if (this.#stopped !== undefined && !receipt.ok) {
      // What was ended on the way says nothing about the step.
      this.#work.set(job, 'stale')
    } else if (!receipt.ok && ticket.attempt <= step.retries) {
      // What its place did to it, and not the step itself, nobody would hear of if the next attempt goes well.
      const elsewhere = receipt.exit === null && receipt.signal === null && receipt.failure !== undefined
      this.#warn(step, elsewhere ? { warnings: [`${receipt.failure}; tried again`] } : receipt)
      this.#pans.done(ticket, receipt)
      this.#cook(job, ticket.attempt + 1)
      if (!this.#underWay.has(job)) this.#cookMore()
      return
    } else {
      this.#warn(step, receipt)
      this.#take(job, ticket, receipt, step)
    }
    this.#pans.done(ticket, receipt)
    this.#scheduler.release(job)
    this.#written()
    this.#cookMore()
  }

  /** What the cook noticed beside: each thing once for a step, however many variants did it. */
  #warn({ name }: Step, { warnings }: Pick<Receipt, 'warnings'>): void {
    for (const what of warnings) {
      const warning = failure('cook-warning', { step: name, what })
      if (this.#warned.has(warning.message)) continue
      this.#warned.add(warning.message)
      this.#options.emit({ type: 'warning', failure: warning })
    }
  }

  #take(job: number, ticket: Ticket, receipt: Receipt, step: Step): void {
    const { fridge } = this.#options
    const text = this.#work.text(job) as string
    fridge.begin()
    const table = tableOf(this.#plan, job)
    const moved = receipt.ok ? changedMeanwhile(table, job - table.first, receipt, this.#surveyor) : undefined
    if (moved !== undefined) {
      this.#failed(job, {
        ms: receipt.ms,
        exit: receipt.exit,
        failure: `${relative(this.#options.configuration.root, moved)} changed while it was cooked`,
      })
      return
    }
    if (!receipt.ok) {
      const logTailText = receipt.log && logTail(receipt.log.path, receipt.log.bytes)
      this.#work.store(job, acceptFailure(fridge, ticket, text, receipt))
      this.#failed(job, {
        ms: receipt.ms,
        exit: receipt.exit,
        failure: receipt.failure,
        hint: receipt.hint,
        command: commandOf(ticket),
        logTail: logTailText,
      })
      return
    }
    let served: ReturnType<typeof acceptServed>
    try {
      served = acceptServed(fridge, step, ticket, text, receipt, discoveries(receipt, this.#surveyor))
    } catch (error) {
      this.#failed(job, {
        ms: receipt.ms,
        exit: receipt.exit,
        failure: `its outputs could not be kept: ${(error as Error).message}`,
      })
      return
    }
    this.#work.served(job, served.outputs, served.action)
    this.#work.set(job, 'cooked')
    this.#work.store(job)
    this.#measurePath(job, receipt.ms)
    this.#emitJob(job, 'cooked', {
      ms: receipt.ms,
      exit: receipt.exit,
      cpuMs: receipt.cpuMs,
      peakBytes: receipt.peakBytes,
    })
    this.#options.sharing?.give(table, job - table.first, served.action)
    this.#settled(job)
    this.#serveFollowers(text, served)
  }

  #serveFollowers(text: string, { outputs, action }: Served): void {
    for (const follower of this.#followers.get(text) ?? []) {
      this.#work.served(follower, outputs, action)
      this.#reuse(follower)
      this.#settled(follower)
    }
    this.#followers.delete(text)
  }

  #reuse(job: number, from?: 'cache'): void {
    this.#options.fridge.begin()
    this.#work.set(job, 'known')
    this.#work.store(job)
    this.#emitJob(job, 'reused', { ms: 0, exit: null, ...(from && { from }) })
    this.#written()
  }

  /** Lets everything follow that waited for this job and for nothing else. */
  #settled(first: number): void {
    const settled = [first]
    for (const job of settled) {
      for (const reader of this.#waitersOf(job)) {
        if (this.#work.state(reader) !== 'maybe') continue
        const left = (this.#waiting[reader] as number) - 1
        this.#waiting[reader] = left
        if (left > 0) continue
        if (this.#again.has(reader)) this.#work.recook(reader)
        const state = this.#again.has(reader) ? 'stale' : this.#work.settle(reader)
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

  /** All readers of a job's results; for one that is cooked again only those that asked for it. */
  #waitersOf(job: number): Iterable<number> {
    const again = this.#again.get(job)
    if (again === undefined) return this.#graph.readers.subarray(this.#graph.offsets[job], this.#graph.offsets[job + 1])
    this.#again.delete(job)
    return again
  }

  #failed(
    job: number,
    how: { ms: number; exit: number | null; failure?: string; hint?: string; command?: string; logTail?: string },
  ): void {
    this.#work.set(job, 'failed')
    this.#emitJob(job, 'failed', how)
    const text = this.#work.text(job) as string
    const followers = this.#followers.get(text) ?? []
    this.#followers.delete(text)
    for (const follower of followers) {
      this.#work.set(follower, 'failed')
      this.#emitJob(follower, 'failed', { ...how, ms: 0 })
    }
    for (const one of [job, ...followers]) this.#block(one)
    if (!this.#options.keepGoing) this.#stop('failed')
  }

  #endSpoilt(): void {
    for (const [job, ticket] of this.#underWay)
      if (this.#options.spoilt.reason(job) !== undefined) this.#options.stove.cancel(ticket.id)
  }

  /** Left to the next build, with all that waits for it; jobs of the same action whose inputs did not change go on. */
  #spoil(job: number): void {
    const { spoilt } = this.#options
    const text = this.#work.text(job) as string
    const followers = this.#followers.get(text) ?? []
    this.#followers.delete(text)
    this.#leave(job, `changed while it was cooked: ${spoilt.reason(job)}`)
    for (const follower of followers) this.#offer(follower)
  }

  #leave(job: number, why: string): void {
    this.#work.set(job, 'blocked', why)
    this.#emitJob(job, 'blocked', { ms: 0, exit: null })
    this.#block(job)
  }

  #block(failed: number): void {
    const { offsets, readers } = this.#graph
    const blockers = [failed]
    for (const job of blockers) {
      for (let at = offsets[job] as number; at < (offsets[job + 1] as number); at++) {
        const reader = readers[at] as number
        if (this.#work.state(reader) !== 'maybe') continue
        this.#work.set(reader, 'blocked', `blocked by ${this.#id(failed)}`)
        this.#emitJob(reader, 'blocked', { ms: 0, exit: null })
        blockers.push(reader)
      }
    }
  }

  #stop(why: 'failed' | 'interrupted'): void {
    if (this.#stopped === 'interrupted') return
    this.#stopped = why
    for (const ticket of this.#underWay.values()) this.#options.stove.cancel(ticket.id)
    if (this.#isIdle) this.#finish()
  }

  /** Without --keep-going what was not begun is said to be blocked, so that the summary adds up. */
  #cancelRest(): void {
    if (this.#stopped === undefined) return
    const why = this.#stopped === 'failed' ? 'cancelled after a failure' : 'interrupted'
    this.#options.fridge.begin()
    for (const state of ['stale', 'maybe'] as const) {
      for (const job of [...this.#work.jobs(state)]) {
        // So that the next plan knows these variants, and that they were never cooked.
        this.#work.meet(job)
        this.#work.set(job, 'blocked', why)
        this.#emitJob(job, 'blocked', { ms: 0, exit: null })
      }
    }
  }

  #emitJob(
    job: number,
    status: JobStatus,
    how: {
      ms: number
      exit: number | null
      failure?: string
      hint?: string
      command?: string
      logTail?: string
      cpuMs?: number
      peakBytes?: number
      from?: 'cache'
    },
  ): void {
    const table = tableOf(this.#plan, job)
    const depends = dependsOf(table, job - table.first)
    const said = this.#said(job, status, how.logTail)
    const event: KitchenEvent = {
      type: 'job',
      job,
      id: this.#id(job),
      step: table.step.name,
      depends,
      status,
      reason: this.#work.reason(job),
      ...how,
      ...said,
    }
    if (this.#options.configuration.fridge.sync === 'full') this.#untold.push(event)
    else this.#options.emit(event)
  }

  /** What is to be printed of a log: options.logs. */
  #said(job: number, status: JobStatus, logTail: string | undefined): { log?: string; logTail?: string | undefined } {
    const { fridge, configuration } = this.#options
    const { logs } = configuration.options
    if (status === 'failed') return { logTail: logs === 'none' ? undefined : logTail }
    if (logs !== 'all' || status === 'blocked') return {}
    const action = this.#work.actionOf(job)
    return action === undefined ? {} : { log: keptLog(fridge, action) }
  }

  #id(job: number): string {
    const table = tableOf(this.#plan, job)
    return `${table.step.name}/${table.items[job - table.first]}`
  }

  #measurePath(job: number, ms: number): void {
    const table = tableOf(this.#plan, job)
    let longest = 0
    eachInput(table, job - table.first, (from) => {
      longest = Math.max(longest, this.#pathMs[from] as number)
    })
    this.#pathMs[job] = longest + ms
  }

  #written(): void {
    if (++this.#unwritten >= receiptsTogether) this.#commit()
    else this.#writeTimer ??= setTimeout(() => this.#guarded(() => this.#commit()), writeAfterMs)
  }

  #commit(): void {
    clearTimeout(this.#writeTimer)
    this.#writeTimer = undefined
    this.#unwritten = 0
    this.#options.fridge.commit()
    this.#pans.written()
    for (const event of this.#untold.splice(0)) this.#options.emit(event)
  }
}

function brokenReceipt(ticket: Ticket, error: unknown): Receipt {
  const failure = `the stove gave no receipt: ${(error as Error).message}`
  return {
    version: 1,
    id: ticket.id,
    key: ticket.key,
    attempt: ticket.attempt,
    ok: false,
    exit: null,
    signal: null,
    failure,
    startedAt: Date.now(),
    ms: 0,
    outputs: [],
    discovered: [],
    host: '',
    warnings: [],
  }
}
