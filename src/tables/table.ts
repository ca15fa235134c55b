// A table of results: columns of one type each, a row for every variant. Plain data that can be sorted, grouped and written.
import { isMap, plainText, type Value } from '../base/value.ts'

/** `json`: lists, and columns whose values are of several kinds with a list among them. */
export type ColumnType = 'integer' | 'number' | 'flag' | 'text' | 'json'

export interface Column {
  /** `num_N`, `size.w`, `z`, `z.error`. */
  name: string
  /** The parameter or the result it belongs to. */
  of: string
  kind: 'parameter' | 'result' | 'summary'
  type: ColumnType
  /** Some of its values are paths of content that is no small text. */
  paths?: boolean
  /** Undefined: this row has no such value. */
  at(row: number): Value | undefined
}

export interface Table {
  rows: number
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

/** What a value is in a column of its type: a number among texts is its text, a list is its JSON. */
export function cellOf(column: Column, row: number): string | number | boolean | undefined {
  const value = column.at(row)
  if (value === undefined || value === null) return undefined
  if (column.type === 'json') return JSON.stringify(value)
  if (column.type === 'text') return plainText(value)
  return value as number | boolean
}

/** Every value inside an object by its dotted path; null is no value, an empty object and a list are one. */
export function eachField(value: Value, visit: (path: string, value: Value) => void, path = ''): void {
  if (isMap(value) && Object.keys(value).length > 0) {
    for (const [key, inside] of Object.entries(value)) eachField(inside, visit, path === '' ? key : `${path}.${key}`)
  } else if (value !== null) visit(path, value)
}

/** The same columns with their rows in another order, or only some of them. */
export function reordered({ columns }: Table, order: Int32Array): Table {
  const moved = columns.map((column): Column => ({ ...column, at: (row) => column.at(order[row] as number) }))
  return { rows: order.length, columns: moved }
}
