// Reads orders from a JSON file: an array, or one object a line. It reads piece by piece, so a million orders take no
// more memory than one.
import { closeSync, openSync, readSync } from 'node:fs'
import { failure, type Position, Refusal } from '../base/failures/failure.ts'
import { didYouMean } from '../base/failures/wording.ts'
import { isMap, type Value } from '../base/value.ts'
import { nearest } from '../base/suggestion.ts'
import { acceptsKind } from '../racks/goods.ts'
import type { ShelfPlan } from '../racks/racks.ts'
import { type JsonElement, JsonElements } from './json-elements.ts'
import type { SimulatedOrder } from './simulated-order.ts'
import { errorMessage } from '../base/thrown-error.ts'

const pieceBytes = 1 << 20

export function* ordersIn(file: string, shelves: readonly ShelfPlan[]): Generator<SimulatedOrder> {
  let number = 0
  let last = 0
  for (const { text, line } of elementsIn(file)) {
    number++
    const at: Position = { file, line, column: 1 }
    const order = readOrder(parse(text, at), number, at)
    checkTemp(order, shelves, number, at)
    if (order.at !== undefined) {
      if (order.at < last) throw orderRefusal(number, `it comes at ${order.at}, and the one before at ${last}`, at)
      last = order.at
    }
    yield order
  }
}

function* elementsIn(file: string): Generator<JsonElement> {
  const elements = new JsonElements()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const descriptor = openOrders(file)
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (;;) {
      const length = readSync(descriptor, piece)
      yield* elements.feed(decoder.decode(piece.subarray(0, length), { stream: length > 0 }))
      if (length === 0) break
    }
    elements.end()
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxRefusal(error.message, { file, line: elements.line, column: 1 })
    if (error instanceof Refusal) throw error
    throw unreadableRefusal(file, error)
  } finally {
    closeSync(descriptor)
  }
}

function openOrders(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    throw unreadableRefusal(file, error)
  }
}

function unreadableRefusal(file: string, error: unknown): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Refusal([failure('file-missing', { file, as: 'the file of orders' })])
  const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'not UTF-8' : (code ?? String(error))
  return new Refusal([failure('file-unreadable', { file, as: 'the file of orders', reason })])
}

const syntaxRefusal = (reason: string, at: Position): Refusal =>
  new Refusal([failure('file-syntax', { language: 'JSON', reason }, at)])

function parse(text: string, at: Position): Value {
  try {
    return JSON.parse(text) as Value
  } catch (error) {
    throw syntaxRefusal(errorMessage(error), at)
  }
}

function orderRefusal(number: number, why: string, at: Position, hint?: string): Refusal {
  return new Refusal([failure('simulation-order', { number, why, hint }, at)])
}

function readOrder(element: Value, number: number, at: Position): SimulatedOrder {
  if (!isMap(element)) throw orderRefusal(number, 'it is no object', at)
  const { id = `${number}`, name = '', temp, shelfLife, decayRate, at: time } = element
  const received = time ?? undefined
  if (
    typeof temp === 'string' &&
    isAmount(shelfLife) &&
    isAmount(decayRate) &&
    (received === undefined || isAmount(received))
  )
    return { id: String(id), name: String(name), temp, shelfLife, decayRate, at: received }
  for (const [key, value] of Object.entries({ temp, shelfLife, decayRate })) {
    if (value !== undefined) continue
    const near = nearest(key, Object.keys(element))
    throw orderRefusal(number, `it has no "${key}"`, at, near && `is "${near}" meant?`)
  }
  if (typeof temp !== 'string') throw orderRefusal(number, '"temp" has to be text', at)
  const wrong = isAmount(shelfLife) ? (isAmount(decayRate) ? 'at' : 'decayRate') : 'shelfLife'
  throw orderRefusal(number, `"${wrong}" has to be a number from 0 on`, at)
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY

/** Rejects an order that only an overflow shelf accepts, because its temperature is probably mistyped. */
function checkTemp({ temp }: SimulatedOrder, shelves: readonly ShelfPlan[], number: number, at: Position): void {
  const plain = shelves.filter(({ overflow }) => !overflow)
  if ((plain.length > 0 ? plain : shelves).some((shelf) => acceptsKind(shelf, temp))) return
  const known = [...new Set(shelves.flatMap(({ accepts }) => accepts ?? []))]
  const near = nearest(temp, known)
  const hint = didYouMean(near) ?? `shelves take ${known.join(', ')}`
  throw orderRefusal(number, `no shelf takes "${temp}"`, at, hint)
}
