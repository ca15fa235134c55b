// The state machine of a build: an event comes in, the state is updated, and effects come out. It touches no disk, no
// clock and no process, so the same events always lead to the same effects.
//
//                  ┌─────────┐  last input done   ┌─────────┐ fresh, known
//   maybe ───────▶ │ waiting │ ─────────────────▶ │ judging │ ─────────────▶ fresh, reused
//                  └─────────┘                    └────┬────┘
//                    ▲  ▲  └── an input failed         │ stale
//   inputs lost:     │  │      ─▶ blocked              ▼
//   makers are ──────┘  │                         ┌───────────┐ same action as   ┌───────────┐ leader done
//   cooked again        └──────────────────────── │ examining │ ───────────────▶ │ following │ ───────────▶ reused
//                       ▲   stale ──────────────▶ └─────┬─────┘ an active job    └───────────┘
//                       │                               │
//                       │              ┌────────────────┤ no remote cache
//                       │              ▼ ask            ▼
//                       │         ┌────────┐ missed ┌───────┐  executor prepares   ┌──────┐
//                       │         │ remote │ ─────▶ │ ready │ ───────────────────▶ │ held │
//                       │         └───┬────┘        └───┬───┘                      └──┬───┘
//                       │    found ─▶ reused            │ a burner is free            │ a burner is free
//                       │                               ▼                             │
//                       │ inputs lost           ┌─────────────┐ ◀─────────────────────┘
//                       └────────────────────── │   running   │ ──┐ failed, may try again
//                                               └──┬───────┬──┘ ◀─┘
//                                        receipt   │       │ receipt comes later
//                                                  ▼       ▼
//                 failed ◀── not storable ─ ┌─────────┐  deferred
//              postponed ◀─ input changed ─ │         │
//                 cooked ◀───────────────── │ storing │
//                                           └─────────┘
//
//   fresh, reused and cooked are done. A done job goes back to examining when its results are lost and needed.
//   A job whose inputs changed on disk is blocked when its turn comes or its receipt is here.
//   Once the build is stopped nothing begins. A failure lets finish what runs, and an interruption ends it.
//   What is not done when the last cook has ended is blocked.
import { type JobId, jobIdOf } from '../plan/job-id.ts'
import type { BlockCause, BuildEffect, BuildEvent, FailureCause, FinalVerdict, StoredOutcome } from './build-events.ts'
import { type BuildState, countOf, growState, isJobDone, type JobPhase, jobsIn, move, phaseOf } from './build-state.ts'
import type { BuildPlan } from './build-plan.ts'

/** After this many losses, assume that the job deletes its own inputs, and fail it. */
const mostLosses = 3

export function react(build: BuildState, event: BuildEvent): BuildEffect[] {
  handle(build, event)
  beginJobs(build)
  finish(build)
  const { effects } = build
  build.effects = []
  return effects
}

function handle(build: BuildState, event: BuildEvent): void {
  switch (event.type) {
    case 'started':
      return start(build)
    case 'results-lost':
      if (!build.isStarted) start(build)
      return cookAgain(build, event.jobs)
    case 'judged':
      return judged(build, event.job, event.verdict)
    case 'examined':
      return examined(build, event.job, event)
    case 'looked-up':
      return lookedUp(build, event.job, event.found)
    case 'inputs-lost':
      return inputsLost(build, event.job, event)
    case 'returned':
      return returned(build, event.job, event)
    case 'deferred':
      return deferred(build, event.job)
    case 'stored':
      return stored(build, event.job, event.outcome)
    case 'invalidated':
      return invalidated(build, event.jobs)
    case 'grown':
      return grown(build, event.plan)
    case 'interrupted':
      return stop(build, 'interrupted')
  }
}

function start(build: BuildState): void {
  build.isStarted = true
  leaveUnwanted(build)
  leaveSettled(build)
  leaveToNextRound(build)
  take(build, 0)
}

