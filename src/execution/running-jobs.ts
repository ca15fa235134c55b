// Hands jobs to the executor, each with a ticket and a pan, and receives their receipts.
import type { ContentName } from '../base/content-name.ts'
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { JobId } from '../plan/job-id.ts'
import { unstarted } from '../steps/receipt.ts'
import { type Executor, later, type Receipt, type Ticket } from '../tickets/ticket.ts'
import { objectsGiven, overwritten } from './input-guard.ts'
import { Pans } from './pan-allocation.ts'
import { type TicketContext, type TicketWriter, ticketWriter } from './ticket-writer.ts'

export interface RunningJobsOptions extends Omit<TicketContext, 'contentOf'> {
  verdicts: Verdicts
  executor: Executor
  emit: Emit
  estimate: (job: JobId) => number | undefined
}

export interface Returned {
  ticket: Ticket
  receipt: Receipt
  /** Finds the input that the cook wrote into, and drops that content. */
  overwrote: () => string | undefined
}

export class RunningJobs {
  readonly #options: RunningJobsOptions
  readonly #fridge: Fridge
  readonly #executor: Executor
  readonly #writer: TicketWriter
  readonly #pans: Pans
  readonly #tickets = new Map<JobId, Ticket>()
  /** Reports that a held job begins. */
  readonly #held = new Map<JobId, () => void>()

  constructor(options: RunningJobsOptions) {
    const { verdicts, fridge, executor } = options
    this.#options = options
    this.#fridge = fridge
    this.#executor = executor
    this.#writer = ticketWriter({ ...options, contentOf: (shelf, row) => verdicts.contentOf(shelf, row) })
    this.#pans = new Pans(fridge.folder, executor)
  }

  /** Returns the name of content that the job reads and that is gone, if so. Then the job does not begin. */
  cook(
    job: JobId,
    { attempt, held }: { attempt: number; held: boolean },
    receive: (returned: Returned | typeof later) => void,
  ): ContentName | undefined {
    const { verdicts, emit, estimate } = this.#options
    const row = verdicts.plan.at(job)
    const action = verdicts.text(job) ?? ''
    const pan = this.#pans.name()
    const ticket = this.#writer.write(row, { key: verdicts.key(action), attempt, pan })
    if ('lost' in ticket) return ticket.lost
    this.#tickets.set(job, ticket)
    this.#pans.ready(ticket)
    const { id, depends } = ticket
    const { name: step, sbatch } = row.step
    const expectedMs = estimate(job)
    const report = (): void =>
      emit({ type: 'start', job, id, step, depends, ...(expectedMs !== undefined && { expectedMs }) })
    if (held) this.#held.set(job, report)
    else report()
    const given = objectsGiven(ticket, this.#fridge)
    const end = (receipt: Receipt | typeof later): void => {
      // A held job can finish before its start event is emitted.
      if (receipt !== later && receipt.exit !== null) this.#held.get(job)?.()
      this.#held.delete(job)
      this.#tickets.delete(job)
      receive(receipt === later ? later : { ticket, receipt, overwrote: () => overwritten(given, this.#fridge) })
    }
    const broken = (error: Error): void => end(unstarted(ticket, failure('stove-broken', { why: error.message })))
    this.#executor.cook(ticket, { action, expectedMs, sbatch, held }).then(end, broken)
    return undefined
  }

  /** Lets a held job begin. */
  begin(job: JobId): void {
    const ticket = this.#tickets.get(job)
    if (ticket === undefined) return
    this.#executor.begin?.(ticket.id)
    this.#held.get(job)?.()
    this.#held.delete(job)
  }

  cancel(job: JobId): void {
    const ticket = this.#tickets.get(job)
    if (ticket !== undefined) this.#executor.cancel(ticket.id)
  }

  /** Everything that is wanted of a pan has been moved out of it. */
  clear({ ticket, receipt }: Returned): void {
    this.#pans.done(ticket, receipt)
  }

  /** Everything that came back until now is in the fridge. */
  written(): void {
    this.#pans.written()
  }

  close(): void {
    this.#pans.close()
  }
}
