// The order taker cooks nothing: it writes tickets into an order, for any engine to cook with `chef cook`.
import { existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  actionIn,
  openOrder,
  orderObjects,
  type OrderEntry,
  orderPan,
  receiptName,
  removeTicket,
  ticketName,
  writeOrder,
  writeWholeJson,
} from './order-folder.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { refusalIn } from '../steps/process-cook.ts'
import type { HostEnvironment } from '../steps/pan.ts'
import { unstarted } from '../steps/receipt.ts'
import { later, type Executor, type Ticket } from '../tickets/ticket.ts'
import { dropObjects, keepObjects } from './portable/order-objects.ts'
import { packTicket } from './portable/portable-ticket.ts'
import { changedSince } from './relocation.ts'

export interface OrderRequest {
  /** An absolute path. */
  folder: string
  root: string
  fridge: string
  targets: string[]
  /** The tickets carry what they read, and take these variables from wherever they are cooked. */
  portable?: { variables: HostEnvironment }
}

export interface OrderTaker extends Executor {
  /** The number of tickets that were written. */
  readonly written: number
  /** The number of requested tickets that were there before. */
  readonly out: number
  /** Writes the order once all of its tickets are there. */
  finish(waiting: number): void
}

export function openOrderTaker({ folder, portable, ...here }: OrderRequest): OrderTaker {
  const openedAt = Date.now()
  const order = openOrder(folder, portable ? { ...here, portable: true } : here)
  const packed = (ticket: Ticket): Ticket | Failure => {
    if (portable === undefined) return ticket
    try {
      const { head, places } = packTicket(ticket, portable.variables)
      keepObjects(orderObjects(folder), places)
      // The copies are of what the plan saw only if nothing has changed since.
      const changed = changedSince(ticket, openedAt, here.fridge)
      return changed === undefined ? head : failure('input-changed', { path: changed })
    } catch (error) {
      return refusalIn(error)
    }
  }
  for (const entry of order.tickets) if (entry.received) removeTicket(folder, entry)
  order.tickets = order.tickets.filter(({ received }) => !received)
  /** Tickets in the order by their keys. Their actions are read when a key is first requested. */
  const out = new Map<string, OrderEntry[]>()
  for (const entry of order.tickets) out.set(entry.key, [...(out.get(entry.key) ?? []), entry])
  let written = 0
  let outBefore = 0
  mkdirSync(join(folder, 'pans'), { recursive: true })
  return {
    name: 'tickets',
    burners: 1000,
    measures: true,
    get written() {
      return written
    },
    get out() {
      return outBefore
    },
    pan: () => orderPan(folder, order.next),
    cook(ticket, { action, expectedMs }) {
      const known = (out.get(ticket.key) ?? []).some((entry) => actionIn(join(folder, entry.file)) === action)
      if (known) {
        outBefore++
        return Promise.resolve(later)
      }
      const number = Number(basename(ticket.pan))
      const file = ticketName(number)
      // A chef that was killed before it wrote the order left these files.
      if (existsSync(ticket.pan)) removeTicket(folder, { number, file, receipt: receiptName(number) } as OrderEntry)
      const given = packed(ticket)
      if ('message' in given) return Promise.resolve(unstarted(ticket, given))
      writeWholeJson(join(folder, file), { ...given, action })
      const { id, step, key } = ticket
      const entry: OrderEntry = { number, file, receipt: receiptName(number), id, step, key, writtenAt: Date.now() }
      order.tickets.push(expectedMs === undefined ? entry : { ...entry, expectedMs })
      order.next = number + 1
      written++
      return Promise.resolve(later)
    },
    finish(waiting) {
      order.waiting = waiting
      writeOrder(folder, order)
      if (portable) dropObjects(folder, order.tickets)
    },
    cancel: () => {},
    close: () => Promise.resolve(),
  }
}
