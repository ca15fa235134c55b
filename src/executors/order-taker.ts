// The order taker cooks nothing: it writes tickets into an order, for any engine to cook with `chef cook`.
import { existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  actionIn,
  openOrder,
  type OrderEntry,
  orderPan,
  receiptName,
  removeTicket,
  ticketName,
  writeOrder,
  writeWholeJson,
} from './order-folder.ts'
import { later, type Executor } from '../tickets/ticket.ts'

export interface OrderRequest {
  /** An absolute path. */
  folder: string
  root: string
  fridge: string
  targets: string[]
}

export interface OrderTaker extends Executor {
  /** The number of tickets that were written. */
  readonly written: number
  /** The number of requested tickets that were there before. */
  readonly out: number
  /** Writes the order once all of its tickets are there. */
  finish(waiting: number): void
}

export function openOrderTaker({ folder, ...here }: OrderRequest): OrderTaker {
  const order = openOrder(folder, here)
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
      writeWholeJson(join(folder, file), { ...ticket, action })
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
    },
    cancel: () => {},
    close: () => Promise.resolve(),
  }
}
