// An opened kitchen: shelves stocked, plan made, every job judged; what commands ask, and what a build begins with.
import { join } from 'node:path'
import { nearest } from '../config/near.ts'
import type { Emit, Summary } from '../base/event.ts'
import { type Failure, failure, Refusal } from '../base/failure.ts'
import { canonical, fieldOf, plainText, type Value } from '../base/value.ts'
import type { Configuration, Resource, Step } from '../config/configuration.ts'
import { isDamage, makeFridgeFolders } from '../fridge/database.ts'
import { Fridge } from '../fridge/fridge.ts'
import { type Holder, takeLock } from '../fridge/lock.ts'
import { Looker } from '../fridge/looker.ts'
import { stockShelves } from '../fridge/stock.ts'
import { Frames } from '../kitchen/frames.ts'
import type { TicketTaker } from '../kitchen/ticket.ts'
import { emptyShelves, makePlan, type Plan, type Required, required, withoutEmpty } from '../plan/plan.ts'
import type { BaseShelf } from '../plan/shelves.ts'
import { checkTargets } from '../recipe/check.ts'
import { ownerOf } from '../plan/cross.ts'
import { type CookOutcome, cookPlan } from './cook.ts'
import { checkLinks, layLinks, layLinksOf, linksFollowContent } from './links.ts'
import { jobsBehind, Spoilt } from './spoilt.ts'
import type { Sharing } from './sharing.ts'
import type { Former, Standing } from './standing.ts'
import { Tools } from './tools.ts'
import { type CacheTotals, cacheTotals, shelfViews } from './queries.ts'
import { declaredVariables, saveLook, signatureOf, unchangedLook } from './unchanged.ts'
import type { ShelfView } from './views.ts'
import { Work } from './work.ts'

export interface Narrowing {
  name: string
  values: Value[]
}

export interface KitchenRequest {
  configuration: Configuration
  /** Result or step names; empty: the configuration's targets. */
  targets: readonly string[]
  narrow: readonly Narrowing[]
  /** False: nothing is written, and no lock is taken. */
  write: boolean
  force: boolean
  /** True: steps that an empty shelf keeps from being planned are left out, with what hangs on them. */
  lenient?: boolean
  /** Whether to wait for another chef in this fridge. */
  wait: boolean
  who: Holder
  /** The user's environment. */
  environment: { readonly [name: string]: string | undefined }
  emit: Emit
  signal?: AbortSignal
  /** What is kept of earlier builds by somebody who watches. */
  standing?: Standing
}

export interface BuildRequest {
  keepGoing: boolean
  signal: AbortSignal
  openStove: () => Promise<TicketTaker>
}

/** What a build leaves to say when nothing can have changed. */
export async function lookForChange(request: KitchenRequest): Promise<Summary | undefined> {
  const started = performance.now()
  const unchanged = await unchangedKitchen(request)
  if (unchanged === undefined) return undefined
  const { jobs } = unchanged
  return { type: 'summary', jobs, fresh: jobs, cooked: 0, reused: 0, failed: 0, blocked: 0, ms: elapsed(started) }
}

/** What can be told without a plan, because nothing can have changed since all was fresh. */
export interface UnchangedKitchen {
  jobs: number
  shelves: ShelfView[]
  totals: CacheTotals
}

export async function unchangedKitchen(request: KitchenRequest): Promise<UnchangedKitchen | undefined> {
  const { configuration, environment } = request
  const fridge = await Fridge.open(configuration, false)
  try {
    if (fridge.isAfterBoot()) return undefined
    const signature = signatureOf(configuration, request)
    const variables = declaredVariables(configuration, (name) => environment[name])
    const note = unchangedLook(fridge, signature, variables)
    return note && { jobs: note.jobs, shelves: note.shelves, totals: cacheTotals({ fridge }) }
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  } finally {
    fridge.close()
  }
}

export async function openKitchen(request: KitchenRequest): Promise<Kitchen> {
  try {
    return await enter(request)
  } catch (error) {
    // Damage deep in the database shows only when it is read.
    if (!isDamage(error)) throw error
    return enter(request, (error as Error).message)
  }
}

async function enter(request: KitchenRequest, damage?: string): Promise<Kitchen> {
  const { configuration, write } = request
  const targets = chosenTargets(request)
  let unlock = (): void => undefined
  if (write) {
    makeFridgeFolders(configuration.fridge.path)
    unlock = await takeLock({
      folder: configuration.fridge.path,
      who: request.who,
      wait: request.wait,
      onWait: (holder) => request.emit({ type: 'waiting', ...holder }),
      ...(request.signal && { signal: request.signal }),
    })
  }
  let close = unlock
  try {
    const { fridge, looker, tools } = request.standing ?? (await opened(request, damage))
    close = () => {
      if (request.standing) fridge.commit()
      else fridge.close()
      unlock()
    }
    for (const warning of fridge.warnings.splice(0)) request.emit({ type: 'warning', failure: warning })
    const needed = required(configuration, targets)
    await tools.prepare(needed.steps)
    const frames = await takeFrames(request, needed, fridge, looker)
    return new Kitchen(request, { fridge, looker, tools, frames, needed, close })
  } catch (error) {
    close()
    throw error
  }
}

