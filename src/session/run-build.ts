// Builds an open session: cooks what is not fresh, lays results out, makes room in the fridge, and sums up.
import { resolve } from 'node:path'
import { elapsed, steadyMs } from '../base/elapsed.ts'
import type { JobFailure, SourceCommit, Summary } from '../base/event.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { factsOf } from '../config/configuration-facts.ts'
import type { BuildEvent } from '../execution/build-events.ts'
import { buildPlanOf } from '../execution/build-plan.ts'
import {
  type BuildState,
  countOf,
  isJobDone,
  jobsIn,
  newBuildState,
  phaseOf,
  type SettledPhase,
} from '../execution/build-state.ts'
import type { BuildPlan } from '../execution/build-plan.ts'
import { deferredJobs, drive, type DriverOutcome } from '../execution/driver.ts'
import { capacityOf } from '../execution/job-demands.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import { shelfViews } from '../inspection/queries.ts'
import type { ShelfView } from '../inspection/views.ts'
import { type JobId, jobIds } from '../plan/job-id.ts'
import { variantText } from '../plan/record.ts'
import type { JobRow } from '../plan/step-table.ts'
import { checkLinks } from '../placement/link-conflicts.ts'
import { putBack } from '../placement/place-repair.ts'
import { sourceCommit } from './source-commit.ts'
import { madeReadsOf } from '../placement/made-reads.ts'
import { PlacedResults } from '../placement/placed-results.ts'
import { layLinks, layLinksOf } from '../placement/link-layout.ts'
import type { RemoteResults } from '../remote-cache/remote-results.ts'
import type { Executor } from '../tickets/ticket.ts'
import { tellUndeclared } from './checked-steps.ts'
import { countVerdicts, type Session } from './session.ts'
import { declaredVariables, saveLook, signatureOf } from './unchanged-check.ts'

export interface BuildRequest {
  keepGoing: boolean
  /** With `keepGoing`: the build stops when so many jobs have failed. */
  mostFailures?: number | undefined
  signal: AbortSignal
  /** Chooses the jobs of a session that are to be done; undefined: all of them. */
  only?: ((session: Session) => ReadonlySet<JobId>) | undefined
  openExecutor: () => Promise<Executor>
}

/** A build under way. The state is made when the first job has to be cooked. */
interface Build {
  /** Of the latest round. */
  session: Session
  readonly request: BuildRequest
  readonly remote: RemoteResults | undefined
  state: BuildState | undefined
  criticalMs: number
  fromCache: number
  /** Rounds that ended because files changed while they were read. */
  rounds: number
  /** Warnings of cooks that were printed. */
  readonly told: Set<string>
  readonly failed: JobFailure[]
  /** Jobs that read what open jobs make. */
  behind: ReadonlySet<JobId>
  /** Jobs that failed or were blocked in earlier rounds, by their ids. */
  readonly settled: Map<string, SettledPhase>
  /** Rounds for such jobs. */
  laterRounds: number
  /** The counts of those rounds. */
  readonly earlier: { cooked: number; reused: number; savedMs: number; variants: Set<string> }
}

/** A file that changes whenever a job reads it is given up after so many more rounds. */
const mostRounds = 3

const manyLinks = 500

export async function buildSession(session: Session, request: BuildRequest): Promise<Summary> {
  const started = steadyMs()
  const { verdicts, fridge, configuration } = session
  const { emit, warm } = session.request
  fridge.begin()
  fridge.looks.dropComplete()
  fridge.commit()
  const wanted = request.only?.(session)
  emit({ type: 'plan', ...countVerdicts(session, wanted), ...expectation(verdicts, configuration, wanted) })
  const remote = await openRemote(session, request)
  const earlier = { cooked: 0, reused: 0, savedMs: 0, variants: new Set<string>() }
  const told = new Set<string>()
  const isIdle = verdicts.count('stale') + verdicts.count('maybe') + verdicts.count('known') === 0
  const commit = isIdle ? undefined : sourceCommit(configuration.root, session.request.environment)
  const running: Build = {
    session,
    request,
    remote,
    state: undefined,
    criticalMs: 0,
    fromCache: 0,
    rounds: 0,
    told,
    failed: [],
    behind: new Set(),
    settled: new Map(),
    laterRounds: 0,
    earlier,
  }
  await cookAndLay(running)
  const { session: last } = running
  const home = last.request.environment.HOME
  if (factsOf(configuration).isChecked)
    tellUndeclared({ configuration, fridge, verdicts: last.verdicts, jobs: last.judged, home, emit, told })
  if (!request.signal.aborted) await keepWithin(last, configuration.fridge.capacity)
  const summary = summaryOf(running, started)
  note(last, summary, {
    interrupted: request.signal.aborted,
    isPart: request.only !== undefined,
    commit: await commit,
    failed: running.failed,
  })
  const { capacity } = configuration.fridge
  if (capacity !== undefined) (await import('./capacity.ts')).keepTight(last, capacity)
  if (last.growth.waiting.length === 0) warm?.keep(last.plan, last.verdicts)
  return summary
}

