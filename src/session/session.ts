// An opened kitchen: shelves stocked, plan made, every job judged; what commands ask, and what builds it.
import { join } from 'node:path'
import { elapsed, steadyMs } from '../base/elapsed.ts'
import type { Emit, Summary } from '../base/event.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Holder } from '../fridge/lock.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { stockShelves } from '../sources/stock-shelves.ts'
import type { Frames } from '../sources/frames.ts'
import type { Executor } from '../tickets/ticket.ts'
import { emptyShelves, makePlan, type Plan, type Required, stepsWithoutVariants, withoutEmpty } from '../plan/plan.ts'
import { flavourShelves, type StockedShelf } from '../plan/shelves.ts'
import { type CookOutcome, cookPlan } from '../execution/driver.ts'
import { checkLinks, feedingLinks } from '../placement/link-conflicts.ts'
import { linksFollowContent } from '../placement/link-paths.ts'
import { layLinks, layLinksOf } from '../placement/link-layout.ts'
import { type Narrowing, narrowShelves } from './narrowing.ts'
import { jobsBehind, InvalidatedJobs } from '../execution/invalidated-jobs.ts'
import type { RemoteResults } from '../remote-cache/remote-results.ts'
import type { PriorBuild, WarmSession } from './warm-session.ts'
import type { ToolIdentities } from '../sources/tool-identity.ts'
import { shelfViews } from '../inspection/queries.ts'
import { declaredVariables, saveLook, signatureOf } from './unchanged-check.ts'
import type { ShelfView } from '../inspection/views.ts'
import { Verdicts } from '../freshness/verdicts.ts'

export interface SessionRequest {
  configuration: Configuration
  /** Result or step names; empty: the configuration's targets. */
  targets: readonly string[]
  narrow: readonly Narrowing[]
  /** False: nothing is written, and no lock is taken. */
  write: boolean
  force: boolean
  /** True: steps that an empty shelf keeps from being planned are left out, with what hangs on them. */
  lenient?: boolean
  /** True: resources and flavours that no target needs are stocked, too. */
  everything?: boolean
  /** Whether to wait for another chef in this fridge. */
  wait: boolean
  who: Holder
  /** The user's environment. */
  environment: { readonly [name: string]: string | undefined }
  emit: Emit
  signal?: AbortSignal
  /** What is kept of earlier builds by somebody who watches. */
  standing?: WarmSession
}

export interface BuildRequest {
  keepGoing: boolean
  signal: AbortSignal
  openExecutor: () => Promise<Executor>
}

type Told = Pick<CookOutcome, 'criticalMs' | 'fromCache'> & { later: number; waiting: number }

/** What a kitchen is put together from. */
export interface Fittings {
  fridge: Fridge
  looker: FileScanner
  tools: ToolIdentities
  frames: Frames
  /** What was asked for by name, or all there is. */
  targets: readonly string[]
  needed: Required
  close: () => void
}

export class Session {
  readonly request: SessionRequest
  readonly configuration: Configuration
  readonly fridge: Fridge
  readonly looker: FileScanner
  readonly tools: ToolIdentities
  readonly shelves: Map<string, StockedShelf>
  readonly plan: Plan
  readonly work: Verdicts
  readonly close: () => void
  readonly #spoilt = new InvalidatedJobs()
  /** The jobs that were judged, where all others are as the build before left them. */
  readonly #judged: ReadonlySet<number> | undefined

