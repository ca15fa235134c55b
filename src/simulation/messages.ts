// What the actors say to each other. Orders are named by their tickets; nobody changes a ticket.
import type { Change } from '../racks/racks.ts'
import type { Ticket } from './formula.ts'
import type { Order } from './simulated-order.ts'

export type ToSource = { type: 'next' }

export type ToScheduler =
  | { type: 'order'; order: Order }
  /** A courier is on the way and says when it will be there. */
  | { type: 'coming'; ticket: Ticket }
  | { type: 'here'; ticket: Ticket }
  | { type: 'changed'; changes: Change<Ticket>[] }

export type ToShelves = { type: 'shelve'; ticket: Ticket } | { type: 'hand'; ticket: Ticket } | { type: 'wake' }

export type ToCouriers =
  | { type: 'call'; order: Order }
  /** The time to arrive is over. */
  | { type: 'arrive'; ticket: Ticket }
  /** Its order is wasted: it need not come. */
  | { type: 'call-off'; ticket: Ticket }