/** Jobs that become known while the build runs begin as all others did. */
function grown(build: BuildState, plan: BuildPlan): void {
  build.isFinished = false
  const first = growState(build, plan)
  take(build, first)
  for (let number = first; number < plan.jobs; number++) {
    const job = jobIdOf(number)
    if (phaseOf(build, job) === 'waiting') endWithInputs(build, job)
  }
}

/** A job whose input has ended without a result before it was known ends as its input did. */
function endWithInputs(build: BuildState, job: JobId): void {
  let blocker: JobId | undefined
  let isPostponed = false
  let isUnwanted = false
  build.plan.eachInput(job, (maker) => {
    const phase = phaseOf(build, maker)
    if (phase === 'failed' || phase === 'blocked') blocker ??= maker
    isPostponed ||= phase === 'postponed'
    isUnwanted ||= phase === 'unwanted'
  })
  if (blocker !== undefined) block(build, job, { kind: 'blocked-by', job: blocker })
  else if (isPostponed) move(build, job, 'postponed')
  else if (isUnwanted) move(build, job, 'unwanted')
}

/** Takes up the jobs from this one on by their verdicts. */
function take(build: BuildState, first: number): void {
  const known: JobId[] = []
  const stale: JobId[] = []
  for (let number = first; number < build.plan.jobs; number++) {
    const job = jobIdOf(number)
    if (phaseOf(build, job) !== 'waiting') continue
    const verdict = build.plan.verdictOf(job)
    if (verdict === 'fresh') move(build, job, 'fresh')
    else if (verdict === 'known') known.push(job)
    else if (verdict === 'stale') stale.push(job)
  }
  if (known.length > 0) build.effects.push({ type: 'reuse', jobs: known })
  for (const job of known) move(build, job, 'reused')
  examine(build, stale)
  const free = [...jobsIn(build, 'waiting')].filter((job) => build.lacks.get(job) === 0)
  for (const job of free) move(build, job, 'judging')
  if (free.length > 0) build.effects.push({ type: 'judge', jobs: free })
}

function leaveUnwanted(build: BuildState): void {
  const { wanted } = build.rules
  if (wanted === undefined) return
  for (let number = 0; number < build.plan.jobs; number++)
    if (!wanted.has(jobIdOf(number))) move(build, jobIdOf(number), 'unwanted')
}

/** Earlier rounds told of the jobs that failed there, but not of all that this round would have cooked. */
function leaveSettled(build: BuildState): void {
  const { settled, deprived } = build.rules
  for (const [job, phase] of settled) if (phaseOf(build, job) === 'waiting') move(build, job, phase)
  for (const phase of ['failed', 'blocked'] as const)
    for (const [job, one] of settled) if (one === phase) blockReaders(build, job)
  for (const [job, maker] of deprived) if (isOpen(build, job)) block(build, job, { kind: 'blocked-by', job: maker })
}

function isOpen(build: BuildState, job: JobId): boolean {
  return phaseOf(build, job) === 'waiting' && build.plan.verdictOf(job) !== 'fresh'
}

/** Postpones the jobs that read what others make, and with each all jobs that wait for it. Fresh ones stay as they are. */
function leaveToNextRound(build: BuildState): void {
  const jobs = new Set([...build.rules.behind].filter((job) => isOpen(build, job)))
  for (const job of jobs) {
    move(build, job, 'postponed')
    build.plan.eachReader(job, (reader) => {
      if (isOpen(build, reader)) jobs.add(reader)
    })
  }
}

function judged(build: BuildState, job: JobId, verdict: FinalVerdict): void {
  if (verdict === 'stale') {
    examine(build, [job])
    return
  }
  build.effects.push(verdict === 'fresh' ? { type: 'report-fresh', job } : { type: 'reuse', jobs: [job] })
  move(build, job, verdict === 'fresh' ? 'fresh' : 'reused')
  release(build, [job])
}