  constructor(request: SessionRequest, { fridge, looker, tools, frames, targets, needed, close }: Fittings) {
    const { configuration, environment } = request
    this.request = request
    this.configuration = configuration
    this.fridge = fridge
    this.looker = looker
    this.tools = tools
    this.close = close
    // Taken in any case: from here on it is of the past, also where this one breaks off.
    const left = formerOf(request)
    fridge.begin()
    const stocked = stockShelves(configuration, needed, {
      scanner: looker,
      objects: fridge.objects,
      digest: fridge.digest,
      frames: (resource) => frames.items(resource),
      ...(request.standing && { kept: request.standing.kept }),
    })
    fridge.commit()
    const flavours = flavourShelves(configuration.flavours, needed.outside)
    this.shelves = new Map(
      [...stocked.resources, ...flavours, ...stocked.steps].map((shelf): [string, StockedShelf] => [shelf.name, shelf]),
    )
    for (const warning of stocked.warnings) request.emit({ type: 'warning', failure: warning })
    const former = stocked.warnings.length === 0 ? left : undefined
    const itemAt = (shelf: StockedShelf) => request.standing?.kept.get(shelf.name)?.files?.itemAt
    const behind = former && jobsBehind(former.plan, former.changed, itemAt)
    if (former && behind && behind.size < mostJudgedAgain(former.plan)) {
      this.plan = former.plan
      this.work = former.work
      this.#judged = this.work.again(behind.keys())
      return
    }
    const unfit = narrowShelves(this.shelves, request.narrow, configuration)
    if (unfit.length > 0) throw new Refusal(unfit)
    const empty = emptyShelves(needed, this.shelves)
    if (empty.length > 0 && !request.lenient) throw new Refusal(empty)
    const planned = makePlan(empty.length > 0 ? withoutEmpty(needed, this.shelves) : needed, this.shelves)
    if ('failures' in planned) throw new Refusal(planned.failures)
    this.plan = planned.plan
    this.work = new Verdicts(this.plan, fridge, {
      force: request.force,
      lookAt: (path) => this.looker.file(path.startsWith('/') ? path : join(configuration.root, path))?.name,
      variable: (name) => environment[name],
      identity: (step, tool) => this.tools.identity(step, tool),
      wanted: wantedResults(configuration, targets),
    })
    // After the records have names, because a link may be named after them.
    const clashes = checkLinks(configuration, this.plan, (path) => fridge.links.one(path) !== undefined)
    if (clashes.length > 0) throw new Refusal(clashes)
    // Whoever narrows a flavour means to leave something out.
    const without = request.narrow.length > 0 ? [] : stepsWithoutVariants(this.plan)
    for (const warning of [...without, ...feedingLinks(configuration, this.plan)])
      request.emit({ type: 'warning', failure: warning })
  }

  counts(): { jobs: number; fresh: number; stale: number; maybe: number } {
    const fresh = this.work.count('fresh')
    const maybe = this.work.count('maybe')
    return { jobs: this.plan.jobs, fresh, maybe, stale: this.plan.jobs - fresh - maybe }
  }

  async build(request: BuildRequest): Promise<Summary> {
    const started = steadyMs()
    const { work, fridge, configuration } = this
    const { emit } = this.request
    fridge.begin()
    fridge.looks.dropComplete()
    fridge.commit()
    emit({ type: 'plan', ...this.counts(), ...expectation(work, configuration.kitchen.burners) })
    const sharing = await this.#openSharing(request)
    const { criticalMs, fromCache, later, waiting } = await this.#cookAndLay(request, sharing)
    if (!request.signal.aborted) await this.#keepWithin(configuration.fridge.capacity)
    const summary: Summary = {
      type: 'summary',
      jobs: this.plan.jobs,
      fresh: work.count('fresh'),
      cooked: work.count('cooked'),
      reused: work.count('known'),
      failed: work.count('failed'),
      blocked: work.count('blocked'),
      ms: elapsed(started),
      ...(fromCache > 0 && { fromCache }),
      ...(criticalMs > 0 && { criticalMs }),
      ...(work.savedMs > 0 && { savedMs: work.savedMs }),
      ...(later > 0 && { later, waiting }),
    }
    this.#note(summary, request.signal.aborted)
    const { capacity } = configuration.fridge
    if (capacity !== undefined) (await import('./capacity.ts')).keepTight(this, capacity)
    this.request.standing?.keep(this.plan, this.work)
    return summary
  }

  /** Where few files are laid out all are looked at, so that one that was deleted by hand is put back at once. */
  #layLinks(): Set<number> {
    const { emit } = this.request
    if (this.#judged === undefined || !this.fridge.links.hasAtLeast(manyLinks)) return layLinks(this, emit)
    return layLinksOf(this, this.#judged, emit)
  }

  /** What makes room is loaded only where there is a bound, and looks closer only where it is passed. */
  async #keepWithin(capacity: number | undefined): Promise<void> {
    if (capacity === undefined) return
    const { keepWithin } = await import('./capacity.ts')
    const { targets, narrow, emit } = this.request
    const isWhole = targets.length + narrow.length + this.configuration.options.targets.length === 0
    const room = keepWithin(this, capacity, isWhole)
    if (room === undefined) return
    const freed = room.before - room.after
    emit({ type: 'room', dropped: room.dropped.length, freed, holds: room.after, capacity })
    if (room.after > capacity)
      emit({ type: 'warning', failure: failure('fridge-over-capacity', { holds: room.after, capacity }) })
  }

