// The state of a running build: the phase of every job, and the counts that follow from the phases.
import { Int32Column } from '../base/number-columns.ts'
import { type JobId, jobIdOf, jobIds } from '../plan/job-id.ts'
import { ActionGroups } from './action-groups.ts'
import type { BuildEffect } from './build-events.ts'
import type { BuildPlan } from './build-plan.ts'
import { type Capacity, Scheduler } from './scheduler.ts'

const phases = [
  /** An input is not done. */
  'waiting',
  /** All inputs are done: a verdict is asked for. */
  'judging',
  /** It must be cooked: its action is asked for, and whether the bytes of its inputs are here. */
  'examining',
  /** A job of the same action is cooked, and will share its result. */
  'following',
  /** The remote cache is asked for its action. */
  'remote',
  /** In the queue of the scheduler. */
  'ready',
  /** The executor has it, and begins it when a burner is free. */
  'held',
  'running',
  /** The receipt is here, and its outputs are being stored. */
  'storing',
  /** Done, because nothing changed. */
  'fresh',
  /** Done, by the result of a known action. */
  'reused',
  /** Done, by a cook of this build. */
  'cooked',
  'failed',
  /** Not cooked, and not going to be in this build. */
  'blocked',
  /** Its receipt comes after this build. */
  'deferred',
  /** Nobody asked for it in this build: it stays as it is. */
  'unwanted',
  /** Left to the next round of this build: a file changed while it was read, or something it reads is still made. */
  'postponed',
] as const
export type JobPhase = (typeof phases)[number]

const codes = new Map<JobPhase, number>(phases.map((phase, code) => [phase, code]))

function isDone(phase: JobPhase): boolean {
  return phase === 'fresh' || phase === 'reused' || phase === 'cooked'
}

export interface BuildRules {
  capacity: Capacity
  keepGoing: boolean
  /** With `keepGoing`: the build stops when so many have failed. */
  mostFailures: number
  /** The number of jobs that the executor holds ahead of free burners. */
  ahead: number
  /** True: a remote cache is asked before a job is cooked. */
  remote: boolean
  /** True: the build has another round for jobs whose inputs changed while they were cooked. */
  mayPostpone: boolean
  /** Jobs that wait for the next round, because they read what a job of this round makes without declaring it. */
  behind: ReadonlySet<JobId>
  /** Undefined: every job is wanted. Otherwise it holds the makers of each job in it, too. */
  wanted: ReadonlySet<JobId> | undefined
  /** Jobs that ended badly in an earlier round, which has told of them. */
  settled: ReadonlyMap<JobId, SettledPhase>
  /** Jobs that read what such a job would have made without declaring it, with that job. */
  deprived: ReadonlyMap<JobId, JobId>
}

export type SettledPhase = 'failed' | 'blocked'

/** Updated in place by `react` alone. */
export interface BuildState {
  plan: BuildPlan
  rules: BuildRules
  phases: Uint8Array
  readonly counts: Int32Column
  /** For each job, how many of its inputs are not done; an input counts as often as it is read. */
  lacks: Int32Column
  /** For each job with intermediate results, how many of its readers are not done. */
  openReaders: Int32Column | undefined
  readonly scheduler: Scheduler<JobId>
  readonly groups: ActionGroups
  /** Attempts of the jobs that are with the executor. */
  readonly attempts: Map<JobId, number>
  /** The number of jobs of each kind that the executor has. */
  readonly kinds: Map<number, number>
  /** Finished jobs that are cooked again because their results are gone. */
  readonly recooked: Set<JobId>
  /** The number of times that inputs of a job were found lost. */
  readonly losses: Map<JobId, number>
  readonly invalidated: Map<JobId, string>
  /** Files that changed while a job read them, which was postponed for that. */
  readonly changedInputs: Set<string>
  stopped: 'failed' | 'interrupted' | undefined
  isStarted: boolean
  isFinished: boolean
  /** Asked for by the event that is being handled. */
  effects: BuildEffect[]
}

