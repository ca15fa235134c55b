// A world for the build machine: a random graph of jobs, a fridge, an executor and a remote cache as plain data. It
// carries out every effect, answers with events in a random order, and checks after each that nothing drifted.
import { react } from '../../src/execution/build-machine.ts'
import type { BuildEffect, BuildEvent, FinalVerdict } from '../../src/execution/build-events.ts'
import {
  type BuildRules,
  type BuildState,
  countOf,
  type JobPhase,
  newBuildState,
  phaseOf,
} from '../../src/execution/build-state.ts'
import type { BuildPlan } from '../../src/execution/build-plan.ts'
import type { Verdict } from '../../src/freshness/job-verdicts.ts'
import { type JobId, jobIdOf } from '../../src/plan/job-id.ts'

export function numbered(jobs: readonly Job[]): [JobId, Job][] {
  return jobs.map((job, number) => [jobIdOf(number), job])
}

export type Random = (below: number) => number

/** Mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export interface Job {
  command: string
  /** Jobs that it reads; one may stand there twice. */
  inputs: JobId[]
  retries: number
  intermediate: boolean
  takes: number
  mayBeHeld: boolean
}

/** How likely something goes wrong at each turn, in hundredths. */
export interface Faults {
  failing: number
  losing: number
  deferring: number
  invalidating: number
  interrupting: number
  overwriting: number
  storing: number
  /** A file changes while a cook reads it. */
  changing: number
}

export interface Setting {
  jobs: Job[]
  rules: BuildRules
  /** Actions that the fridge knows, and for each job the action behind it. */
  known: Set<string>
  former: (string | undefined)[]
  remote: Set<string>
  /** For each action: how many attempts fail. */
  failures: Map<string, number>
  /** Contents whose bytes are in the fridge. */
  bytes: Set<string>
  faults: Faults
}

/** What a command makes of what it reads. A third of all commands look at nothing, so that changes stop there. */
export function contentFrom(action: string): string {
  return action.startsWith('constant') ? action.slice(0, action.indexOf('(')) : `<${action}>`
}

export function actionOf({ command }: Job, inputs: readonly string[]): string {
  return `${command}(${inputs.join(',')})`
}

type Told = 'cooked' | 'reused' | 'fresh' | 'failed' | 'blocked' | 'deferred'

const active: JobPhase[] = ['judging', 'examining', 'remote', 'ready', 'held', 'running', 'storing', 'following']
const done = new Set<JobPhase>(['fresh', 'reused', 'cooked'])

export class World {
  readonly setting: Setting
  readonly build: BuildState
  /** The content of each job's result, once it is known. */
  readonly contents: (string | undefined)[]
  /** What was told last of each job, and how often something was. */
  readonly told: (Told | undefined)[]
  readonly timesTold: number[]
  readonly timesRecooked: number[]
  readonly cooks: string[] = []
  readonly blockedBecause = new Map<JobId, string>()
  /** Jobs that are with the executor, with the attempt. */
  readonly #executor = new Map<JobId, { attempt: number; held: boolean; action: string; cancelled: boolean }>()
  readonly #lookedUp = new Set<JobId>()
  readonly #receipts = new Map<JobId, { ok: boolean; attempt: number }>()
  readonly #failedAttempts = new Map<string, number>()
  readonly #released = new Set<JobId>()
  readonly #invalidated = new Set<JobId>()
  readonly #random: Random
  readonly #verdicts: Verdict[] = []
  #effects: BuildEffect[] = []
  #performing = false
  interrupted = false
  finished = 0

  constructor(setting: Setting, random: Random) {
    this.setting = setting
    this.#random = random
    this.build = newBuildState(
      planOf(setting.jobs, (job) => this.verdictBefore(job)),
      setting.rules,
    )
    this.contents = setting.jobs.map(() => undefined)
    this.told = setting.jobs.map(() => undefined)
    this.timesTold = setting.jobs.map(() => 0)
    this.timesRecooked = setting.jobs.map(() => 0)
    for (const [job] of numbered(setting.jobs)) this.#verdicts[job] = this.#judge(job)
  }

  get released(): ReadonlySet<JobId> {
    return this.#released
  }

  get invalidated(): ReadonlySet<JobId> {
    return this.#invalidated
  }

  verdictBefore(job: JobId): Verdict {
    return this.#verdicts[job] ?? 'maybe'
  }