async function opened(
  { configuration, environment, write }: KitchenRequest,
  damage?: string,
): Promise<Pick<Fittings, 'fridge' | 'looker' | 'tools'>> {
  const fridge = await Fridge.open(configuration, write, damage)
  const looker = new Looker(fridge.objects, fridge.memory, configuration.fridge.snapshotLimit)
  return { fridge, looker, tools: new Tools(looker, environment.PATH ?? '') }
}

/** Animations are taken apart before the shelves are stocked, where they are not known yet. */
async function takeFrames(
  { configuration, write }: KitchenRequest,
  { outside }: Required,
  fridge: Fridge,
  looker: Looker,
): Promise<Frames> {
  const frames = new Frames(looker, fridge.objects, {
    recall: (key) => fridge.look(key),
    keep: (key, note) => write && fridge.saveLook(key, note),
  })
  const needed = [...outside]
    .map((name) => configuration.resources.get(name))
    .filter((resource) => resource?.kind === 'frames')
  if (needed.length === 0) return frames
  fridge.begin()
  await frames.prepare(needed as Resource[])
  fridge.commit()
  return frames
}

/** Every result where none is named: that is every step that makes one. */
function chosenTargets({ configuration, targets }: KitchenRequest): string[] {
  const wanted = targets.length > 0 ? targets : configuration.options.targets
  const unknown = checkTargets(configuration, wanted)
  if (unknown.length > 0) throw new Refusal(unknown)
  return wanted.length > 0 ? [...wanted] : [...configuration.steps.keys()]
}

/** Results that were asked for by their name, by their step's or by a link: their bytes have to be here. */
function wantedResults({ steps, links }: Configuration, targets: readonly string[]): Set<string> {
  const named = targets.flatMap((target) => steps.get(target)?.outputs.map(({ name }) => name) ?? [target])
  return new Set([...named, ...links.map(({ result }) => result)])
}

type Told = Pick<CookOutcome, 'criticalMs' | 'fromCache'> & { later: number; waiting: number }

/** What a kitchen is put together from. */
interface Fittings {
  fridge: Fridge
  looker: Looker
  tools: Tools
  frames: Frames
  needed: Required
  close: () => void
}

export class Kitchen {
  readonly request: KitchenRequest
  readonly configuration: Configuration
  readonly fridge: Fridge
  readonly looker: Looker
  readonly tools: Tools
  readonly shelves: Map<string, BaseShelf>
  readonly plan: Plan
  readonly work: Work
  readonly close: () => void
  readonly #spoilt = new Spoilt()
  /** The jobs that were judged, where all others are as the build before left them. */
  readonly #judged: ReadonlySet<number> | undefined

  constructor(request: KitchenRequest, { fridge, looker, tools, frames, needed, close }: Fittings) {
    const { configuration, environment } = request
    this.request = request
    this.configuration = configuration
    this.fridge = fridge
    this.looker = looker
    this.tools = tools
    this.close = close
    fridge.begin()
    const stocked = stockShelves(configuration, needed.steps, needed.outside, {
      looker,
      objects: fridge.objects,
      digest: fridge.digest,
      frames: (resource) => frames.items(resource),
      ...(request.standing && { kept: request.standing.kept }),
    })
    fridge.commit()
    this.shelves = stocked.shelves
    for (const warning of stocked.warnings) request.emit({ type: 'warning', failure: warning })
    const former = stocked.warnings.length === 0 ? formerOf(request) : undefined
    const itemAt = (shelf: BaseShelf) => request.standing?.kept.get(shelf.name)?.files?.itemAt
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
    this.work = new Work(this.plan, fridge, {
      force: request.force,
      lookAt: (path) => this.looker.file(path.startsWith('/') ? path : join(configuration.root, path))?.name,
      variable: (name) => environment[name],
      identity: (step, tool) => this.tools.identity(step, tool),
      wanted: wantedResults(configuration, chosenTargets(request)),
    })
    // After the records have names, because a link may be named after them.
    const clashes = checkLinks(configuration, this.plan)
    if (clashes.length > 0) throw new Refusal(clashes)
  }

  counts(): { jobs: number; fresh: number; stale: number; maybe: number } {
    const fresh = this.work.count('fresh')
    const maybe = this.work.count('maybe')
    return { jobs: this.plan.jobs, fresh, maybe, stale: this.plan.jobs - fresh - maybe }
  }