export function newBuildState(plan: BuildPlan, rules: BuildRules): BuildState {
  const counts = Int32Column.zeros(phases.length)
  counts.add(codeOf('waiting'), plan.jobs)
  const { lacks, openReaders } = openEdges(plan, () => false)
  return {
    plan,
    rules,
    phases: new Uint8Array(plan.jobs),
    counts,
    lacks,
    openReaders,
    scheduler: new Scheduler(rules.capacity, plan.priority),
    groups: new ActionGroups(),
    attempts: new Map(),
    kinds: new Map(),
    recooked: new Set(),
    losses: new Map(),
    invalidated: new Map(),
    changedInputs: new Set(),
    stopped: undefined,
    isStarted: false,
    isFinished: false,
    effects: [],
  }
}

/** Counts, for each job, the inputs and the readers that are not done. */
function openEdges(plan: BuildPlan, isDone: (job: JobId) => boolean): Pick<BuildState, 'lacks' | 'openReaders'> {
  const lacks = Int32Column.zeros(plan.jobs)
  const openReaders = plan.hasIntermediates ? Int32Column.zeros(plan.jobs) : undefined
  for (let number = 0; number < plan.jobs; number++) {
    const job = jobIdOf(number)
    const isOpen = !isDone(job)
    plan.eachInput(job, (maker) => {
      if (!isDone(maker)) lacks.add(job, 1)
      if (isOpen) openReaders?.add(maker, 1)
    })
  }
  return { lacks, openReaders }
}

/** Takes up a plan that has grown: its new jobs wait, and what nobody reads any more is released. Returns the first of them. */
export function growState(build: BuildState, plan: BuildPlan): number {
  const first = build.phases.length
  const grown = new Uint8Array(plan.jobs)
  grown.set(build.phases)
  build.plan = plan
  build.phases = grown
  build.counts.add(codeOf('waiting'), plan.jobs - first)
  Object.assign(
    build,
    openEdges(plan, (job) => isJobDone(build, job)),
  )
  build.scheduler.prioritize(plan.priority)
  for (const job of jobIds(first)) {
    const isOver = plan.isIntermediate(job) && isJobDone(build, job) && build.openReaders?.get(job) === 0
    if (isOver) build.effects.push({ type: 'release-results', job })
  }
  return first
}

export function phaseOf({ phases: codesOfJobs }: BuildState, job: JobId): JobPhase {
  return phases[codesOfJobs[job] ?? 0] ?? 'waiting'
}

export function isJobDone(build: BuildState, job: JobId): boolean {
  return isDone(phaseOf(build, job))
}

export function countOf({ counts }: BuildState, phase: JobPhase): number {
  return counts.get(codeOf(phase))
}

/** The jobs in a phase, by number. */
export function* jobsIn(build: BuildState, phase: JobPhase): Iterable<JobId> {
  if (countOf(build, phase) === 0) return
  const code = codeOf(phase)
  for (let job = 0; job < build.plan.jobs; job++) if (build.phases[job] === code) yield jobIdOf(job)
}

/** Moves a job to another phase, and keeps every count right. Nothing else writes to `phases`. */
export function move(build: BuildState, job: JobId, to: JobPhase): void {
  const from = phaseOf(build, job)
  build.phases[job] = codeOf(to)
  build.counts.add(codeOf(from), -1)
  build.counts.add(codeOf(to), 1)
  if (isDone(from) === isDone(to)) return
  const lacking = isDone(to) ? -1 : 1
  build.plan.eachReader(job, (reader) => build.lacks.add(reader, lacking))
  if (build.openReaders !== undefined) countReader(build, build.openReaders, job, lacking)
}

/** Intermediate results are released when the last reader is done, and retained when one is cooked again. */
function countReader(build: BuildState, openReaders: Int32Column, reader: JobId, sign: number): void {
  const { plan, effects } = build
  plan.eachInput(reader, (maker) => {
    if (!plan.isIntermediate(maker)) return
    openReaders.add(maker, sign)
    const open = openReaders.get(maker)
    if (sign < 0 && open === 0 && isJobDone(build, maker)) effects.push({ type: 'release-results', job: maker })
    else if (sign > 0 && open === 1) effects.push({ type: 'retain-results', job: maker })
  })
  if (sign < 0 && plan.isIntermediate(reader) && openReaders.get(reader) === 0)
    effects.push({ type: 'release-results', job: reader })
}

function codeOf(phase: JobPhase): number {
  return codes.get(phase) ?? 0
}