/** Only where there is something to ask for or to give. */
async function openRemote(session: Session, { signal }: BuildRequest): Promise<RemoteResults | undefined> {
  const { configuration, verdicts, fridge } = session
  if (configuration.cache === undefined) return undefined
  const unknown = verdicts.count('stale') + verdicts.count('maybe')
  if (unknown === 0 && !fridge.outgoing.hasOutgoing()) return undefined
  return (await import('../remote-cache/open-remote-cache.ts')).openSharing(session, signal)
}

async function cookAndLay(running: Build): Promise<void> {
  const { remote, request } = running
  const { fridge } = running.session
  try {
    remote?.resume()
    await cookRounds(running)
    const { session, state } = running
    const lost = layResults(session)
    const goesOn = !request.signal.aborted && (state === undefined || mayGoOn(state, request))
    if (lost.size === 0 || !goesOn) return
    // Damage is detected when content is read.
    await cook(running, { type: 'results-lost', jobs: lost })
    layLinks(session, session.request.emit)
  } finally {
    await remote?.close()
    fridge.commit()
  }
}

/**
 * Cooks what is not fresh. Where a file changed while a job read it, or a job made what another one read, everything is
 * looked at again, and cooked anew.
 */
async function cookRounds(running: Build): Promise<void> {
  for (;;) {
    const { session, request } = running
    const { verdicts, plan, configuration } = session
    if (verdicts.count('stale') + verdicts.count('maybe') + verdicts.count('known') === 0) return
    const reads = madeReadsOf(plan, configuration)
    const settled = settledJobs(running)
    const wanted = request.only?.(session)
    const isAwaited = (job: JobId): boolean =>
      verdicts.verdict(job) !== 'fresh' && !settled.has(job) && wanted?.has(job) !== false
    running.behind = new Set(reads.readersOf(isAwaited).keys())
    const { criticalMs } = await cook(running, { type: 'started' })
    running.criticalMs += criticalMs
    const { state } = running
    if (state === undefined) return
    tellMadeReads(session, state, running.told)
    const isMade = (job: JobId): boolean => ['cooked', 'reused'].includes(phaseOf(state, job))
    const again = reads.pathsBetween(isMade, (job) => isJobDone(state, job))
    if (!hasNextRound(running, state, again.size > 0)) return
    // The jobs of the next round read these results in their places.
    if (again.size + running.behind.size > 0) {
      layResults(session)
      putBack(
        session,
        reads.pathsOf((job) => phaseOf(state, job) === 'reused'),
      )
    }
    settle(running, state)
    running.earlier.cooked += countOf(state, 'cooked')
    running.earlier.reused += countOf(state, 'reused')
    running.earlier.savedMs += verdicts.savedMs
    for (const phase of ['cooked', 'reused'] as const)
      for (const job of jobsIn(state, phase)) running.earlier.variants.add(variantOf(plan.at(job)))
    lookAgain(running, [...state.changedInputs, ...again])
  }
}

function hasNextRound(running: Build, state: BuildState, isReadAgain: boolean): boolean {
  if (countOf(state, 'postponed') === 0 && !isReadAgain) return false
  if (state.changedInputs.size > 0) {
    running.rounds++
    return true
  }
  const { session, request } = running
  const isStopped = state.stopped !== undefined || countOf(state, 'deferred') > 0
  return !isStopped && !request.signal.aborted && running.laterRounds++ <= session.plan.tables.length
}

/** Remembers the jobs that no later round is to try again. */
function settle({ session, settled }: Build, state: BuildState): void {
  for (const phase of ['failed', 'blocked'] as const)
    for (const job of jobsIn(state, phase)) settled.set(session.plan.at(job).id, phase)
}

/** The jobs of the present plan that ended badly in an earlier round. */
function settledJobs({ session, settled }: Build): Map<JobId, SettledPhase> {
  const jobs = new Map<JobId, SettledPhase>()
  if (settled.size === 0) return jobs
  for (const { id, job } of session.plan) {
    const phase = settled.get(id)
    if (phase) jobs.set(job, phase)
  }
  return jobs
}

