// An order: a folder with tickets to cook somewhere else, and order.json, which lists them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { read } from './received-json.ts'
import { clearPan } from '../steps/pan.ts'
import { type OrderData, orderShape } from '../tickets/ticket-protocol.ts'

export type OrderEntry = OrderData['tickets'][number]

const orderFile = 'order.json'

/** Names the ticket by its number, because a job array can use its own number as a file name. */
export function ticketName(number: number): string {
  return `${number}.json`
}

export function receiptName(number: number): string {
  return `${number}.receipt.json`
}

export function orderPan(folder: string, number: number | string): string {
  return join(folder, 'pans', String(number))
}

/** Holds the content of portable tickets and receipts, each file named by its SHA-256. */
export function orderObjects(folder: string): string {
  return join(folder, 'objects')
}

export function readOrder(folder: string): OrderData {
  const file = join(folder, orderFile)
  const found = read(file, orderShape)
  if ('why' in found) throw new Refusal([failure('order-unfit', { file, why: found.why })])
  return found.value
}

/** Returns the order in a folder, or a new one for an empty folder. Refuses a folder that holds anything else. */
export function openOrder(
  folder: string,
  blank: Pick<OrderData, 'root' | 'fridge' | 'targets' | 'portable'>,
): OrderData {
  if (existsSync(join(folder, orderFile))) {
    const order = readOrder(folder)
    const strange = strangeOrder(folder, order, blank)
    if (strange) throw new Refusal([strange])
    return { ...order, targets: blank.targets }
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Refusal([failure('order-folder', { folder })])
  mkdirSync(folder, { recursive: true })
  return { version: 1, ...blank, next: 1, waiting: 0, tickets: [] }
}

export function strangeOrder(
  folder: string,
  order: OrderData,
  here: Pick<OrderData, 'root' | 'fridge'>,
): Failure | undefined {
  if (order.root === here.root && order.fridge === here.fridge) return undefined
  return failure('order-elsewhere', { folder, root: order.root, fridge: order.fridge })
}

/** Writes the file whole or not at all, because an engine may be reading it. */
export function writeWholeJson(path: string, content: object): void {
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(content, null, 1)}\n`)
  renameSync(aside, path)
}

export function writeOrder(folder: string, order: OrderData): void {
  writeWholeJson(join(folder, orderFile), order)
}

/** Removes a ticket with everything that belongs to it. */
export function removeTicket(folder: string, { number, file, receipt }: OrderEntry): void {
  for (const name of [file, receipt]) rmSync(join(folder, name), { force: true })
  clearPan(orderPan(folder, number))
}

/** Returns the action of a ticket file. */
export function actionIn(file: string): string | undefined {
  try {
    const ticket = JSON.parse(readFileSync(file, 'utf8')) as { action?: string }
    return ticket.action
  } catch {
    return undefined
  }
}