  async #cookAndLay(request: BuildRequest, sharing: RemoteResults | undefined): Promise<Told> {
    try {
      sharing?.resume()
      return await this.#cookAndLayAgain(request, sharing)
    } finally {
      await sharing?.close()
      this.fridge.commit()
    }
  }

  async #cookAndLayAgain(request: BuildRequest, sharing: RemoteResults | undefined): Promise<Told> {
    const { work } = this
    const { emit } = this.request
    const told = { criticalMs: 0, fromCache: 0, later: 0, waiting: 0 }
    if (work.count('stale') + work.count('maybe') + work.count('known') > 0)
      Object.assign(told, await this.#cook(request, { again: false, sharing }))
    const lost = this.#layLinks()
    const goesOn = !request.signal.aborted && (work.count('failed') === 0 || request.keepGoing)
    if (lost.size === 0 || told.later > 0 || !goesOn) return told
    // Only who uses content sees that it is damaged.
    for (const job of lost) work.recook(job)
    told.fromCache += (await this.#cook(request, { again: true, sharing })).fromCache
    layLinks(this, emit)
    return told
  }

  /** Only where there is something to ask for or to give. */
  async #openSharing({ signal }: BuildRequest): Promise<RemoteResults | undefined> {
    const { configuration, work, fridge } = this
    if (configuration.cache === undefined) return undefined
    const unknown = work.count('stale') + work.count('maybe')
    if (unknown === 0 && !fridge.outgoing.hasOutgoing()) return undefined
    return (await import('../remote-cache/open-remote-cache.ts')).openSharing(this, signal)
  }

  async #cook(
    { keepGoing, signal, openExecutor }: BuildRequest,
    { again, sharing }: { again: boolean; sharing: RemoteResults | undefined },
  ): Promise<CookOutcome> {
    const { configuration, fridge, work, looker, tools } = this
    const { emit, environment } = this.request
    const stove = await openExecutor()
    try {
      return await cookPlan({
        configuration,
        fridge,
        work,
        looker,
        spoilt: this.#spoilt,
        stove,
        emit,
        keepGoing,
        again,
        signal,
        variable: (name) => environment[name],
        toolPaths: (step: Step) => tools.paths(step),
        ...(sharing && { sharing }),
      })
    } finally {
      await stove.close()
    }
  }

  /** Remembers the build, and what it looked at if all of it is good. */
  #note(summary: Summary, interrupted: boolean): void {
    const { fridge, configuration, request } = this
    const { jobs, fresh, cooked, reused, failed, blocked, ms, savedMs = 0, later = 0 } = summary
    fridge.begin()
    if (!request.standing) fridge.saveMemory()
    if (cooked + reused + failed + blocked > 0)
      fridge.builds.add({ at: Date.now(), ms, jobs, fresh, cooked, reused, failed, blocked, savedMs })
    // Who watches knows better than any remembered look, and the next chef plans once.
    const given = !configuration.cache?.write || !fridge.outgoing.hasOutgoing()
    if (failed + blocked + later === 0 && !interrupted && !request.standing && given) {
      fridge.objects.files.eachFolder((path) => this.looker.folder(path))
      for (const link of fridge.links.all()) this.looker.file(link.path)
      const variables = declaredVariables(configuration, (name) => request.environment[name])
      saveLook(
        fridge,
        signatureOf(configuration, request),
        { generation: fridge.generation(), jobs, shelves: shelfViews(this).map(asFresh), variables },
        this.looker.looked,
      )
    }
    fridge.commit()
  }

  /** These paths changed while this kitchen builds: what depends on them is ended and left to the next build. */
  spoil(paths: ReadonlySet<string>): void {
    this.#spoilt.add(jobsBehind(this.plan, paths))
  }
}

const manyLinks = 500

/** What a watching chef has built before, where this build asks for the same. */
function formerOf({ standing, narrow, force, configuration }: SessionRequest): PriorBuild | undefined {
  const former = standing?.former()
  return narrow.length > 0 || force || linksFollowContent(configuration) ? undefined : former
}

/** Results that were asked for by their name, by their step's or by a link: their bytes have to be here. */
function wantedResults({ steps, links }: Configuration, targets: readonly string[]): Set<string> {
  const named = targets.flatMap((target) => steps.get(target)?.outputs.map(({ name }) => name) ?? [target])
  return new Set([...named, ...links.map(({ result }) => result)])
}

/** Where more than this has to be judged again, judging all costs less. */
function mostJudgedAgain({ jobs }: Plan): number {
  return Math.max(16, jobs / 8)
}

/** A shelf after a build without failures: what was cooked is as good as what was fresh before. */
function asFresh(shelf: ShelfView): ShelfView {
  return shelf.kind === 'result' ? { ...shelf, fresh: shelf.items, stale: 0, failed: 0 } : shelf
}

/** From recorded times, spread over the burners; nothing where a job has none. */
function expectation(work: Verdicts, burners: number): { expectedMs?: number } {
  let sum = 0
  for (const state of ['stale', 'maybe'] as const) {
    for (const job of work.jobs(state)) {
      const ms = work.priorMs(job)
      if (ms === undefined) return {}
      sum += ms
    }
  }
  return sum === 0 ? {} : { expectedMs: sum / burners }
}
