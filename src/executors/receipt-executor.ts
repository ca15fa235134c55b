// Returns the receipts of an order that was cooked elsewhere, and waits for nothing else.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { unpackReceipt } from './portable/portable-receipt.ts'
import { checkReceipt, read, readReceipt, type Unfit } from './received-json.ts'
import { changedSince, movePan } from './relocation.ts'
import { orderObjects, type OrderEntry, orderPan, readOrder, strangeOrder, writeOrder } from './order-folder.ts'
import { clearPan } from '../steps/pan.ts'
import { type OrderData, receiptShape, ticketShape } from '../tickets/ticket-protocol.ts'
import { later, type Receipt, type Ticket, type Executor } from '../tickets/ticket.ts'

/** A valid receipt with its ticket. */
interface Arrived {
  entry: OrderEntry
  ticket: Ticket & { action: string }
  receipt: Receipt
}

export interface ReceiptsExecutor extends Executor {
  readonly order: OrderData
  /** Failures of single receipts. */
  readonly faults: Failure[]
  /** The number of receipts that were taken in before. */
  readonly before: number
  /** The number of tickets without a receipt. */
  readonly missing: number
  /** Receipts of tickets that no plan needs any more. They are still good work. */
  late(): Iterable<{ ticket: Ticket & { action: string }; receipt: Receipt }>
  /** Records in the order which receipts were taken in. */
  finish(): void
}

export function openReceiptsExecutor({
  folder,
  ...here
}: {
  folder: string
  root: string
  fridge: string
}): ReceiptsExecutor {
  const order = readOrder(folder)
  const strange = strangeOrder(folder, order, here)
  if (strange) throw new Refusal([strange])
  const faults: Failure[] = []
  const arrived = new Map<string, Arrived>()
  let before = 0
  let missing = 0
  for (const entry of order.tickets) {
    const found = arrival(folder, entry, here.fridge)
    if (found === 'missing') missing++
    else if (found === 'before') before++
    else if ('why' in found)
      faults.push(failure('receipt-unfit', { file: join(folder, entry.receipt), why: found.why }))
    else arrived.set(found.ticket.action, found)
  }
  let pans = 0
  const take = ({ entry, receipt }: Arrived): void => {
    entry.received = { ok: receipt.ok, startedAt: receipt.startedAt }
  }
  return {
    name: 'receipts',
    burners: 64,
    measures: true,
    order,
    faults,
    before,
    missing,
    // On the file system of the returning pans, so that they can be moved.
    pan: () => join(folder, 'pans', `taken-${process.pid}-${pans++}`),
    cook(ticket, { action }) {
      const found = arrived.get(action)
      if (found === undefined) return Promise.resolve(later)
      arrived.delete(action)
      take(found)
      return Promise.resolve(movePan(found.receipt, orderPan(folder, found.entry.number), ticket))
    },
    *late() {
      for (const found of arrived.values()) {
        take(found)
        yield found
        clearPan(orderPan(folder, found.entry.number))
      }
      arrived.clear()
    },
    finish: () => writeOrder(folder, order),
    cancel: () => {},
    close: () => Promise.resolve(),
  }
}

function arrival(folder: string, entry: OrderEntry, fridge: string): Arrived | { why: string } | 'missing' | 'before' {
  const file = join(folder, entry.receipt)
  if (!existsSync(file)) return 'missing'
  const written = read(join(folder, entry.file), ticketShape)
  if ('why' in written) return { why: `of its ticket ${entry.file}: ${written.why}` }
  const ticket = written.value
  const { action } = ticket
  if (ticket.key !== entry.key || action === undefined) return { why: `its ticket ${entry.file} is another one` }
  const pan = orderPan(folder, entry.number)
  if (ticket.contents === undefined && entry.received && !existsSync(pan)) return 'before'
  const found = ticket.contents === undefined ? readReceipt(file, ticket, pan) : carriedReceipt(folder, entry, ticket)
  if (found === 'before' || 'why' in found) return found
  if (entry.received?.ok) {
    // An engine cooked the ticket a second time. The first receipt counts.
    clearPan(pan)
    return 'before'
  }
  if (entry.received?.startedAt === found.value.startedAt) return 'before'
  if (ticket.contents !== undefined) return { entry, ticket: { ...ticket, action }, receipt: found.value }
  const changed = changedSince(ticket, entry.writtenAt, fridge)
  if (changed !== undefined)
    return { why: `${relative(ticket.root ?? folder, changed)} changed after its ticket was written` }
  return { entry, ticket: { ...ticket, action }, receipt: found.value }
}

/** Lays out the outputs that came with a receipt. What the ticket read went with it, so no file can have changed. */
function carriedReceipt(
  folder: string,
  { number, receipt, received }: OrderEntry,
  ticket: Ticket,
): { value: Receipt } | Unfit | 'before' {
  const found = read(join(folder, receipt), receiptShape)
  if ('why' in found) return found
  if (received?.ok || received?.startedAt === found.value.startedAt) return 'before'
  const pan = orderPan(folder, number)
  try {
    return checkReceipt(unpackReceipt(found.value, ticket, pan, orderObjects(folder)), ticket, pan)
  } catch (error) {
    if (error instanceof Refusal) return { why: error.message }
    throw error
  }
}
