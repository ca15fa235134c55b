// Builds the table of one or several results: joins their variants where all shared names agree.
import { failure, Refusal } from '../base/failures/failure.ts'
import { isMap, type Value } from '../base/value.ts'
import type { ResultView } from '../inspection/session-views.ts'
import { contentValue, type RowVerdict } from '../inspection/queries.ts'
import { Int32Column } from '../base/number-columns.ts'
import { columnsOf } from '../plan/cross.ts'
import { join, merged, type Relation, TooManyVariants } from '../plan/relation.ts'
import type { StockedItem, StockedShelf } from '../plan/shelves.ts'
import type { ResultShelf } from '../plan/step-table.ts'
import { type Column, eachField, type Table, typeOf } from './table.ts'

/** Tables are for people. More columns than this come from results whose field names are data themselves. */
const mostColumns = 2_000

interface JoinedResult {
  shelf: ResultShelf
  /** The row of the result's own table behind each row of the joined one. */
  rows: Int32Column
}

export function collectTable(kitchen: ResultView, names: readonly string[]): Table {
  const { relation, results } = joinResults(names.map((name) => resultNamed(kitchen, name)))
  const columnOf = new Map(results.flatMap(({ shelf }) => shelf.table.depends.map((column) => [column.name, column])))
  const only = Int32Column.zeros(relation.rows)
  const verdicts = new Map<number, RowVerdict>()
  const resultColumns = results.flatMap((one) => columnsOfResult(kitchen, one, verdicts))
  const parameters = [...columnOf]
    .sort(byName)
    .flatMap(([name, { isParameter, shelf }]) =>
      isParameter ? parameterColumns(shelf, relation.columns.get(name) ?? only) : [],
    )
  const columns = [...parameters, ...resultColumns]
  const table = { rows: relation.rows, columns, ...(verdicts.size > 0 && { verdicts }) }
  // An empty cell speaks for itself. A value of an earlier build does not.
  const isStale = [...verdicts.values()].includes('stale')
  return isStale ? { ...table, columns: [...columns, verdictColumn(columns, verdicts)] } : table
}

/** Says which rows hold no current value. */
function verdictColumn(columns: readonly Column[], verdicts: ReadonlyMap<number, RowVerdict>): Column {
  const taken = new Set(columns.map(({ name }) => name))
  const name = taken.has('verdict') ? 'chef.verdict' : 'verdict'
  return { name, of: name, kind: 'verdict', type: 'text', at: (row) => verdicts.get(row) ?? 'current' }
}

const weights: { [verdict in RowVerdict]: number } = { stale: 1, missing: 2, failed: 3 }

/** Counts the rows without a current value. */
export function verdictCounts({ verdicts }: Table): { [verdict in RowVerdict]?: number } {
  const counts: { [verdict in RowVerdict]?: number } = {}
  for (const verdict of verdicts?.values() ?? []) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1)

function resultNamed({ plan }: ResultView, name: string): ResultShelf {
  const shelf = plan.results.get(name)
  if (shelf === undefined) throw new Error(`no result "${name}"`)
  return shelf
}

function joinResults(shelves: readonly ResultShelf[]): { relation: Relation; results: JoinedResult[] } {
  let relation: Relation | undefined
  const results: JoinedResult[] = []
  for (const shelf of shelves) {
    const own = columnsOf(shelf.table)
    if (relation === undefined) {
      relation = own
      results.push({ shelf, rows: Int32Column.counting(own.rows) })
      continue
    }
    const joined = joinOrRefuse(relation, own)
    for (const earlier of results) earlier.rows = earlier.rows.pick(joined.left)
    results.push({ shelf, rows: joined.right })
    relation = merged(relation, own, joined)
  }
  return { relation: relation ?? { rows: 0, columns: new Map() }, results }
}

function joinOrRefuse(left: Relation, right: Relation): ReturnType<typeof join> {
  try {
    return join(left, right)
  } catch (error) {
    if (error instanceof TooManyVariants) throw new Refusal([failure('table-long', { rows: error.rows })])
    throw error
  }
}

function parameterColumns(shelf: StockedShelf, places: Int32Column): Column[] {
  const numbers = shelf.items.some(({ value }) => value !== undefined)
    ? [{ path: '', values: shelf.items.map(({ label }) => label) }]
    : []
  const fields = fieldsOf(shelf.items.length, (item) => fieldsOfItem(shelf.items[item]))
  return [...numbers, ...fields].map(({ path, values }) => ({
    name: dotted(shelf.name, path),
    of: shelf.name,
    kind: 'parameter',
    type: typeOf(values),
    at: (row) => values[places.get(row)],
  }))
}

/** A value that is labelled by its number has a column of its own only where it has fields. */
function fieldsOfItem(item: StockedItem | undefined): Value | undefined {
  if (item?.value === undefined) return item?.label
  return isMap(item.value) ? item.value : undefined
}

/** Reads each content once, however many rows of the joined table show it. */
function columnsOfResult(
  kitchen: ResultView,
  { shelf, rows }: JoinedResult,
  verdicts: Map<number, RowVerdict>,
): Column[] {
  const { name, table } = shelf
  const shown = new Set(rows.array)
  const own = new Map<number, RowVerdict>()
  let paths = false
  const valueAt = (row: number): Value | undefined => {
    if (!shown.has(row)) return undefined
    const content = contentValue(kitchen, shelf.item(row))
    paths ||= content.path !== undefined
    if (content.verdict) own.set(row, content.verdict)
    // The line break that ends a text is not part of its value.
    return typeof content.value === 'string' ? content.value.replace(/\r?\n$/, '') : (content.value ?? content.path)
  }
  const fields = fieldsOf(table.rows, valueAt, name)
  for (let row = 0; row < (own.size > 0 ? rows.length : 0); row++) {
    const [verdict, other] = [own.get(rows.get(row)), verdicts.get(row)]
    if (verdict && (other === undefined || weights[verdict] > weights[other])) verdicts.set(row, verdict)
  }
  if (fields.length === 0) fields.push({ path: '', values: [] })
  return fields.map(({ path, values }) => ({
    name: dotted(name, path),
    of: name,
    kind: 'result',
    type: typeOf(values),
    paths: paths && path === '',
    at: (row) => values[rows.get(row)],
  }))
}

const dotted = (name: string, path: string): string => (path === '' ? name : `${name}.${path}`)

/** Takes values apart, and returns the values at each dotted path. */
function fieldsOf(
  count: number,
  valueAt: (at: number) => Value | undefined,
  result?: string,
): { path: string; values: (Value | undefined)[] }[] {
  const fields = new Map<string, (Value | undefined)[]>()
  for (let at = 0; at < count; at++) {
    const value = valueAt(at)
    if (value === undefined) continue
    eachField(value, (path, inside) => {
      let values = fields.get(path)
      if (values === undefined) {
        if (result !== undefined && fields.size === mostColumns)
          throw new Refusal([failure('table-wide', { result, most: mostColumns })])
        values = new Array<Value | undefined>(count).fill(undefined)
        fields.set(path, values)
      }
      values[at] = inside
    })
  }
  return [...fields].map(([path, values]) => ({ path, values }))
}