/** Plans and judges anew, after these paths changed. */
function lookAgain(running: Build, paths: readonly string[]): void {
  const { request, scanner, replan } = running.session
  const changed = new Set(paths.map((path) => resolve(request.configuration.root, path)))
  if (request.warm) request.warm.forget(changed)
  else scanner.forget(changed)
  const opened = replan()
  if ('failures' in opened) throw new Refusal(opened.failures)
  running.session = opened.session
  running.state = undefined
}

/** Says once which steps read what others make without declaring it. */
function tellMadeReads({ plan, configuration, request }: Session, state: BuildState, told: Set<string>): void {
  const reads = madeReadsOf(plan, configuration).reads((job) => phaseOf(state, job) === 'cooked')
  for (const { isCircle, ...read } of reads) {
    const warning = failure(isCircle ? 'trace-circle' : 'trace-made', read)
    const pair = `${read.reader} ${read.maker}`
    if (told.has(pair)) continue
    told.add(pair)
    request.emit({ type: 'warning', failure: warning })
  }
}

function mayGoOn(state: BuildState, { keepGoing }: BuildRequest): boolean {
  return countOf(state, 'deferred') === 0 && (countOf(state, 'failed') === 0 || keepGoing)
}

/** Looks at all links while they are few, so that one that was deleted by hand is put back at once. */
function layResults(session: Session): Set<JobId> {
  const { emit } = session.request
  if (session.judged === undefined || !session.fridge.links.hasAtLeast(manyLinks)) return layLinks(session, emit)
  return layLinksOf(session, session.judged, emit)
}

async function cook(running: Build, first: BuildEvent): Promise<DriverOutcome> {
  const { session, request, remote } = running
  const { configuration, fridge, verdicts, scanner, world, tools, invalidated } = session
  const { emit, environment } = session.request
  const executor = await request.openExecutor()
  try {
    running.state ??= stateOf(running, executor)
    const outcome = await drive(running.state, first, {
      configuration,
      fridge,
      verdicts,
      scanner,
      world,
      invalidated,
      executor,
      emit,
      signal: request.signal,
      told: running.told,
      failed: running.failed,
      noteTrace: (job, own) => madeReadsOf(session.plan, configuration).note(job, own),
      placed: new PlacedResults(session, emit),
      variable: (name) => environment[name],
      toolPaths: (step) => tools.paths(step),
      ...(remote && { remote }),
      grow: () => grow(session, executor),
    })
    running.fromCache += outcome.fromCache
    return outcome
  } finally {
    await executor.close()
  }
}

/** What cannot be planned ends the build: nothing behind it can be cooked. */
function grow(
  { growth, configuration, plan, verdicts, request, fridge }: Session,
  executor: Executor,
): BuildPlan | undefined {
  const { jobs } = plan
  const failures = growth.grow()
  if (failures.length > 0) throw new Refusal(failures)
  if (plan.jobs === jobs) return undefined
  const clashes = checkLinks(configuration, plan, (path) => fridge.links.one(path) !== undefined)
  if (clashes.length > 0) throw new Refusal(clashes)
  request.emit({
    type: 'grown',
    todo: [...jobIds(plan.jobs)].slice(jobs).filter((job) => verdicts.verdict(job) !== 'fresh').length,
  })
  return buildPlanOf(verdicts, growth.waiting, configuration, executor)
}

function stateOf(running: Build, executor: Executor): BuildState {
  const { session, request, remote, rounds, behind } = running
  const { configuration, verdicts, plan } = session
  const settled = settledJobs(running)
  return newBuildState(buildPlanOf(verdicts, session.growth.waiting, configuration, executor), {
    capacity: capacityOf(configuration, executor),
    keepGoing: request.keepGoing,
    mostFailures: request.mostFailures ?? Number.POSITIVE_INFINITY,
    ahead: executor.ahead ?? 0,
    remote: remote !== undefined,
    mayPostpone: rounds < mostRounds,
    behind,
    wanted: request.only?.(session),
    settled,
    deprived: madeReadsOf(plan, configuration).readersOf((job) => settled.has(job)),
  })
}

function summaryOf({ session, request, state, criticalMs, fromCache, earlier }: Build, started: number): Summary {
  const { verdicts } = session
  const wanted = request.only?.(session)
  const savedMs = earlier.savedMs + verdicts.savedMs
  const { later, waiting } = state === undefined ? { later: 0, waiting: 0 } : deferredJobs(state)
  return {
    type: 'summary',
    jobs: wanted?.size ?? session.plan.jobs,
    fresh: freshJobs(session, state, { earlier: earlier.variants, wanted }),
    cooked: earlier.cooked + (state === undefined ? 0 : countOf(state, 'cooked')),
    reused: earlier.reused + (state === undefined ? 0 : countOf(state, 'reused')),
    failed: state === undefined ? 0 : countOf(state, 'failed'),
    blocked: session.withheld + session.growth.waiting.length + (state === undefined ? 0 : countOf(state, 'blocked')),
    ms: elapsed(started),
    ...(fromCache > 0 && { fromCache }),
    ...(criticalMs > 0 && { criticalMs }),
    ...(savedMs > 0 && { savedMs }),
    ...(later > 0 && { later, waiting }),
  }
}