function examine(build: BuildState, jobs: readonly JobId[]): void {
  for (const job of jobs) move(build, job, 'examining')
  if (jobs.length > 0) build.effects.push({ type: 'examine', jobs })
}

function examined(build: BuildState, job: JobId, { action, lost }: { action: string; lost: readonly JobId[] }): void {
  // A loss too many is left to be found by the cook, which can name what is gone.
  if (lost.length > 0 && countLoss(build, job) <= mostLosses) waitForMakers(build, job, lost)
  else if (build.groups.join(job, action)) lead(build, job)
  else move(build, job, 'following')
}

/** The first job of an action: the remote cache is asked, then it joins the queue. */
function lead(build: BuildState, job: JobId): void {
  if (!build.rules.remote || build.stopped !== undefined) {
    makeReady(build, job)
    return
  }
  move(build, job, 'remote')
  build.effects.push({ type: 'look-up', job })
}

function makeReady(build: BuildState, job: JobId): void {
  move(build, job, 'ready')
  build.scheduler.offer(job, build.plan.takes(job))
}

function lookedUp(build: BuildState, job: JobId, found: boolean): void {
  if (build.stopped === undefined && isInvalidated(build, job)) blockInvalidated(build, job)
  else if (build.stopped === undefined && found) {
    build.effects.push({ type: 'accept', job })
    share(build, job, 'reused')
  } else makeReady(build, job)
}

function countLoss({ losses }: BuildState, job: JobId): number {
  const count = (losses.get(job) ?? 0) + 1
  losses.set(job, count)
  return count
}

/** The job waits until the makers of what it lost are done again. */
function waitForMakers(build: BuildState, job: JobId, makers: readonly JobId[]): void {
  move(build, job, 'waiting')
  cookAgain(build, makers)
  const ended = makers.find((maker) => ['failed', 'blocked'].includes(phaseOf(build, maker)))
  if (ended !== undefined) block(build, job, { kind: 'blocked-by', job: ended })
}

/** Results that were there are needed again. */
function cookAgain(build: BuildState, jobs: Iterable<JobId>): void {
  build.isFinished = false
  const lost = [...jobs].filter((job) => isJobDone(build, job))
  for (const job of lost) {
    build.recooked.add(job)
    build.effects.push({ type: 'recook', job })
  }
  examine(build, lost)
}

/** Begins what fits. Waits until every question is answered, so that the best of all ready jobs is chosen. */
function beginJobs(build: BuildState): void {
  const { scheduler, plan, rules } = build
  if (countOf(build, 'judging') + countOf(build, 'examining') + countOf(build, 'storing') > 0) return
  while (build.stopped === undefined) {
    const held = scheduler.begin()
    if (held !== undefined) {
      move(build, held, 'running')
      build.effects.push({ type: 'begin', job: held })
      continue
    }
    const job = scheduler.take()
    if (job === undefined) break
    cook(build, job, 'running')
  }
  while (build.stopped === undefined && scheduler.ahead < rules.ahead) {
    const job = scheduler.takeAhead((one) => (build.kinds.get(plan.holdingKind(one) ?? -1) ?? 0) > 0)
    if (job === undefined) break
    cook(build, job, 'held')
  }
}

function cook(build: BuildState, job: JobId, phase: 'running' | 'held'): void {
  if (isInvalidated(build, job)) {
    build.scheduler.release(job)
    blockInvalidated(build, job)
    return
  }
  move(build, job, phase)
  build.attempts.set(job, 1)
  countKind(build, job, 1)
  build.effects.push({ type: 'cook', job, attempt: 1, held: phase === 'held' })
}

/** The executor has the job no longer. */
function leaveExecutor(build: BuildState, job: JobId): void {
  build.attempts.delete(job)
  countKind(build, job, -1)
  build.scheduler.release(job)
}

function countKind({ plan, kinds }: BuildState, job: JobId, sign: number): void {
  const kind = plan.holdingKind(job)
  if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + sign)
}

