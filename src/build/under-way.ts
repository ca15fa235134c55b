// Jobs that are being cooked: each goes to the stove with a ticket and a pan, and comes back with a receipt, or later.
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failure.ts'
import type { ContentName } from '../base/digest.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { unstarted } from '../kitchen/receipt.ts'
import type { later, Receipt, Ticket, TicketTaker } from '../kitchen/ticket.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import { objectsGiven, overwritten } from './given.ts'
import { Pans } from './pans.ts'
import { type TicketContext, type TicketWriter, ticketWriter } from './tickets.ts'
import type { Work } from './work.ts'

export interface Returned {
  ticket: Ticket
  receipt: Receipt | typeof later
  /** The input that the cook wrote into, if it did. What it spoilt is dropped by asking. */
  wroteInto: () => string | undefined
}

export interface UnderWayOptions extends Omit<TicketContext, 'contentOf'> {
  work: Work
  stove: TicketTaker
  emit: Emit
}

export class UnderWay {
  readonly #plan: Plan
  readonly #work: Work
  readonly #fridge: Fridge
  readonly #stove: TicketTaker
  readonly #emit: Emit
  readonly #estimate: (job: number) => number | undefined
  readonly #writer: TicketWriter
  readonly #pans: Pans
  readonly #tickets = new Map<number, Ticket>()

  constructor(options: UnderWayOptions, estimate: (job: number) => number | undefined) {
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
  begin(job: number, attempt: number, receive: (returned: Returned) => void): ContentName | undefined {
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
    this.#emit({ type: 'start', job, id, step, depends, ...(expectedMs !== undefined && { expectedMs }) })
    const given = objectsGiven(ticket, this.#fridge)
    const end = (receipt: Receipt | typeof later): void => {
      this.#tickets.delete(job)
      receive({ ticket, receipt, wroteInto: () => overwritten(given, this.#fridge) })
    }
    const broken = (error: Error): void => end(unstarted(ticket, failure('stove-broken', { why: error.message })))
    this.#stove.cook(ticket, { action, expectedMs, sbatch }).then(end, broken)
    return undefined
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
