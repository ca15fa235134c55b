// What a build tells of its jobs: how each ended, once that is safe to say, and what cooks noticed beside.
import type { Emit, JobStatus, KitchenEvent } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Receipt } from '../tickets/ticket.ts'
import { tableOf } from '../plan/plan.ts'
import { dependsOf, jobId } from '../plan/record.ts'
import { storedLog } from '../fridge/log-files.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

type JobEvent = Extract<KitchenEvent, { type: 'job' }>

/** How a job ended, besides what its plan and its work know of it. */
export type Ending = Omit<JobEvent, 'type' | 'job' | 'id' | 'step' | 'depends' | 'status' | 'reason' | 'log'>

/** Where nothing ran. */
export const nothingRan = { ms: 0, exit: null } as const

export interface JobEventsOptions {
  configuration: Configuration
  fridge: Fridge
  work: Verdicts
  emit: Emit
}

export class JobEvents {
  readonly #options: JobEventsOptions
  /** Where every job is safe before it is told of: what waits for that. */
  readonly #untold: KitchenEvent[] = []
  readonly #warned = new Set<string>()

  constructor(options: JobEventsOptions) {
    this.#options = options
  }

  ended(job: number, status: JobStatus, ending: Ending): void {
    const { work, configuration } = this.#options
    const table = tableOf(work.plan, job)
    const row = job - table.first
    const event: JobEvent = {
      type: 'job',
      job,
      id: jobId(table, row),
      step: table.step.name,
      depends: dependsOf(table, row),
      status,
      reason: work.reason(job),
      ...ending,
      ...this.#said(job, status, ending.logTail),
    }
    if (configuration.fridge.sync === 'full') this.#untold.push(event)
    else this.#options.emit(event)
  }

  /** What is to be printed of a log: options.logs. */
  #said(job: number, status: JobStatus, logTail: string | undefined): Pick<JobEvent, 'log' | 'logTail'> {
    const { fridge, configuration, work } = this.#options
    const { logs } = configuration.options
    if (status === 'failed') return { logTail: logs === 'none' ? undefined : logTail }
    if (logs !== 'all' || status === 'blocked') return {}
    const action = work.actionOf(job)
    return action === undefined ? {} : { log: storedLog(fridge, action) }
  }

  /** What the cook noticed beside: each thing once for a step, however many variants did it. */
  warn({ name }: Step, { warnings }: Pick<Receipt, 'warnings'>): void {
    for (const what of warnings) {
      const warning = failure('cook-warning', { step: name, what })
      if (this.#warned.has(warning.message)) continue
      this.#warned.add(warning.message)
      this.#options.emit({ type: 'warning', failure: warning })
    }
  }

  /** All that ended until now is in the fridge. */
  written(): void {
    for (const event of this.#untold.splice(0)) this.#options.emit(event)
  }
}
