// Emits how each job of a build ended, once its result is safe, and the warnings of its cook.
import type { Emit, JobFailure, JobStatus, KitchenEvent } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Receipt } from '../tickets/ticket.ts'
import { storedLog } from '../fridge/log-files.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

type JobEvent = Extract<KitchenEvent, { type: 'job' }>

/** The end of a job, besides its plan row and its verdict. */
export type Ending = Omit<JobEvent, 'type' | 'job' | 'id' | 'step' | 'depends' | 'status' | 'reason' | 'log'>

/** The ending of a job for which nothing ran. */
export const nothingRan = { ms: 0, exit: null } as const

export interface JobEventsOptions {
  configuration: Configuration
  fridge: Fridge
  verdicts: Verdicts
  emit: Emit
  /** Warnings of cooks that were printed. */
  told: Set<string>
  /** Jobs that failed, for the history: only the first ones. */
  failed: JobFailure[]
}

const mostFailures = 20

export class JobEvents {
  readonly #options: JobEventsOptions
  /** Events that wait until their jobs' results are safe. */
  readonly #untold: KitchenEvent[] = []
  /** Steps whose undeclared reads were told. */
  readonly #undeclared = new Set<string>()

  constructor(options: JobEventsOptions) {
    this.#options = options
  }

  /** `reason`: why the job was cooked or reused, or why it was not. */
  ended(job: JobId, status: JobStatus, ending: Ending, reason = this.#options.verdicts.reason(job)): void {
    const { verdicts, configuration } = this.#options
    const row = verdicts.plan.at(job)
    const event: JobEvent = {
      type: 'job',
      job,
      id: row.id,
      step: row.step.name,
      depends: row.depends(),
      status,
      reason,
      ...ending,
      ...this.#said(job, status, ending.logTail),
    }
    const { failed } = this.#options
    if (status === 'failed' && failed.length < mostFailures)
      failed.push({ id: row.id, step: row.step.name, depends: row.varying(), message: ending.failure?.message ?? '' })
    if (configuration.fridge.sync === 'full') this.#untold.push(event)
    else this.#options.emit(event)
  }

  /** The logs to print: options.logs. */
  #said(job: JobId, status: JobStatus, logTail: string | undefined): Pick<JobEvent, 'log' | 'logTail'> {
    const { fridge, configuration, verdicts } = this.#options
    const { logs } = configuration.options
    if (status === 'failed') return { logTail: logs === 'none' ? undefined : logTail }
    if (status === 'blocked') return {}
    // Warnings of a compiler are told as the other tool tells them.
    const isShown = verdicts.plan.tableOf(job).step.imported && status === 'cooked' && logs !== 'none'
    if (logs !== 'all' && !isShown) return {}
    const action = verdicts.actionOf(job)
    return action === undefined ? {} : { log: storedLog(fridge, action) }
  }

  /** Emits the warnings of a cook, each once a step, however many variants cause it. */
  warn({ name }: Step, { warnings }: Pick<Receipt, 'warnings'>): void {
    for (const what of warnings) {
      const warning = failure('cook-warning', { step: name, what })
      if (this.#options.told.has(warning.message)) continue
      this.#options.told.add(warning.message)
      this.#options.emit({ type: 'warning', failure: warning })
    }
  }

  /** A refusal of this machine is reported once for all steps, and a gap in a trace once for its step. */
  unobserved({ name }: Step, { refused, why }: { refused: boolean; why: string }): void {
    const warning = refused ? failure('trace-refused', { why }) : failure('trace-incomplete', { step: name, why })
    if (this.#options.told.has(warning.message)) return
    this.#options.told.add(warning.message)
    this.#options.emit({ type: 'warning', failure: warning })
  }

  /** The first job of a step that read what nobody declared tells of it. */
  undeclared({ name }: Step, [path, ...more]: readonly string[]): void {
    if (path === undefined || this.#undeclared.has(name)) return
    this.#undeclared.add(name)
    this.#options.emit({ type: 'undeclared-read', step: name, path, more: more.length })
  }

  /** All that ended until now is in the fridge. */
  written(): void {
    for (const event of this.#untold.splice(0)) this.#options.emit(event)
  }
}
