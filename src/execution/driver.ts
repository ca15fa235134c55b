// Drives a build: performs the effects that the build machine asks for, and reports back to it what came of them.
import { elementAt } from '../base/element-at.ts'
import type { Emit, JobFailure } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Reason } from '../base/reason.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { LongestPath } from '../plan/job-graph.ts'
import type { JobId } from '../plan/job-id.ts'
import type { PlacedResults } from '../placement/placed-results.ts'
import type { Found, RemoteResults } from '../remote-cache/remote-results.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import type { FileWorld } from '../sources/file-world.ts'
import { type Executor, later } from '../tickets/ticket.ts'
import { BatchedWrites } from './batched-writes.ts'
import type { BlockCause, BuildEffect, BuildEvent, FailureCause, StoredOutcome } from './build-events.ts'
import { react } from './build-machine.ts'
import { type BuildState, countOf, phaseOf } from './build-state.ts'
import { IntermediateResults } from './intermediate-results.ts'
import type { InvalidatedJobs } from './invalidated-jobs.ts'
import { estimates } from './job-demands.ts'
import { type Ending, JobEvents, nothingRan } from './job-events.ts'
import type { Surveyor } from './midrun-changes.ts'
import { type Taken, evaluateReceipt } from './receipt-evaluation.ts'
import { acceptShared } from './receipt-storage.ts'
import type { BuildPlan } from './build-plan.ts'
import { lookUp } from './remote-lookup.ts'
import { type Returned, RunningJobs } from './running-jobs.ts'

export interface DriverPorts {
  configuration: Configuration
  fridge: Fridge
  verdicts: Verdicts
  scanner: FileScanner
  world: FileWorld
  invalidated: InvalidatedJobs
  executor: Executor
  emit: Emit
  signal: AbortSignal
  /** Warnings of cooks that were printed. */
  told: Set<string>
  /** Jobs that failed, for the history. */
  failed: JobFailure[]
  variable: (name: string) => string | undefined
  /** Receives what a cook looked for. */
  noteTrace: (job: JobId, own: string) => void
  placed: PlacedResults
  toolPaths: (step: Step) => { [tool: string]: string }
  remote?: RemoteResults
  /** Plans what is known by now. Returns the plan where that made it longer. */
  grow: () => BuildPlan | undefined
}

export interface DriverOutcome {
  criticalMs: number
  /** Jobs whose results came from the remote cache. */
  fromCache: number
}

/** Nothing is stored of a cook that cannot be believed. */
interface FailedCook {
  ending: Ending
  action?: number | undefined
}

/** Runs the build from this event until nothing is left to do. */
export function drive(build: BuildState, first: BuildEvent, ports: DriverPorts): Promise<DriverOutcome> {
  return new Driver(build, ports).run(first)
}

class Driver {
  readonly #build: BuildState
  readonly #ports: DriverPorts
  readonly #surveyor: Surveyor
  readonly #path = new LongestPath()
  readonly #running: RunningJobs
  readonly #intermediate: IntermediateResults
  readonly #events: JobEvents
  readonly #writes: BatchedWrites
  readonly #effects: BuildEffect[] = []
  #isPerforming = false
  readonly #found = new Map<JobId, Found>()
  /** Receipts that the machine has not decided on, or whose failure is not reported yet. */
  readonly #receipts = new Map<JobId, Returned>()
  readonly #failures = new Map<JobId, FailedCook>()
  #fromCache = 0
  #finish: () => void = () => undefined
  #error: { thrown: unknown } | undefined