  async build(request: BuildRequest): Promise<Summary> {
    const started = performance.now()
    const { work, fridge, configuration } = this
    const { emit } = this.request
    fridge.begin()
    fridge.dropLooks()
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
    this.request.standing?.keep(this.plan, this.work)
    return summary
  }

  /** Where few files are laid out all are looked at, so that one that was deleted by hand is put back at once. */
  #layLinks(): Set<number> {
    const { emit } = this.request
    if (this.#judged === undefined || !this.fridge.hasLinks(manyLinks)) return layLinks(this, emit)
    return layLinksOf(this, this.#judged, emit)
  }

  /** What makes room is loaded only where there is a bound, and looks closer only where it is passed. */
  async #keepWithin(capacity: number | undefined): Promise<void> {
    if (capacity === undefined) return
    const { keepWithin } = await import('./keep-room.ts')
    const { targets, narrow, emit } = this.request
    const isWhole = targets.length + narrow.length + this.configuration.options.targets.length === 0
    const room = keepWithin(this, capacity, isWhole)
    if (room === undefined) return
    const freed = room.before - room.after
    emit({ type: 'room', dropped: room.dropped.length, freed, holds: room.after, capacity })
    if (room.after > capacity)
      emit({ type: 'warning', failure: failure('fridge-over-capacity', { holds: room.after, capacity }) })
  }

  async #cookAndLay(request: BuildRequest, sharing: Sharing | undefined): Promise<Told> {
    try {
      sharing?.resume()
      return await this.#cookAndLayAgain(request, sharing)
    } finally {
      await sharing?.close()
      this.fridge.commit()
    }
  }

  async #cookAndLayAgain(request: BuildRequest, sharing: Sharing | undefined): Promise<Told> {
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
  async #openSharing({ signal }: BuildRequest): Promise<Sharing | undefined> {
    const { configuration, work, fridge } = this
    if (configuration.cache === undefined) return undefined
    const unknown = work.count('stale') + work.count('maybe')
    if (unknown === 0 && !fridge.objects.elsewhere.hasOutgoing()) return undefined
    return (await import('./open-sharing.ts')).openSharing(this, signal)
  }

  async #cook(
    { keepGoing, signal, openStove }: BuildRequest,
    { again, sharing }: { again: boolean; sharing: Sharing | undefined },
  ): Promise<CookOutcome> {
    const { configuration, fridge, work, looker, tools } = this
    const { emit, environment } = this.request
    const stove = await openStove()
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
      fridge.noteBuild({ at: Date.now(), ms, jobs, fresh, cooked, reused, failed, blocked, savedMs })
    // Who watches knows better than any remembered look, and the next chef plans once.
    const given = !configuration.cache?.write || !fridge.objects.elsewhere.hasOutgoing()
    if (failed + blocked + later === 0 && !interrupted && !request.standing && given) {
      fridge.objects.eachFolder((path) => this.looker.folder(path))
      for (const link of fridge.links()) this.looker.file(link.path)
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
function formerOf({ standing, narrow, force, configuration }: KitchenRequest): Former | undefined {
  const former = standing?.former()
  return narrow.length > 0 || force || linksFollowContent(configuration) ? undefined : former
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
function expectation(work: Work, burners: number): { expectedMs?: number } {
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

/** Leaves only the named variants on the shelves; a field of an object flavour is named with a dot. */
function narrowShelves(
  shelves: Map<string, BaseShelf>,
  narrow: readonly Narrowing[],
  configuration: Configuration,
): Failure[] {
  const failures: Failure[] = []
  const known = [...configuration.flavours.keys(), ...configuration.resources.keys()]
  for (const { name, values } of narrow) {
    const owner = ownerOf(name, known)
    if (owner === undefined) {
      failures.push(failure('narrow-unknown', { name, near: nearest(name, known), known }))
      continue
    }
    const shelf = shelves.get(owner)
    // A shelf that the targets do not need has nothing to narrow.
    if (shelf === undefined) continue
    const field = name === owner ? [] : name.slice(owner.length + 1).split('.')
    const textOf = (value: Value | undefined): string => (value === undefined ? '' : plainText(value))
    const labels = shelf.items.map((item) => fieldOf(item.label, field))
    for (const value of values) {
      if (labels.some((label) => textOf(label) === textOf(value))) continue
      const some = labels.slice(0, 8).map(textOf).join(', ') + (labels.length > 8 ? ', ...' : '')
      failures.push(failure('narrow-nothing', { name, value: canonical(value), known: some }))
    }
    const wanted = new Set(values.map(textOf))
    shelf.items = shelf.items.filter((_, at) => wanted.has(textOf(labels[at])))
  }
  return failures
}

function elapsed(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10
}
