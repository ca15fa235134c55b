// Stocks the shelves of a session, plans what the targets need, and judges every job.
import { resolve } from 'node:path'
import { madeReadsOf } from '../placement/made-reads.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { countsReads } from '../config/trace-mode.ts'
import { InvalidatedJobs, jobsBehind } from '../execution/invalidated-jobs.ts'
import { codeValues } from '../freshness/command-values.ts'
import { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { checkLinks, feedingLinks } from '../placement/link-conflicts.ts'
import { linksFollowContent } from '../placement/link-paths.ts'
import { placedItems } from '../placement/placed-results.ts'
import {
  emptyShelves,
  firstWithoutVariants,
  isBehindPour,
  makePlan,
  type Plan,
  type Recipe,
  stepsWithoutVariants,
  withoutEmpty,
} from '../plan/plan.ts'
import { flavourShelves, type StockedShelf } from '../plan/shelves.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import type { FileWorld } from '../sources/file-world.ts'
import type { Frames } from '../sources/frames.ts'
import { stockShelves } from '../sources/stock-shelves.ts'
import type { ToolIdentities } from '../sources/tool-identity.ts'
import { narrowShelves } from './narrowing.ts'
import { PlanGrowth } from './plan-growth.ts'
import type { OwnPlaces } from './own-places.ts'
import type { Opened, Session, SessionRequest } from './session.ts'
import type { PriorBuild } from './warm-session.ts'

/** The parts that a session is planned with. */
export interface SessionParts {
  fridge: Fridge
  scanner: FileScanner
  world: FileWorld
  ownPlaces: OwnPlaces
  tools: ToolIdentities
  frames: Frames
  /** Results and steps that were named, or all there are. */
  targets: readonly string[]
  needed: Recipe
  close: () => void
}

type Judged = Pick<Session, 'plan' | 'verdicts' | 'judged' | 'withheld' | 'growth'>

export function planSession(request: SessionRequest, parts: SessionParts): Opened {
  // Taken in any case: from here on the former build is of the past, also where this session does not come about.
  const prior = priorBuild(request)
  const { shelves, warnings } = stock(request, parts)
  for (const warning of warnings)
    if (!request.keepGoing || !isToldByPlan(warning, shelves)) request.emit({ type: 'warning', failure: warning })
  const judged =
    (prior && warnings.length === 0 ? judgeAgain(request, parts, shelves, prior) : undefined) ??
    planAnew(request, parts, shelves)
  if ('failures' in judged) return judged
  const { fridge, scanner, tools, world, close } = parts
  const { configuration } = request
  const invalidated = new InvalidatedJobs()
  const replan = (): Opened => {
    const accepted = judged.verdicts.accepted()
    const opened = planSession({ ...request, isLaterRound: true, accepted }, parts)
    return 'failures' in opened ? opened : { session: { ...opened.session, request } }
  }
  return {
    session: { request, configuration, fridge, scanner, world, tools, shelves, ...judged, invalidated, replan, close },
  }
}

/** A shelf that is empty and needed is told with the step that needs it. */
function isToldByPlan({ code, data }: Failure, shelves: ReadonlyMap<string, StockedShelf>): boolean {
  return code === 'shelf-empty' && data !== undefined && 'name' in data && shelves.has(String(data.name))
}

interface Stocked {
  shelves: Map<string, StockedShelf>
  warnings: Failure[]
}

function stock({ configuration, warm }: SessionRequest, parts: SessionParts): Stocked {
  const { fridge, scanner, frames, needed } = parts
  fridge.begin()
  const stocked = stockShelves(configuration, needed, {
    scanner,
    objects: fridge.objects,
    digest: fridge.digest,
    frames: (resource) => frames.items(resource),
    ...(warm && { kept: warm.kept }),
  })
  fridge.commit()
  const flavours = flavourShelves(configuration.flavours, needed.outside)
  const shelves = new Map<string, StockedShelf>()
  for (const shelf of [...stocked.resources, ...flavours, ...stocked.steps]) shelves.set(shelf.name, shelf)
  return { shelves, warnings: stocked.warnings }
}

/** The plan of the last build holds: only jobs behind changed files are judged. Undefined where judging all costs less. */
function judgeAgain(
  request: SessionRequest,
  { ownPlaces, fridge }: SessionParts,
  shelves: Map<string, StockedShelf>,
  { plan, verdicts, changed }: PriorBuild,
): Judged | undefined {
  const { warm } = request
  const itemAt = (shelf: StockedShelf) => warm?.kept.get(shelf.name)?.files?.itemAt
  const behind = jobsBehind(plan, changed, itemAt)
  ownPlaces.plan = plan
  ownPlaces.verdicts = verdicts
  if (behind.size >= mostJudgedAgain(plan) || [...behind.keys()].some((job) => plan.tableOf(job).step.pours.length > 0))
    return undefined
  for (const shelf of plan.poured.values()) shelves.set(shelf.name, shelf)
  const growth = new PlanGrowth({ request, fridge, shelves, plan, verdicts, waiting: [] })
  return { plan, verdicts, growth, judged: verdicts.again(behind.keys()), withheld: 0 }
}

function mostJudgedAgain({ jobs }: Plan): number {
  return Math.max(16, jobs / 8)
}

function planAnew(
  request: SessionRequest,
  parts: SessionParts,
  shelves: Map<string, StockedShelf>,
): Judged | { failures: Failure[] } {
  const { configuration, narrow, emit } = request
  const { needed, fridge, ownPlaces } = parts
  const unfit = narrowShelves(shelves, narrow, configuration)
  if (unfit.length > 0) return { failures: unfit }
  const empty = emptyShelves(needed, shelves)
  const left = empty.length > 0 ? withoutEmpty(needed, shelves) : needed
  const canGoOn = request.keepGoing === true && left.steps.length > 0
  if (empty.length > 0 && !request.lenient && !canGoOn) return { failures: empty }
  if (canGoOn) for (const warning of empty) emit({ type: 'warning', failure: warning })
  const planned = makePlan(left, shelves)
  if ('failures' in planned) return planned
  const { plan, waiting } = planned
  ownPlaces.plan = plan
  const code = codeValues(plan.tables)
  if (code.length > 0) return { failures: code }
  const verdicts = judge(plan, request, parts)
  ownPlaces.verdicts = verdicts
  const growth = new PlanGrowth({ request, fridge, shelves, plan, verdicts, waiting })
  const wrong = growth.grow()
  if (wrong.length > 0) return { failures: wrong }
  const bare = request.write && !request.lenient ? targetsWithoutVariants(plan, configuration, request) : []
  if (bare.length > 0 && !(request.keepGoing && plan.jobs > 0)) return { failures: bare }
  for (const warning of bare) emit({ type: 'warning', failure: warning })
  // After the records have names, because a link may be named after them.
  const clashes = checkLinks(configuration, plan, (path) => fridge.links.one(path) !== undefined)
  if (clashes.length > 0) return { failures: clashes }
  // Whoever narrows a flavour means to leave something out.
  const without = narrow.length > 0 || bare.length > 0 ? [] : stepsWithoutVariants(plan)
  for (const warning of [...without, ...feedingLinks(configuration, plan)]) emit({ type: 'warning', failure: warning })
  return { plan, verdicts, growth, judged: undefined, withheld: needed.steps.length - left.steps.length + bare.length }
}

/**
 * Targets, of the command line or of `options.targets`, of which there is nothing to cook; all of them where a narrowed run
 * has nothing to cook at all.
 */
function targetsWithoutVariants(
  plan: Plan,
  { steps, options }: Configuration,
  { targets: named, narrow }: Pick<SessionRequest, 'targets' | 'narrow'>,
): Failure[] {
  const targets = named.length > 0 ? named : options.targets
  const isNothing = narrow.length > 0 && plan.jobs === 0
  return plan.tables.flatMap((table) => {
    const { step, rows } = table
    if (rows > 0 || isBehindPour(table)) return []
    const names = [step.name, ...step.outputs.map(({ name }) => name)]
    const target = names.find((name) => targets.includes(name)) ?? (isNothing ? step.name : undefined)
    if (target === undefined) return []
    const maker = firstWithoutVariants(table).step
    const shelf = maker.outputs[0]?.name ?? maker.name
    const chosen = maker.only.length > 0 || maker.exclude.length > 0
    return [failure('target-empty', { target, shelf, step: maker.name, chosen }, steps.get(step.name)?.at)]
  })
}

function judge(
  plan: Plan,
  { configuration, environment, force, isLaterRound = false, accepted }: SessionRequest,
  { fridge, world, tools, targets }: SessionParts,
): Verdicts {
  const items = placedItems({ configuration, plan })
  const verdicts = new Verdicts(plan, fridge, {
    force,
    ...(accepted && { accepted }),
    repeats: !isLaterRound,
    world,
    countsReads: (step) => countsReads(step, configuration.kitchen),
    noteTrace: (job, own) => madeReadsOf(plan, configuration).note(job, own),
    variable: (name) => fridge.key.digest(name, environment[name]),
    identity: (step, tool) => tools.identity(step, tool),
    wanted: wantedResults(configuration, targets),
    ...(items.size > 0 && { itemAt: (path) => items.itemAt(resolve(configuration.root, path)) }),
  })
  world.placedAt = items.size > 0 ? (path) => verdicts.placedAt(path) : () => undefined
  return verdicts
}

/** The build before this one of a watch, where both ask for the same. */
function priorBuild({ warm, narrow, force, configuration }: SessionRequest): PriorBuild | undefined {
  const prior = warm?.former()
  return narrow.length > 0 || force || linksFollowContent(configuration) ? undefined : prior
}

/** Results that were named, by themselves, by their step or by a link, or that are poured: their bytes have to be here. */
function wantedResults({ steps, links }: Configuration, targets: readonly string[]): Set<string> {
  const named = targets.flatMap((target) => steps.get(target)?.outputs.map(({ name }) => name) ?? [target])
  const poured = [...steps.values()].flatMap(({ outputs, pours }) =>
    outputs.filter(({ inner }) => pours.some(({ from }) => from === inner)).map(({ name }) => name),
  )
  return new Set([...named, ...links.map(({ result }) => result), ...poured])
}