function inputsLost(
  build: BuildState,
  job: JobId,
  { makers, content }: { makers: readonly JobId[]; content: string },
): void {
  leaveExecutor(build, job)
  if (countLoss(build, job) > mostLosses || makers.length === 0) {
    failed(build, job, { kind: 'inputs-lost', content })
    return
  }
  const next = build.groups.succeed(job)
  waitForMakers(build, job, makers)
  if (next !== undefined) makeReady(build, next)
}

function returned(
  build: BuildState,
  job: JobId,
  { ok, overwrote }: { ok: boolean; overwrote: string | undefined },
): void {
  const attempt = build.attempts.get(job) ?? 1
  if (overwrote === undefined && !isInvalidated(build, job)) {
    if (!ok && build.stopped === undefined && attempt <= build.plan.retries(job)) {
      build.attempts.set(job, attempt + 1)
      // A job that was held is held again: it never had a burner of its own.
      build.effects.push({ type: 'retry', job, attempt: attempt + 1, held: phaseOf(build, job) === 'held' })
      return
    }
    if (ok || !isCancelled(build, job)) {
      move(build, job, 'storing')
      build.effects.push({ type: 'store', job })
      return
    }
  }
  build.effects.push({ type: 'discard', job })
  leaveExecutor(build, job)
  if (overwrote !== undefined) failed(build, job, { kind: 'overwrote', input: overwrote })
  else if (isInvalidated(build, job)) blockInvalidated(build, job)
  // A cancelled cook says nothing about its step.
  else leave(build, [job], causeOfStop(build))
}

function deferred(build: BuildState, job: JobId): void {
  leaveExecutor(build, job)
  for (const one of [job, ...build.groups.dissolve(job)]) move(build, one, 'deferred')
  build.effects.push({ type: 'report-deferred', job })
}

function cooked(build: BuildState, job: JobId): void {
  leaveExecutor(build, job)
  share(build, job, 'cooked')
}

function stored(build: BuildState, job: JobId, outcome: StoredOutcome): void {
  if (outcome.kind === 'cooked') cooked(build, job)
  else if (outcome.kind === 'changed' && build.rules.mayPostpone && build.stopped === undefined)
    postpone(build, job, outcome.input)
  else failed(build, job, { kind: 'receipt' })
}

/** Leaves a job whose inputs changed to the next round of the build, with every job that waits for it. */
function postpone(build: BuildState, first: JobId, input: string): void {
  leaveExecutor(build, first)
  build.changedInputs.add(input)
  const jobs = [first, ...build.groups.dissolve(first)]
  for (const job of jobs) move(build, job, 'postponed')
  for (const job of jobs) {
    build.plan.eachReader(job, (reader) => {
      if (phaseOf(build, reader) !== 'waiting') return
      move(build, reader, 'postponed')
      jobs.push(reader)
    })
  }
}

/** The leader of an action is done, and its followers with it. */
function share(build: BuildState, leader: JobId, phase: JobPhase): void {
  const followers = build.groups.dissolve(leader)
  if (followers.length > 0) build.effects.push({ type: 'reuse', jobs: followers, cookedAs: leader })
  for (const job of followers) move(build, job, 'reused')
  move(build, leader, phase)
  release(build, [leader, ...followers])
}

/** Asks for verdicts on the readers that waited for these jobs and now lack nothing. */
function release(build: BuildState, done: readonly JobId[]): void {
  const free: JobId[] = []
  const needed: JobId[] = []
  for (const job of done) {
    build.recooked.delete(job)
    build.plan.eachReader(job, (reader) => {
      if (phaseOf(build, reader) !== 'waiting' || build.lacks.get(reader) !== 0) return
      // A verdict would say that it is fresh.
      const isNeeded = build.recooked.has(reader)
      move(build, reader, isNeeded ? 'examining' : 'judging')
      ;(isNeeded ? needed : free).push(reader)
    })
  }
  if (needed.length > 0) build.effects.push({ type: 'examine', jobs: needed })
  if (free.length > 0) build.effects.push({ type: 'judge', jobs: free })
}

