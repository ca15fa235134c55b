// Sorts, groups and selects columns of tables.
import { elementAt } from '../base/element-at.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import { Int32Column } from '../base/number-columns.ts'
import { deviationOf, meanOf, medianOf, sumOf } from '../base/statistics.ts'
import { canonical, plainText, type Value } from '../base/value.ts'
import { columnNamed, columnsNamed } from './column-names.ts'
import { type Column, reorderTable, type Table, typeOf } from './table.ts'

export interface Arrangement {
  /** Column names. A `-` in front sorts the largest first. */
  sort: string[]
  /** Undefined keeps every row on its own. */
  group?: string[]
  summaries: Summary[]
  /** An empty list keeps all columns. */
  columns: string[]
}

/** `count` counts rows; the others summarise the values of a column. */
export interface Summary {
  kind: SummaryKind
  column?: string
}

export const summaryKinds = ['mean', 'min', 'max', 'sum', 'median', 'std'] as const
export type SummaryKind = (typeof summaryKinds)[number] | 'count'

export function arrangeTable(table: Table, { sort, group, summaries, columns }: Arrangement): Table {
  const grouped = group || summaries.length > 0 ? groupTable(table, group ?? [], summaries) : table
  const sorted = sort.length > 0 ? reorderTable(grouped, sortRows(grouped, sort)) : grouped
  if (columns.length === 0) return sorted
  return { ...sorted, columns: [...new Set(columns.flatMap((name) => columnsNamed(sorted, name)))] }
}

/** Sorts stably. Rows with no number (NaN), and behind them rows without the value, come last in either direction. */
export function sortRows(table: Table, sort: readonly string[]): Int32Column {
  const keys = sort.map((text) => {
    const down = text.startsWith('-')
    const column = columnNamed(table, down ? text.slice(1) : text)
    return { down, values: Array.from({ length: table.rows }, (_, row) => column.at(row)) }
  })
  const order = Int32Column.counting(table.rows)
  order.array.sort((one, other) => {
    for (const { down, values } of keys) {
      const [first, second] = [values[one], values[other]]
      const lack = lackOf(first) - lackOf(second)
      if (lack !== 0) return lack
      if (first !== undefined && second !== undefined) {
        const before = compareValues(first, second)
        if (before !== 0) return down ? -before : before
      }
    }
    return one - other
  })
  return order
}

const lackOf = (value: Value | undefined): number => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0)

/** Compares numbers by size and puts them before everything else, which compares as text. */
function compareValues(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one === other ? 0 : one < other ? -1 : 1
  if (typeof one === 'number' || typeof other === 'number') return typeof one === 'number' ? -1 : 1
  const [first, second] = [plainText(one), plainText(other)]
  return first < second ? -1 : first > second ? 1 : 0
}

function groupTable(table: Table, by: readonly string[], summaries: readonly Summary[]): Table {
  const keys = [...new Set(by.flatMap((name) => columnsNamed(table, name)))]
  const members = groupsOf(table.rows, keys)
  const firstOf = (group: number): number => elementAt(elementAt(members, group), 0)
  const kept = keys.map((column): Column => ({ ...column, at: (row) => column.at(firstOf(row)) }))
  const wanted: readonly Summary[] = summaries.length > 0 ? summaries : [{ kind: 'count' }]
  return { rows: members.length, columns: [...kept, ...wanted.map((one) => summaryColumn(table, members, one))] }
}

function groupsOf(rows: number, keys: readonly Column[]): number[][] {
  const groups = new Map<string, number[]>()
  for (let row = 0; row < rows; row++) {
    const key = canonical(keys.map((column) => column.at(row) ?? null))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}

function summaryColumn(table: Table, members: number[][], { kind, column: text }: Summary): Column {
  if (kind === 'count' || text === undefined) {
    return { name: 'count', of: 'count', kind: 'summary', type: 'integer', at: (row) => members[row]?.length ?? 0 }
  }
  const column = columnNamed(table, text)
  if (column.type !== 'integer' && column.type !== 'number')
    throw new Refusal([failure('column-no-number', { name: column.name, use: `--${kind}` })])
  const values = members.map((rows) => {
    const numbers = rows.map((row) => column.at(row)).filter((value) => typeof value === 'number')
    return summarize[kind](numbers)
  })
  return {
    name: `${column.name}.${kind}`,
    of: column.name,
    kind: 'summary',
    type: typeOf(values),
    at: (row) => values[row],
  }
}

/** Without numbers only the sum is defined. */
const summarize: { [kind in (typeof summaryKinds)[number]]: (numbers: number[]) => number | undefined } = {
  sum: sumOf,
  mean: meanOf,
  min: (numbers) => (numbers.length === 0 ? undefined : numbers.reduce((one, other) => Math.min(one, other))),
  max: (numbers) => (numbers.length === 0 ? undefined : numbers.reduce((one, other) => Math.max(one, other))),
  median: medianOf,
  std: deviationOf,
}