  /** Runs until the build has finished, and once more where results are found lost afterwards. */
  run(): void {
    if (this.#hits(this.setting.faults.interrupting)) this.#interrupt()
    for (const [job] of numbered(this.setting.jobs)) if (this.verdictBefore(job) === 'fresh') this.#tell(job, 'fresh')
    // Where nothing is to be cooked, a build may begin with a result that is found damaged.
    const begins = this.#verdicts.some((verdict) => verdict !== 'fresh') || this.#random(2) === 0
    if (begins) this.#runFrom({ type: 'started' })
    const lost = this.#mayLoseLater() ? this.#doneJobs().filter(() => this.#random(4) === 0) : []
    if (lost.length === 0 && begins) return
    for (const job of lost) this.setting.bytes.delete(this.contents[job] ?? '')
    this.#runFrom({ type: 'results-lost', jobs: lost })
  }

  #mayLoseLater(): boolean {
    const { interrupting, losing } = this.setting.faults
    return losing > 0 && interrupting === 0 && !this.told.includes('failed') && !this.told.includes('deferred')
  }

  #doneJobs(): JobId[] {
    return numbered(this.setting.jobs).flatMap(([job, { intermediate }]) =>
      !intermediate && this.#wasDone(job) ? [job] : [],
    )
  }

  #runFrom(first: BuildEvent): void {
    this.finished = 0
    this.#send(first)
    this.#untilFinished()
  }

  #untilFinished(): void {
    for (let turns = 0; this.finished === 0; turns++) {
      if (turns > 5000) throw new Error('the build does not end')
      this.#meddle()
      if (this.finished > 0) return
      const running = [...this.#executor.keys()].filter((job) => this.#mayReturn(job))
      const choices = [...running, ...this.#lookedUp]
      const job = choices[this.#random(choices.length)]
      if (job === undefined) throw new Error('nothing is on its way, and the build has not finished')
      if (this.#lookedUp.has(job)) this.#answerLookUp(job)
      else this.#return(job)
    }
  }

  /** An executor may begin a held job by itself. */
  #mayReturn(job: JobId): boolean {
    return this.#executor.get(job)?.held !== true || this.#random(2) === 0 || this.#executor.size === this.#heldCount()
  }

  #heldCount(): number {
    return [...this.#executor.values()].filter(({ held }) => held).length
  }

  #hits(hundredths: number): boolean {
    return this.#random(100) < hundredths
  }

  #meddle(): void {
    const { losing, invalidating, interrupting } = this.setting.faults
    if (this.#hits(interrupting)) this.#interrupt()
    if (this.#hits(invalidating)) {
      const first = jobIdOf(this.#random(this.setting.jobs.length))
      const jobs = new Map([[first, 'a file']])
      for (const [job, { inputs }] of numbered(this.setting.jobs))
        if (inputs.some((input) => jobs.has(input))) jobs.set(job, 'a file')
      for (const job of jobs.keys()) this.#invalidated.add(job)
      this.#send({ type: 'invalidated', jobs })
    }
    if (this.#hits(losing)) {
      const bytes = [...this.setting.bytes]
      this.setting.bytes.delete(bytes[this.#random(bytes.length)] ?? '')
    }
    // The driver drops released results when it likes.
    for (const job of this.#released) if (this.#random(3) === 0) this.#drop(job)
  }

  #drop(job: JobId): void {
    const content = this.contents[job] ?? ''
    const isUsedElsewhere = numbered(this.setting.jobs).some(
      ([other]) => other !== job && this.contents[other] === content && !this.#released.has(other),
    )
    if (!isUsedElsewhere) this.setting.bytes.delete(content)
  }

  #interrupt(): void {
    this.interrupted = true
    this.#send({ type: 'interrupted' })
  }

  #answerLookUp(job: JobId): void {
    this.#lookedUp.delete(job)
    this.#send({ type: 'looked-up', job, found: this.setting.remote.has(this.#action(job) ?? '') })
  }

  #return(job: JobId): void {
    const cook = this.#executor.get(job)
    if (cook === undefined) throw new Error('a receipt for nobody')
    this.#executor.delete(job)
    const { deferring, overwriting } = this.setting.faults
    if (this.#hits(deferring)) {
      this.#send({ type: 'deferred', job })
      return
    }
    const ok = !cook.cancelled && !this.#fails(cook.action)
    this.#receipts.set(job, { ok, attempt: cook.attempt })
    this.#send({ type: 'returned', job, ok, overwrote: this.#hits(overwriting) ? 'x' : undefined })
  }

  #fails(action: string): boolean {
    const count = this.#failedAttempts.get(action) ?? 0
    if (count >= (this.setting.failures.get(action) ?? 0)) return false
    this.#failedAttempts.set(action, count + 1)
    return true
  }

  #send(event: BuildEvent): void {
    const effects = react(this.build, event)
    const open = countOf(this.build, 'judging') + countOf(this.build, 'examining')
    if (open > 0 && effects.some(({ type }) => type === 'cook')) throw new Error('a job begins before all are judged')
    this.#effects.push(...effects)
    if (this.#performing) return
    this.#performing = true
    for (let effect = this.#effects.shift(); effect !== undefined; effect = this.#effects.shift()) this.#perform(effect)
    this.#performing = false
    this.#check()
  }

  #perform(effect: BuildEffect): void {
    const { jobs, known, rules } = this.setting
    switch (effect.type) {
      case 'judge':
        for (const job of effect.jobs) this.#send({ type: 'judged', job, verdict: this.#judgeKnown(job) })
        return
      case 'examine':
        for (const job of effect.jobs) {
          const lost = this.#lostInputs(job).filter((input) => jobs[input]?.intermediate)
          this.#send({ type: 'examined', job, action: this.#action(job) ?? '', lost })
        }
        return
      case 'look-up':
        if (!rules.remote) throw new Error('no remote cache')
        this.#lookedUp.add(effect.job)
        return
      case 'accept':
        this.#keep(effect.job, 'reused')
        return
      case 'cook': {
        const { job, attempt, held } = effect
        if (this.#executor.has(job)) throw new Error(`job ${job} is cooked twice at once`)
        this.#cook(job, attempt, held)
        return
      }
      case 'begin': {
        const cook = this.#executor.get(effect.job)
        if (cook) cook.held = false
        return
      }
      case 'cancel': {
        const cook = this.#executor.get(effect.job)
        if (cook && !cook.held && !this.interrupted && !this.#invalidated.has(effect.job))
          throw new Error(`job ${effect.job} is ended because of another one`)
        if (cook) cook.cancelled = true
        return
      }
      case 'retry':
        this.#cook(effect.job, effect.attempt, effect.held)
        return
      case 'store': {
        const { job } = effect
        const action = this.#action(job) ?? ''
        const receipt = this.#receipts.get(job)
        if (receipt === undefined) throw new Error(`job ${job} has no receipt`)
        // After a failure elsewhere nothing is tried again.
        if (!receipt.ok && this.build.stopped === undefined && receipt.attempt <= (jobs[job]?.retries ?? 0))
          throw new Error(`job ${job} failed before its last attempt`)
        const ok = receipt.ok && !this.#hits(this.setting.faults.storing)
        if (ok && this.#hits(this.setting.faults.changing)) {
          this.#send({ type: 'stored', job, outcome: { kind: 'changed', input: 'a file' } })
          return
        }
        if (ok) {
          this.#keep(job, 'cooked')
          this.cooks.push(action)
        }
        this.#send({ type: 'stored', job, outcome: { kind: ok ? 'cooked' : 'failed' } })
        return
      }
      case 'discard':
        return
      case 'reuse':
        for (const job of effect.jobs) {
          const action = this.#action(job) ?? ''
          if (!known.has(action)) throw new Error(`the action of job ${job} is not known`)
          if (effect.cookedAs !== undefined && this.#action(effect.cookedAs) !== action)
            throw new Error(`job ${job} gets the result of another action`)
          this.contents[job] = contentFrom(action)
          this.#tell(job, 'reused')
        }
        return
      case 'report-fresh':
        this.#tell(effect.job, 'fresh')
        return
      case 'fail':
        for (const job of effect.jobs) this.#tell(job, 'failed')
        return
      case 'block':
        for (const job of effect.jobs) {
          this.blockedBecause.set(job, effect.cause.kind)
          this.#tell(job, 'blocked')
        }
        return
      case 'report-deferred':
        for (const [job] of numbered(jobs))
          if (phaseOf(this.build, job) === 'deferred' && this.told[job] === undefined) this.#tell(job, 'deferred')
        return
      case 'recook':
        if (!this.#wasDone(effect.job)) throw new Error(`job ${effect.job} was never done`)
        this.told[effect.job] = undefined
        this.timesRecooked[effect.job] = (this.timesRecooked[effect.job] ?? 0) + 1
        return
      case 'release-results':
        this.#released.add(effect.job)
        return
      case 'retain-results':
        this.#released.delete(effect.job)
        return
      case 'finish':
        this.finished++
        if (this.#executor.size + this.#lookedUp.size > 0) throw new Error('finished while a cook is on its way')
    }
  }

  #cook(job: JobId, attempt: number, held: boolean): void {
    const { jobs, rules } = this.setting
    if (this.#invalidated.has(job)) throw new Error(`job ${job} is cooked though its inputs changed`)
    const content = this.#lostInputs(job)
    if (content.length > 0) {
      this.#send({ type: 'inputs-lost', job, content: String(content[0]), makers: content })
      return
    }
    for (const input of jobs[job]?.inputs ?? [])
      if (this.contents[input] === undefined) throw new Error(`job ${job} is cooked before ${input}`)
    const action = this.#action(job) ?? ''
    for (const [other, cook] of this.#executor)
      if (cook.action === action) throw new Error(`jobs ${other} and ${job} cook the same action`)
    if (attempt > (jobs[job]?.retries ?? 0) + 1) throw new Error(`job ${job} is tried too often`)
    this.#executor.set(job, { attempt, held, action, cancelled: false })
    const running = [...this.#executor].filter(([, cook]) => !cook.held)
    const burners = running.reduce((sum, [one]) => sum + (jobs[one]?.takes ?? 1), 0)
    if (running.length > 1 && burners > rules.capacity.burners) throw new Error('more jobs run than there are burners')
    if (this.#heldCount() > rules.ahead) throw new Error('more jobs are held than the executor wants')
  }

  #keep(job: JobId, how: 'cooked' | 'reused'): void {
    const action = this.#action(job) ?? ''
    const content = contentFrom(action)
    this.setting.known.add(action)
    this.setting.bytes.add(content)
    this.contents[job] = content
    this.#tell(job, how)
  }

  #tell(job: JobId, told: Told): void {
    if (this.told[job] !== undefined) throw new Error(`job ${job} ended twice: ${this.told[job]} and ${told}`)
    this.told[job] = told
    this.timesTold[job] = (this.timesTold[job] ?? 0) + 1
  }

  #action(job: JobId): string | undefined {
    const one = this.setting.jobs[job]
    const inputs = one?.inputs.map((input) => this.contents[input]) ?? []
    const texts = inputs.filter((input) => input !== undefined)
    return one === undefined || texts.length < inputs.length ? undefined : actionOf(one, texts)
  }

  #judgeKnown(job: JobId): FinalVerdict {
    const verdict = this.#judge(job)
    if (verdict === 'maybe') throw new Error(`job ${job} is judged before its inputs are known`)
    return verdict
  }

  #judge(job: JobId): Verdict {
    const { known, former, bytes, jobs } = this.setting
    const action = this.#action(job)
    if (action === undefined) return 'maybe'
    const content = contentFrom(action)
    if (!known.has(action) || !(jobs[job]?.intermediate || bytes.has(content))) return 'stale'
    this.contents[job] = content
    return former[job] === action ? 'fresh' : 'known'
  }

  #lostInputs(job: JobId): JobId[] {
    const inputs = this.setting.jobs[job]?.inputs ?? []
    return [...new Set(inputs.filter((input) => !this.setting.bytes.has(this.contents[input] ?? '')))]
  }

  #isDone(job: JobId): boolean {
    return done.has(phaseOf(this.build, job))
  }

  #wasDone(job: JobId): boolean {
    return ['cooked', 'reused', 'fresh'].includes(this.told[job] ?? '')
  }

  /** Every count is what counting anew gives. */
  #check(): void {
    const { build } = this
    const { jobs } = this.setting
    const counts = new Map<JobPhase, number>()
    for (const [job, { inputs }] of numbered(jobs)) {
      const phase = phaseOf(build, job)
      counts.set(phase, (counts.get(phase) ?? 0) + 1)
      const lacks = inputs.filter((input) => !this.#isDone(input)).length
      if (build.lacks.get(job) !== lacks) throw new Error(`job ${job} lacks ${lacks}, not ${build.lacks.get(job)}`)
      if (build.openReaders !== undefined) {
        const open = numbered(jobs).reduce(
          (sum, [at, reader]) => sum + (this.#isDone(at) ? 0 : reader.inputs.filter((input) => input === job).length),
          0,
        )
        if (build.openReaders.get(job) !== open && jobs[job]?.intermediate)
          throw new Error(`job ${job} has ${open} readers that are not done, not ${build.openReaders.get(job)}`)
      }
    }
    let total = 0
    for (const phase of ['waiting', 'deferred', 'postponed', 'failed', 'blocked', ...done, ...active] as const) {
      if (countOf(build, phase) !== (counts.get(phase) ?? 0)) throw new Error(`the count of ${phase} drifted`)
      total += countOf(build, phase)
    }
    if (total !== jobs.length) throw new Error('the counts do not add up')
  }
}

function planOf(jobs: readonly Job[], verdictOf: (job: JobId) => Verdict): BuildPlan {
  const readers = jobs.map((): JobId[] => [])
  for (const [job, { inputs }] of numbered(jobs)) for (const input of inputs) readers[input]?.push(job)
  return {
    jobs: jobs.length,
    eachReader: (job, visit) => {
      for (const reader of readers[job] ?? []) visit(reader)
    },
    eachInput: (job, visit) => {
      for (const input of jobs[job]?.inputs ?? []) visit(input)
    },
    verdictOf,
    priority: Float64Array.from(jobs, (_, job) => (job * 7) % 5),
    takes: (job) => ({ burners: jobs[job]?.takes ?? 1, named: {} }),
    retries: (job) => jobs[job]?.retries ?? 0,
    holdingKind: (job) => (jobs[job]?.mayBeHeld ? 0 : undefined),
    isIntermediate: (job) => jobs[job]?.intermediate ?? false,
    hasIntermediates: jobs.some(({ intermediate }) => intermediate),
  }
}
