// Jobs that are being cooked: each goes to the stove with a ticket and a pan, and comes back with a receipt, or later.
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { ContentName } from '../base/content-name.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { unstarted } from '../steps/receipt.ts'
import { later, type Receipt, type Ticket, type Executor } from '../tickets/ticket.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import { objectsGiven, overwritten } from './input-guard.ts'
import { Pans } from './pan-allocation.ts'
import { type TicketContext, type TicketWriter, ticketWriter } from './ticket-writer.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

export interface Returned {
  ticket: Ticket
  receipt: Receipt | typeof later
  /** The input that the cook wrote into, if it did. What it spoilt is dropped by asking. */
  wroteInto: () => string | undefined
}

export interface RunningJobsOptions extends Omit<TicketContext, 'contentOf'> {
  work: Verdicts
  stove: Executor
  emit: Emit
}

export class RunningJobs {
  readonly #plan: Plan
  readonly #work: Verdicts
  readonly #fridge: Fridge
  readonly #stove: Executor
  readonly #emit: Emit
  readonly #estimate: (job: number) => number | undefined
  readonly #writer: TicketWriter
  readonly #pans: Pans
  readonly #tickets = new Map<number, Ticket>()
  /** Given to the stove to be held: how to say that one begins. */
  readonly #held = new Map<number, () => void>()

  constructor(options: RunningJobsOptions, estimate: (job: number) => number | undefined) {
    const { work, fridge, stove, emit } = options
    this.#plan = work.plan
    this.#work = work
    this.#fridge = fridge
    this.#stove = stove
    this.#emit = emit
    this.#estimate = estimate
    this.#writer = ticketWriter({ ...options, contentOf: (table, output, row) => work.contentOf(table, output, row) })
    this.#pans = new Pans(fridge.folder, stove)
  }

  /** Gives the name of content that the job reads and that somebody deleted, if so: then it does not begin. */
  begin(job: number, attempt: number, receive: (returned: Returned) => void, held = false): ContentName | undefined {
    const table = tableOf(this.#plan, job)
    const action = this.#work.text(job) as string
    const pan = this.#pans.name()
    const ticket = this.#writer.write(table, job - table.first, { key: this.#work.key(action), attempt, pan })
    if ('lost' in ticket) return ticket.lost
    this.#work.set(job, 'cooking')
    this.#tickets.set(job, ticket)
    this.#pans.ready(ticket)
    const { id, depends } = ticket
    const { name: step, sbatch } = table.step
    const expectedMs = this.#estimate(job)
    const tell = (): void =>
      this.#emit({ type: 'start', job, id, step, depends, ...(expectedMs !== undefined && { expectedMs }) })
    if (held) this.#held.set(job, tell)
    else tell()
    const given = objectsGiven(ticket, this.#fridge)
    const end = (receipt: Receipt | typeof later): void => {
      // It may have gone and come back before anybody was told.
      if (receipt !== later && receipt.exit !== null) this.#held.get(job)?.()
      this.#held.delete(job)
      this.#tickets.delete(job)
      receive({ ticket, receipt, wroteInto: () => overwritten(given, this.#fridge) })
    }
    const broken = (error: Error): void => end(unstarted(ticket, failure('stove-broken', { why: error.message })))
    this.#stove.cook(ticket, { action, expectedMs, sbatch, held }).then(end, broken)
    return undefined
  }

  /** Lets a held job go. */
  go(job: number): void {
    const ticket = this.#tickets.get(job)
    if (ticket === undefined) return
    this.#stove.begin?.(ticket.id)
    this.#held.get(job)?.()
    this.#held.delete(job)
  }

  /** Whether the stove may hold this job: what it has is of the same step, and nothing of it lies outside of its pan. */
  mayHold(job: number): boolean {
    const { step } = tableOf(this.#plan, job)
    if (step.type !== 'shell' || step.place === 'project') return false
    for (const ticket of this.#tickets.values()) if (ticket.step === step.name) return true
    return false
  }

  holds(job: number): boolean {
    return this.#tickets.has(job)
  }

  /** What is ended comes back with a receipt as well. */
  cancel(isMeant: (job: number) => boolean): void {
    for (const [job, ticket] of this.#tickets) if (isMeant(job)) this.#stove.cancel(ticket.id)
  }

  /** All that is wanted of a pan is out of it. */
  clear(ticket: Ticket, receipt: Receipt): void {
    this.#pans.done(ticket, receipt)
  }

  /** All that came back until now is in the fridge. */
  written(): void {
    this.#pans.written()
  }

  close(): void {
    this.#pans.close()
  }
}
