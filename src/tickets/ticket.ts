// What goes to a stove and what comes back: a ticket is one job as plain JSON, a receipt says what became of it.
// What they hold is defined in protocol.ts.
import type { Value } from '../base/value.ts'
import type { ReceiptData, TicketData } from './ticket-protocol.ts'

/** Everything a cook needs besides the fridge's files. It can be cooked anywhere that sees them. */
export interface Ticket extends TicketData {}
export type TicketInput = Ticket['inputs'][number]
export type CollectedMember = Extract<TicketInput, { kind: 'collected' }>['members'][number]
/** Bytes of the fridge or of the work tree. */
export type Content = CollectedMember['content']
export interface Receipt extends ReceiptData {}

export const ticketVersion = 1 satisfies Ticket['version']

/** The receipt does not come now: the ticket went somewhere else, and the build goes on without it. */
export const later = 'later'

/** What a stove may want to know of a ticket, and a cook does not. */
export interface TicketNote {
  /** The full text behind the ticket's key. */
  action: string
  expectedMs?: number
  /** It is to wait for `begin`, or for another to have ended well. */
  held?: boolean
  /** Free options for sbatch. */
  sbatch?: { [name: string]: Value }
}

/** Where a build brings its tickets. */
export interface Executor {
  readonly name: string
  /** How many tickets it likes to hold at once. */
  readonly burners: number
  /** Whether nothing of a ticket is alive now that its receipt is there, so that its pan can be used again. */
  sweeps?(ticket: Ticket): boolean
  /** Whether it sees itself that processors, memory and cards are enough for all that it holds. */
  readonly measures?: boolean
  /** How many shell tickets it likes to hold ready, so that no burner waits until chef has looked at what came off it. */
  readonly ahead?: number
  /** Where the next ticket is to be cooked: a folder of a name never given before. Without it below the fridge's pans. */
  pan?(): string
  cook(ticket: Ticket, note: TicketNote): Promise<Receipt | typeof later>
  /** Lets a ticket that is held begin, if it has not yet. */
  begin?(id: string): void
  /** Ends one cook that is under way: its receipt comes back with ok false and failure `cancelled`. */
  cancel(id: string): void
  /** Ends everything: every process group started is gone when this resolves. */
  close(): Promise<void>
}

/** Turns tickets into receipts. A failed cook is a receipt too: `cook` rejects only for a bug or a stove that is gone. */
export interface Stove extends Executor {
  cook(ticket: Ticket, note?: TicketNote): Promise<Receipt>
}
