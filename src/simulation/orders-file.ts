// Orders out of a file of JSON: an array, or an object a line. It is read piece by piece, so that a million orders take
// no more memory than one.
import { closeSync, openSync, readSync } from 'node:fs'
import { failure, type Position, Refusal } from '../base/failures/failure.ts'
import { isMap, type Value } from '../base/value.ts'
import { nearest } from '../base/suggestion.ts'
import { takes } from '../racks/goods.ts'
import type { ShelfPlan } from '../racks/racks.ts'
import { type Element, Elements } from './json-elements.ts'
import type { Order } from './simulated-order.ts'

const pieceBytes = 1 << 20

export function* ordersIn(file: string, shelves: readonly ShelfPlan[]): Generator<Order> {
  let number = 0
  let last = 0
  for (const { text, line } of elementsIn(file)) {
    number++
    const at: Position = { file, line, column: 1 }
    const order = readOrder(parse(text, at), number, at)
    checkTemp(order, shelves, number, at)
    if (order.at !== undefined) {
      if (order.at < last) throw unfit(number, `it comes at ${order.at}, and the one before at ${last}`, at)
      last = order.at
    }
    yield order
  }
}

function* elementsIn(file: string): Generator<Element> {
  const elements = new Elements()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const descriptor = opened(file)
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (;;) {
      const length = readSync(descriptor, piece)
      yield* elements.feed(decoder.decode(piece.subarray(0, length), { stream: length > 0 }))
      if (length === 0) break
    }
    elements.end()
  } catch (error) {
    if (error instanceof SyntaxError) throw broken(error.message, { file, line: elements.line, column: 1 })
    if (error instanceof Refusal) throw error
    throw unreadable(file, error)
  } finally {
    closeSync(descriptor)
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): Refusal {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Refusal([failure('file-missing', { file, as: 'the file of orders' })])
  const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'not UTF-8' : (code ?? String(error))
  return new Refusal([failure('file-unreadable', { file, as: 'the file of orders', reason })])
}

const broken = (reason: string, at: Position): Refusal =>
  new Refusal([failure('file-syntax', { language: 'JSON', reason }, at)])

function parse(text: string, at: Position): Value {
  try {
    return JSON.parse(text) as Value
  } catch (error) {
    throw broken((error as Error).message, at)
  }
}

function unfit(number: number, why: string, at: Position, hint?: string): Refusal {
  return new Refusal([failure('simulation-order', { number, why, hint }, at)])
}

function readOrder(given: Value, number: number, at: Position): Order {
  if (!isMap(given)) throw unfit(number, 'it is no object', at)
  const { id = `${number}`, name = '', temp, shelfLife, decayRate, at: time } = given
  const order = { id: String(id), name: String(name), temp, shelfLife, decayRate, at: time ?? undefined }
  if (
    typeof temp === 'string' &&
    isAmount(shelfLife) &&
    isAmount(decayRate) &&
    (order.at === undefined || isAmount(time))
  )
    return order as Order
  for (const [key, value] of Object.entries({ temp, shelfLife, decayRate })) {
    if (value !== undefined) continue
    const near = nearest(key, Object.keys(given))
    throw unfit(number, `it has no "${key}"`, at, near && `is "${near}" meant?`)
  }
  if (typeof temp !== 'string') throw unfit(number, '"temp" has to be text', at)
  const wrong = isAmount(shelfLife) ? (isAmount(decayRate) ? 'at' : 'decayRate') : 'shelfLife'
  throw unfit(number, `"${wrong}" has to be a number from 0 on`, at)
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY

/** An overflow shelf takes anything: what has no shelf of its own is rather mistyped. */
function checkTemp({ temp }: Order, shelves: readonly ShelfPlan[], number: number, at: Position): void {
  const plain = shelves.filter(({ overflow }) => !overflow)
  if ((plain.length > 0 ? plain : shelves).some((shelf) => takes(shelf, temp))) return
  const known = [...new Set(shelves.flatMap(({ accepts }) => accepts ?? []))]
  const near = nearest(temp, known)
  const hint = near ? `did you mean "${near}"?` : `shelves take ${known.join(', ')}`
  throw unfit(number, `no shelf takes "${temp}"`, at, hint)
}