function failed(build: BuildState, job: JobId, cause: FailureCause): void {
  // A job that failed before it began has left the executor already.
  if (build.attempts.has(job)) leaveExecutor(build, job)
  const jobs = [job, ...build.groups.dissolve(job)]
  for (const one of jobs) move(build, one, 'failed')
  build.effects.push({ type: 'fail', jobs, cause })
  for (const one of jobs) blockReaders(build, one)
  const { keepGoing, mostFailures } = build.rules
  if (!keepGoing || countOf(build, 'failed') >= mostFailures) stop(build, 'failed')
}

function leave(build: BuildState, jobs: readonly JobId[], cause: BlockCause): void {
  for (const job of jobs) move(build, job, 'blocked')
  if (jobs.length > 0) build.effects.push({ type: 'block', jobs, cause })
}

function block(build: BuildState, job: JobId, cause: BlockCause): void {
  leave(build, [job], cause)
  blockReaders(build, job)
}

/** Blocks every job that waits for this one, directly or through others. */
function blockReaders(build: BuildState, first: JobId): void {
  const blockers = [first]
  for (const job of blockers) {
    build.plan.eachReader(job, (reader) => {
      if (phaseOf(build, reader) !== 'waiting') return
      move(build, reader, 'blocked')
      blockers.push(reader)
    })
  }
  const jobs = blockers.slice(1)
  if (jobs.length > 0) build.effects.push({ type: 'block', jobs, cause: { kind: 'blocked-by', job: first } })
}

function isInvalidated({ invalidated: inputs }: BuildState, job: JobId): boolean {
  return inputs.has(job)
}

/** The job is left to the next build. Jobs of the same action whose own inputs did not change go on. */
function blockInvalidated(build: BuildState, job: JobId): void {
  const next = build.groups.succeed(job)
  block(build, job, { kind: 'input-changed', input: build.invalidated.get(job) ?? '' })
  if (next !== undefined) lead(build, next)
}

function invalidated(build: BuildState, jobs: ReadonlyMap<JobId, string>): void {
  for (const [job, input] of jobs) {
    if (build.invalidated.has(job)) continue
    build.invalidated.set(job, input)
    if (build.attempts.has(job)) build.effects.push({ type: 'cancel', job })
  }
}

function stop(build: BuildState, why: 'failed' | 'interrupted'): void {
  if (build.stopped === 'interrupted' || build.stopped === why) return
  build.stopped = why
  for (const job of build.attempts.keys()) if (isCancelled(build, job)) build.effects.push({ type: 'cancel', job })
}

/** An interruption ends everything, a failure only what is held and has not begun. */
function isCancelled(build: BuildState, job: JobId): boolean {
  return build.stopped === 'interrupted' || (build.stopped === 'failed' && phaseOf(build, job) === 'held')
}

function causeOfStop({ stopped }: BuildState): BlockCause {
  return { kind: stopped === 'interrupted' ? 'interrupted' : 'cancelled' }
}

const activePhases: readonly JobPhase[] = ['judging', 'examining', 'remote', 'held', 'running', 'storing']

/** The build is over when nothing is on its way. */
function finish(build: BuildState): void {
  if (!build.isStarted || build.isFinished) return
  if (activePhases.some((phase) => countOf(build, phase) > 0)) return
  build.isFinished = true
  const [input] = build.changedInputs
  // A build that stopped has no other round.
  if (build.stopped !== undefined) {
    const cause: BlockCause = input === undefined ? causeOfStop(build) : { kind: 'input-changed', input }
    leave(build, [...jobsIn(build, 'postponed')], cause)
  }
  if (build.stopped !== undefined) {
    for (const phase of ['ready', 'following', 'waiting'] as const)
      leave(build, [...jobsIn(build, phase)], causeOfStop(build))
  }
  build.effects.push({ type: 'finish' })
}
