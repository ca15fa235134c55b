// Defines what executors take and return. A ticket is one job as plain JSON, and a receipt says how it ended; ticket-protocol.ts
// defines their fields.
import type { Value } from '../base/value.ts'
import type { Observation } from '../processes/observation.ts'
import type { ReceiptData, TicketData } from './ticket-protocol.ts'

/** Everything that a cook needs besides the fridge's files, so that any machine that sees those can cook it. */
export interface Ticket extends TicketData {}
export type TicketInput = Ticket['inputs'][number]
export type CollectedMember = Extract<TicketInput, { kind: 'collected' }>['members'][number]
/** The place of an input's bytes: the ticket, the fridge or the work tree. */
export type Content = CollectedMember['content']
export interface Receipt extends ReceiptData {
  /** The looks that this machine observed. They are not written down, because another machine's files are not ours. */
  observation?: Observation
}

export const ticketVersion = 1 satisfies Ticket['version']

/** Stands for a receipt that comes after this build, because the ticket is cooked elsewhere. */
export const later = 'later'

/** Facts about a ticket for executors. A cook does not need them. */
export interface TicketNote {
  /** The full text behind the ticket's key. */
  action: string
  expectedMs?: number
  /** The ticket waits for `begin`, or until another has ended well. */
  held?: boolean
  /** Free options for sbatch. */
  sbatch?: { [name: string]: Value }
}

/** Takes a build's tickets. */
export interface Executor {
  readonly name: string
  /** The most tickets that it takes at once. */
  readonly burners: number
  /** Tells whether no process of a ticket is left once its receipt is there, so that its pan can be reused. */
  sweeps?(ticket: Ticket): boolean
  /** True where it accounts for processors, memory and cards itself. */
  readonly measures?: boolean
  /** The number of shell tickets that it holds ready, so that no burner waits while chef handles a receipt. */
  readonly ahead?: number
  /** Returns a new folder for the next ticket. Without this method, pans lie in the fridge. */
  pan?(): string
  cook(ticket: Ticket, note: TicketNote): Promise<Receipt | typeof later>
  /** Lets a held ticket begin, if it has not yet. */
  begin?(id: string): void
  /** Ends a running cook. Its receipt has the failure `cook-cancelled`. */
  cancel(id: string): void
  /** Ends everything. Resolves when every process group that was started is gone. */
  close(): Promise<void>
}

/** Turns tickets into receipts within the build. `cook` rejects only for a bug, or when the executor is gone. */
export interface DirectExecutor extends Executor {
  cook(ticket: Ticket, note?: TicketNote): Promise<Receipt>
}