  constructor(build: BuildState, ports: DriverPorts) {
    const { verdicts, fridge, remote, scanner, world, configuration } = ports
    this.#build = build
    this.#ports = ports
    this.#surveyor = {
      scanner,
      world,
      root: configuration.root,
      fridge: fridge.folder,
      home: ports.variable('HOME'),
    }
    this.#running = new RunningJobs({ ...ports, estimate: estimates(verdicts) })
    this.#intermediate = new IntermediateResults(verdicts, fridge, remote)
    this.#events = new JobEvents(ports)
    this.#writes = new BatchedWrites(
      () => this.#commit(),
      (act) => this.#guarded(act),
    )
  }

  async run(first: BuildEvent): Promise<DriverOutcome> {
    const { signal, fridge, invalidated } = this.#ports
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    fridge.begin()
    fridge.clearLeftovers()
    const interrupt = (): void => this.#dispatch({ type: 'interrupted' })
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
    invalidated.listen((jobs) => this.#dispatch({ type: 'invalidated', jobs }))
    this.#dispatch(first)
    await finished
    signal.removeEventListener('abort', interrupt)
    invalidated.listen(undefined)
    this.#writes.stop()
    if (this.#error !== undefined) throw this.#error.thrown
    await this.#conclude()
    return { criticalMs: this.#path.ms, fromCache: this.#fromCache }
  }

  /** Writes what only the end of a build can know. */
  async #conclude(): Promise<void> {
    const { verdicts, scanner, remote } = this.#ports
    if (this.#intermediate.hasReleased) await remote?.flush()
    for (const job of verdicts.renamed()) if (phaseOf(this.#build, job) === 'fresh') verdicts.store(job)
    if (this.#build.stopped === undefined)
      this.#intermediate.drop(() => new Set([...scanner.looked.values()].map((seen) => seen.name)))
    this.#writes.write()
    this.#running.close()
  }

  /** Effects are performed in the order in which they were asked for, also where performing one brings the next event. */
  #dispatch(event: BuildEvent): void {
    this.#guarded(() => {
      for (const effect of react(this.#build, event)) this.#effects.push(effect)
      if (this.#isPerforming) return
      this.#isPerforming = true
      for (let next = 0; next < this.#effects.length; next++) {
        const effect = this.#effects[next]
        if (effect !== undefined) this.#perform(effect)
      }
      this.#effects.length = 0
      this.#isPerforming = false
    })
  }

  /** A full disk, for example, ends the build. What still runs is ended when the executor is closed. */
  #guarded(act: () => void): void {
    if (this.#error !== undefined) return
    try {
      act()
    } catch (thrown) {
      this.#break(thrown)
    }
  }

  #break(thrown: unknown): void {
    this.#error ??= { thrown }
    this.#finish()
  }

  #perform(effect: BuildEffect): void {
    switch (effect.type) {
      case 'judge':
        for (const job of effect.jobs) this.#judge(job)
        return
      case 'examine':
        for (const job of effect.jobs) this.#examine(job)
        return
      case 'look-up':
        this.#lookUp(effect.job)
        return
      case 'accept':
        this.#accept(effect.job)
        return
      case 'cook':
        this.#cook(effect.job, effect)
        return
      case 'retry':
        this.#retry(effect.job, effect)
        return
      case 'begin':
        this.#running.begin(effect.job)
        return
      case 'cancel':
        this.#running.cancel(effect.job)
        return
      case 'store':
        this.#store(effect.job)
        return
      case 'discard':
        this.#discard(effect.job)
        return
      case 'reuse':
        for (const job of effect.jobs) this.#reuse(job, effect.cookedAs)
        return
      case 'report-fresh':
        this.#ports.emit({ type: 'fresh', job: effect.job, step: this.#stepOf(effect.job).name })
        return
      case 'report-deferred':
        this.#ports.emit({ type: 'later', job: effect.job })
        return
      case 'fail':
        this.#fail(effect.jobs, effect.cause)
        return
      case 'block':
        this.#block(effect.jobs, effect.cause)
        return
      case 'recook':
        this.#ports.verdicts.recook(effect.job)
        return
      case 'release-results':
        this.#intermediate.release(effect.job)
        return
      case 'retain-results':
        this.#intermediate.retain(effect.job)
        return
      case 'finish':
        // More may have become known since it was asked for.
        if (this.#build.isFinished) this.#finish()
    }
  }

  #judge(job: JobId): void {
    const verdict = this.#ports.verdicts.judge(job)
    if (verdict === 'maybe') throw new Error(`job ${job} was judged before its inputs were known`)
    if (verdict !== 'stale') this.#growBehind(job)
    this.#dispatch({ type: 'judged', job, verdict })
  }

  #examine(job: JobId): void {
    const action = this.#textOf(job)
    this.#dispatch({ type: 'examined', job, action, lost: this.#intermediate.droppedInputs(job) })
  }

  #lookUp(job: JobId): void {
    const { remote, verdicts, fridge } = this.#ports
    if (remote === undefined) throw new Error('a look-up without a remote cache')
    const isStopped = (): boolean => this.#build.stopped !== undefined
    lookUp(job, { verdicts, fridge, remote, isStopped }).then(
      (found) => {
        if (found) this.#found.set(job, found)
        this.#dispatch({ type: 'looked-up', job, found: found !== undefined })
      },
      (error: unknown) => this.#break(error),
    )
  }

  #accept(job: JobId): void {
    const { fridge, verdicts } = this.#ports
    const found = this.#found.get(job)
    if (found === undefined) throw new Error(`nothing was found for job ${job}`)
    this.#found.delete(job)
    fridge.begin()
    const text = this.#textOf(job)
    const action = acceptShared(fridge, verdicts.key(text), text, found)
    verdicts.savedMs += found.cook.ms
    this.#fromCache++
    verdicts.accept(job, found.outputs, action)
    this.#storeReused(job, { ...nothingRan, from: 'cache' })
    this.#growBehind(job)
  }

  #cook(job: JobId, { attempt, held }: { attempt: number; held: boolean }): void {
    const makers = [...this.#ports.placed.prepare(job)]
    if (makers.length > 0) {
      const content = this.#stepOf(elementAt(makers, 0)).name
      this.#dispatch({ type: 'inputs-lost', job, content, makers })
      return
    }
    const content = this.#running.cook(job, { attempt, held }, (returned) => {
      this.#guarded(() => this.#returned(job, returned))
    })
    if (content === undefined) return
    this.#dispatch({ type: 'inputs-lost', job, content, makers: this.#intermediate.lostInputs(job) })
  }

  #returned(job: JobId, returned: Returned | typeof later): void {
    if (returned === later) {
      this.#dispatch({ type: 'deferred', job })
      return
    }
    this.#receipts.set(job, returned)
    this.#dispatch({ type: 'returned', job, ok: returned.receipt.ok, overwrote: returned.overwrote() })
  }

  #retry(job: JobId, { attempt, held }: { attempt: number; held: boolean }): void {
    const returned = this.#takeReceipt(job)
    const { receipt } = returned
    // Without an exit it was the place, and not the step: a good second attempt would hide that.
    const isPlace = receipt.exit === null && receipt.signal === null && receipt.failure !== undefined
    this.#events.warn(this.#stepOf(job), isPlace ? { warnings: [`${receipt.failure}; tried again`] } : receipt)
    this.#running.clear(returned)
    this.#cook(job, { attempt, held })
  }

  #store(job: JobId): void {
    const { fridge, verdicts, remote } = this.#ports
    const returned = this.#takeReceipt(job)
    const { ticket, receipt } = returned
    const row = verdicts.plan.at(job)
    this.#events.warn(row.step, receipt)
    const cooked = { ticket, text: this.#textOf(job), receipt }
    const staysAt = (path: string): boolean => this.#ports.placed.holds(path)
    const isOthers = (path: string): boolean => this.#ports.placed.isOthers(job, path)
    const { maxPieces } = this.#ports.configuration.options
    const keeping = { fridge, surveyor: this.#surveyor, staysAt, isOthers, maxPieces }
    const taken = evaluateReceipt(cooked, row, keeping)
    if ('changed' in taken) {
      const { ms, exit } = receipt
      const ending = { ms, exit, failure: failure('input-changed', { path: taken.changed }) }
      this.#failures.set(job, { ending, action: undefined })
    } else if ('failed' in taken) {
      this.#failures.set(job, { ending: taken.failed, action: taken.action })
    } else {
      verdicts.accept(job, taken.served.outputs, taken.served.action)
      verdicts.store(job)
      this.#ports.placed.written(job, receipt)
      const { ms, exit, cpuMs, peakBytes } = receipt
      this.#ports.noteTrace(job, taken.own)
      this.#path.add(row, ms)
      this.#events.warn(row.step, taken)
      if (ticket.trace === 'infer') this.#events.undeclared(row.step, taken.undeclared.reads)
      if (taken.unobserved) this.#events.unobserved(row.step, taken.unobserved)
      this.#events.ended(job, 'cooked', { ms, exit, cpuMs, peakBytes })
      remote?.give(row, taken.served.action)
      this.#growBehind(job)
    }
    this.#running.clear(returned)
    this.#writes.add()
    this.#dispatch({
      type: 'stored',
      job,
      outcome: outcomeOf(taken),
    })
  }

  /** The last variant of a pourer is done: the steps that read its pieces can be planned. */
  #growBehind(job: JobId): void {
    if (this.#stepOf(job).pours.length === 0 || this.#build.stopped !== undefined) return
    const plan = this.#ports.grow()
    if (plan) this.#dispatch({ type: 'grown', plan })
  }

  #discard(job: JobId): void {
    const returned = this.#takeReceipt(job)
    const { ms, exit } = returned.receipt
    this.#failures.set(job, { ending: { ms, exit } })
    this.#running.clear(returned)
    this.#writes.add()
  }

  #takeReceipt(job: JobId): Returned {
    const returned = this.#receipts.get(job)
    if (returned === undefined) throw new Error(`job ${job} has no receipt`)
    this.#receipts.delete(job)
    return returned
  }

  #reuse(job: JobId, cookedAs: JobId | undefined): void {
    const { fridge, verdicts } = this.#ports
    fridge.begin()
    if (cookedAs !== undefined) verdicts.acceptFrom(job, cookedAs)
    this.#storeReused(job, nothingRan)
    this.#growBehind(job)
  }

  #storeReused(job: JobId, ending: Ending): void {
    this.#ports.verdicts.store(job)
    this.#events.ended(job, 'reused', ending)
    this.#writes.add()
  }

  #fail(jobs: readonly JobId[], cause: FailureCause): void {
    const [cooked] = jobs
    if (cooked === undefined) return
    const { ending: known, action } = this.#failures.get(cooked) ?? { ending: nothingRan }
    this.#failures.delete(cooked)
    const ending = endingOf(cause, known)
    // Every job of the action failed with it, so each keeps it.
    if (action !== undefined) for (const job of jobs) this.#ports.verdicts.store(job, action)
    for (const job of jobs) this.#events.ended(job, 'failed', job === cooked ? ending : { ...ending, ms: 0 })
  }

  #block(jobs: readonly JobId[], cause: BlockCause): void {
    const { fridge, verdicts } = this.#ports
    const reason = this.#reasonOf(cause)
    const isStopped = cause.kind === 'cancelled' || cause.kind === 'interrupted'
    if (isStopped) fridge.begin()
    for (const job of jobs) {
      // The next plan is to know these variants, and that they were never cooked.
      if (isStopped) verdicts.meet(job)
      this.#failures.delete(job)
      this.#events.ended(job, 'blocked', nothingRan, reason)
    }
  }

  #reasonOf(cause: BlockCause): Reason {
    switch (cause.kind) {
      case 'blocked-by':
        return { kind: 'blocked', by: this.#ports.verdicts.plan.at(cause.job).id }
      case 'input-changed':
        return { kind: 'changed-meanwhile', label: cause.input }
      case 'cancelled':
        return { kind: 'stopped', after: 'failure' }
      case 'interrupted':
        return { kind: 'stopped', after: 'interruption' }
    }
  }

  #stepOf(job: JobId): Step {
    return this.#ports.verdicts.plan.tableOf(job).step
  }

  #textOf(job: JobId): string {
    const text = this.#ports.verdicts.text(job)
    if (text === undefined) throw new Error(`job ${job} has inputs that are not known`)
    return text
  }

  #commit(): void {
    this.#ports.fridge.commit()
    this.#running.written()
    this.#events.written()
  }
}

function outcomeOf(taken: Taken): StoredOutcome {
  if ('changed' in taken) return { kind: 'changed', input: taken.changed }
  return { kind: 'served' in taken ? 'cooked' : 'failed' }
}

function endingOf(cause: FailureCause, known: Ending): Ending {
  switch (cause.kind) {
    case 'receipt':
      return known
    case 'overwrote':
      return { ...known, failure: failure('input-overwritten', { input: cause.input }) }
    case 'inputs-lost':
      return { ...known, failure: failure('input-deleted', { name: cause.content }) }
  }
}

/** Counts the jobs whose receipts come after the build. */
export function deferredJobs(build: BuildState): { later: number; waiting: number } {
  const later = countOf(build, 'deferred')
  return { later, waiting: later === 0 ? 0 : countOf(build, 'waiting') }
}
