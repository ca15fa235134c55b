// A table of results with one row for every variant. Its columns have one type each; it is plain data that can be
// sorted, grouped and written.
import type { RowVerdict } from '../inspection/queries.ts'
import type { Int32Column } from '../base/number-columns.ts'
import { contentText } from '../base/content-value.ts'
import { isMap, plainText, type Value } from '../base/value.ts'

/** `json` is the type of lists, and of columns that mix a list with other kinds of values. */
export type ColumnType = 'integer' | 'number' | 'flag' | 'text' | 'json'

export interface Column {
  /** `num_N`, `size.w`, `z`, `z.error`. */
  name: string
  /** The parameter or the result that the column belongs to. */
  of: string
  kind: 'parameter' | 'result' | 'summary' | 'verdict'
  type: ColumnType
  /** True if some values are paths of content that is no small text. */
  paths?: boolean
  /** Returns undefined if the row has no value. */
  at(row: number): Value | undefined
}

export interface Table {
  rows: number
  /** Of the rows without a current value, in the order in which the results were joined. */
  verdicts?: ReadonlyMap<number, RowVerdict>
  columns: Column[]
}

export function typeOf(values: Iterable<Value | undefined>): ColumnType {
  let type: ColumnType | undefined
  for (const value of values) {
    if (value === undefined) continue
    const own = typeOfValue(value)
    if (own === 'json') return 'json'
    type = type === undefined || type === own ? own : both(type, own)
  }
  return type ?? 'text'
}

function typeOfValue(value: Value): ColumnType {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  if (typeof value === 'boolean') return 'flag'
  return typeof value === 'string' ? 'text' : 'json'
}

function both(one: ColumnType, other: ColumnType): ColumnType {
  const numbers = ['integer', 'number']
  return numbers.includes(one) && numbers.includes(other) ? 'number' : 'text'
}

/** Returns a value in the form of its column's type: a number among texts becomes text, a list becomes JSON. */
export function cellOf(column: Column, row: number): string | number | boolean | undefined {
  const value = column.at(row)
  if (value === undefined || value === null) return undefined
  if (column.type === 'json') return contentText(value)
  if (column.type === 'text') return plainText(value)
  return typeof value === 'number' || typeof value === 'boolean' ? value : plainText(value)
}

/** Visits every value inside an object with its dotted path. Null is no value; an empty object and a list are one. */
export function eachField(value: Value, visit: (path: string, value: Value) => void, path = ''): void {
  if (isMap(value) && Object.keys(value).length > 0) {
    for (const [key, inside] of Object.entries(value)) eachField(inside, visit, path === '' ? key : `${path}.${key}`)
  } else if (value !== null) visit(path, value)
}

/** Returns the same columns with their rows in another order, or with only some of the rows. */
export function reorderTable({ columns }: Table, order: Int32Column): Table {
  const moved = columns.map((column): Column => ({ ...column, at: (row) => column.at(order.get(row)) }))
  return { rows: order.length, columns: moved }
}
