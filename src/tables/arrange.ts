// Sorting, grouping and choosing columns: from tables to tables.
import { failure, Refusal } from '../base/failures/failure.ts'
import { deviationOf, meanOf, medianOf, sumOf } from '../base/statistics.ts'
import { canonical, plainText, type Value } from '../base/value.ts'
import { columnNamed, columnsNamed } from './column-names.ts'
import { type Column, reordered, type Table, typeOf } from './table.ts'

export interface Arrangement {
  /** Column names, `-` in front for the largest first. */
  sort: string[]
  /** Undefined: rows stay single. */
  group?: string[]
  summaries: Summary[]
  /** Empty: all of them. */
  columns: string[]
}

/** `count` is of rows, the others of the values in a column. */
export interface Summary {
  kind: SummaryKind
  column?: string
}

export const summaryKinds = ['mean', 'min', 'max', 'sum', 'median', 'std'] as const
export type SummaryKind = (typeof summaryKinds)[number] | 'count'

export function arranged(table: Table, { sort, group, summaries, columns }: Arrangement): Table {
  const grouped = group || summaries.length > 0 ? groupedTable(table, group ?? [], summaries) : table
  const sorted = sort.length > 0 ? reordered(grouped, sortedRows(grouped, sort)) : grouped
  if (columns.length === 0) return sorted
  return { ...sorted, columns: [...new Set(columns.flatMap((name) => columnsNamed(sorted, name)))] }
}

/** Rows that are equal in all columns keep their order; a row without the value comes last, whichever way it is sorted. */
export function sortedRows(table: Table, sort: readonly string[]): Int32Array {
  const keys = sort.map((typed) => {
    const down = typed.startsWith('-')
    const column = columnNamed(table, down ? typed.slice(1) : typed)
    return { down, values: Array.from({ length: table.rows }, (_, row) => column.at(row)) }
  })
  return Int32Array.from({ length: table.rows }, (_, row) => row).sort((one, other) => {
    for (const { down, values } of keys) {
      const [first, second] = [values[one], values[other]]
      if (first === undefined || second === undefined) {
        if (first !== second) return first === undefined ? 1 : -1
      } else {
        const before = compareValues(first, second)
        if (before !== 0) return down ? -before : before
      }
    }
    return one - other
  })
}

/** Numbers by size and before all else, which goes by its text. */
function compareValues(one: Value, other: Value): number {
  const numbers = Number(typeof other === 'number') - Number(typeof one === 'number')
  if (numbers !== 0) return numbers
  if (typeof one === 'number') return one - (other as number)
  const [first, second] = [plainText(one), plainText(other)]
  return first < second ? -1 : first > second ? 1 : 0
}

function groupedTable(table: Table, by: readonly string[], summaries: readonly Summary[]): Table {
  const keys = [...new Set(by.flatMap((name) => columnsNamed(table, name)))]
  const members = groupsOf(table.rows, keys)
  const kept = keys.map((column): Column => ({ ...column, at: (row) => column.at(members[row]?.[0] as number) }))
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

function summaryColumn(table: Table, members: number[][], { kind, column: typed }: Summary): Column {
  if (kind === 'count' || typed === undefined) {
    return { name: 'count', of: 'count', kind: 'summary', type: 'integer', at: (row) => members[row]?.length ?? 0 }
  }
  const column = columnNamed(table, typed)
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

/** Of no numbers there is only a sum. */
const summarize: { [kind in (typeof summaryKinds)[number]]: (numbers: number[]) => number | undefined } = {
  sum: sumOf,
  mean: meanOf,
  min: (numbers) => (numbers.length === 0 ? undefined : numbers.reduce((one, other) => Math.min(one, other))),
  max: (numbers) => (numbers.length === 0 ? undefined : numbers.reduce((one, other) => Math.max(one, other))),
  median: medianOf,
  std: deviationOf,
}
