// Validates tickets, orders and receipts from elsewhere against the protocol, and receipts against the files that
// they name.
import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { isMap } from '../base/value.ts'
import { conformValue } from '../config/schema/conform.ts'
import type { Shape, TypeOf } from '../config/schema/shape.ts'
import { collectOutputs } from '../steps/outputs.ts'
import { logFile } from '../steps/pan.ts'
import { receiptShape, ticketShape } from '../tickets/ticket-protocol.ts'
import { type Receipt, type Ticket, ticketVersion } from '../tickets/ticket.ts'
import { errorCode, errorMessage } from '../base/thrown-error.ts'

/** `missing` means there is no file. `torn` means the file is incomplete, and its writer may not be done. */
export type Unfit = { why: string; missing?: true; torn?: true }

export function read<S extends Shape>(file: string, shape: S): { value: TypeOf<S> } | Unfit {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT'
    return { why: missing ? 'there is no such file' : errorMessage(error), ...(missing && { missing }) }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { why: text.trim() === '' ? 'it is empty' : 'it is not JSON, or not whole', torn: true }
  }
  if (!isMap(value)) return { why: 'it is not an object' }
  if (value.version !== ticketVersion) {
    return { why: `it has version ${JSON.stringify(value.version ?? null)}, and this chef knows ${ticketVersion}` }
  }
  const fitting = conformValue(shape, value)
  return 'fault' in fitting ? { why: `its "${fitting.fault}" is missing or of the wrong type` } : fitting
}

export function readTicket(file: string): Ticket {
  const found = read(file, ticketShape)
  if ('why' in found) throw new Refusal([failure('ticket-unfit', { file, why: found.why })])
  return found.value
}

/**
 * Reads the receipt of a ticket that was cooked in `pan`, and checks the files it names. Nothing outside the pan is
 * accepted.
 */
export function readReceipt(file: string, ticket: ReceiptTicket, pan: string): { value: Receipt } | Unfit {
  const found = read(file, receiptShape)
  return 'why' in found ? found : checkReceipt(found.value, ticket, pan)
}

type ReceiptTicket = Pick<Ticket, 'key' | 'outputs' | 'inputs' | 'source' | 'project'>

/** The same for a receipt that was read already. */
export function checkReceipt(receipt: Receipt, ticket: ReceiptTicket, pan: string): { value: Receipt } | Unfit {
  if (receipt.key !== ticket.key) return { why: 'it belongs to another ticket' }
  if (receipt.log !== undefined && !isPlainFile(receipt.log, pan)) return { why: 'its log does not lie in its pan' }
  if (!receipt.ok) return { value: { ...receipt, outputs: [] } }
  const named = new Map(receipt.outputs.map(({ name, path }) => [name, path]))
  if (ticket.outputs.some((name) => !named.has(name))) return { why: 'it does not name every output' }
  try {
    const places = [pan, ...(ticket.project === undefined ? [] : [ticket.project])].map((place) => realpathSync(place))
    const strange = receipt.outputs.find(({ path }) => !liesBelow(realpathSync(dirname(path)), places))
    if (strange) return { why: `its output "${strange.name}" lies outside of its pan` }
    return { value: { ...receipt, outputs: collectOutputs({ ...ticket, pan } as Ticket, new Map(), 0, named) } }
  } catch (error) {
    const [code, message] = [errorCode(error), errorMessage(error)]
    return { why: code === 'ENOENT' ? 'what it names is not there' : message }
  }
}

function liesBelow(path: string, places: string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`))
}

/** True if the log of a receipt is where every cook writes it. */
function isPlainFile({ path, bytes }: NonNullable<Receipt['log']>, pan: string): boolean {
  if (path !== join(pan, logFile)) return false
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isFile() === true && stat.size >= bytes
}