/** Counts the jobs that no round of this build had anything to do for. */
function freshJobs(
  { verdicts, plan }: Session,
  state: BuildState | undefined,
  { earlier, wanted }: { earlier: ReadonlySet<string>; wanted: ReadonlySet<JobId> | undefined },
): number {
  if (earlier.size === 0 && wanted === undefined)
    return state === undefined ? verdicts.count('fresh') : countOf(state, 'fresh')
  const fresh = state === undefined ? verdicts.jobs('fresh') : jobsIn(state, 'fresh')
  let count = 0
  for (const job of fresh)
    if (wanted?.has(job) !== false && (earlier.size === 0 || !earlier.has(variantOf(plan.at(job))))) count++
  return count
}

/** The same in every round of a build: records change with the contents that they name. */
function variantOf(row: JobRow): string {
  return `${row.step.name} ${variantText(row)}`
}

/** Loads the code that makes room only where a capacity is set. */
async function keepWithin(session: Session, capacity: number | undefined): Promise<void> {
  if (capacity === undefined) return
  const { keepWithin: makeRoom } = await import('./capacity.ts')
  const { targets, narrow, emit } = session.request
  const isWhole = targets.length + narrow.length + session.configuration.options.targets.length === 0
  const room = makeRoom(session, capacity, isWhole)
  if (room === undefined) return
  const freed = room.before - room.after
  emit({ type: 'room', dropped: room.dropped.length, freed, holds: room.after, capacity })
  if (room.after > capacity)
    emit({ type: 'warning', failure: failure('fridge-over-capacity', { holds: room.after, capacity }) })
}

/** The parts of a build that its summary does not hold. */
interface Remembered {
  interrupted: boolean
  /** True where single variants were asked for. */
  isPart: boolean
  commit: SourceCommit | undefined
  failed: readonly JobFailure[]
}

/** Remembers the build, and what it looked at if all of it is good. */
function note(session: Session, summary: Summary, { interrupted, isPart, commit, failed: failures }: Remembered): void {
  const { fridge, configuration, request, scanner } = session
  const { jobs, fresh, cooked, reused, failed, blocked, ms, savedMs = 0, later = 0 } = summary
  fridge.begin()
  if (!request.warm) fridge.saveMemory()
  if (cooked + reused + failed + blocked > 0)
    fridge.builds.add({
      at: Date.now(),
      command: request.who.command,
      targets: request.targets,
      ...{ ms, jobs, fresh, cooked, reused, failed, blocked, savedMs },
      ...(interrupted && { interrupted }),
      ...(commit && { commit }),
      ...(failures.length > 0 && { failures }),
    })
  // A watch knows better than any remembered look, and the next chef plans once.
  const isSettled =
    !isPart && !madeReadsOf(session.plan, configuration).hasCircle() && !session.verdicts.hasRepeatedJobs()
  const given = !configuration.cache?.write || !fridge.outgoing.hasOutgoing()
  if (failed + blocked + later === 0 && !interrupted && !request.warm && given && isSettled) {
    fridge.objects.files.eachFolder((path) => scanner.folder(path))
    for (const link of fridge.links.all()) scanner.file(link.path)
    const variables = declaredVariables(configuration, fridge, (name) => request.environment[name])
    saveLook(
      fridge,
      signatureOf(configuration, request),
      { generation: fridge.generation(), jobs, shelves: shelfViews(session).map(asFresh), variables },
      scanner.looked,
    )
  }
  fridge.commit()
}

/** A shelf after a build without failures: what was cooked is as good as what was fresh before. */
function asFresh(shelf: ShelfView): ShelfView {
  return shelf.kind === 'result' ? { ...shelf, fresh: shelf.items, stale: 0, failed: 0 } : shelf
}

/** From recorded times, spread over the burners; nothing where a job has none. */
function expectation(
  verdicts: Verdicts,
  { kitchen: { burners } }: Configuration,
  wanted: ReadonlySet<JobId> | undefined,
): { expectedMs?: number } {
  let sum = 0
  for (const verdict of ['stale', 'maybe'] as const) {
    for (const job of verdicts.jobs(verdict)) {
      if (wanted?.has(job) === false) continue
      const ms = verdicts.priorMs(job)
      if (ms === undefined) return {}
      sum += ms
    }
  }
  return sum === 0 ? {} : { expectedMs: sum / burners }
}
