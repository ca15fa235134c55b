// The table of one or several results of an opened kitchen: their variants joined where all names that they share agree.
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Value } from '../base/value.ts'
import type { Session } from '../session/session.ts'
import { contentValue } from '../inspection/queries.ts'
import type { StepTable } from '../plan/cross.ts'
import { join, merged, pick, type Relation, TooManyVariants } from '../plan/relation.ts'
import type { BaseShelf } from '../plan/shelves.ts'
import { type Column, eachField, type Table, typeOf } from './table.ts'

/** A table is to be looked at; one with more columns comes of results whose field names are data themselves. */
const mostColumns = 2_000

interface Made {
  name: string
  table: StepTable
  output: number
  /** The row of its own table behind each row of the joined one. */
  rows: Int32Array
}

export function collectTable(kitchen: Session, results: readonly string[]): Table {
  const { relation, made } = joinResults(kitchen, results)
  const shelves = new Map(
    made.flatMap(({ table }) => table.names.map((name, at) => [name, table.shelves[at]] as const)),
  )
  const parameters = [...relation.columns.keys()].sort().flatMap((name) => {
    const shelf = shelves.get(name) as BaseShelf
    // A step's source tells variants apart only where there are several.
    if (shelf.kind === 'step' && shelf.items.length < 2) return []
    return parameterColumns(shelf, relation.columns.get(name) as Int32Array)
  })
  return { rows: relation.rows, columns: [...parameters, ...made.flatMap((one) => resultColumns(kitchen, one))] }
}

function joinResults(kitchen: Session, results: readonly string[]): { relation: Relation; made: Made[] } {
  let relation: Relation | undefined
  const made: Made[] = []
  for (const name of results) {
    const { table, output } = kitchen.plan.results.get(name) as { table: StepTable; output: number }
    const own: Relation = {
      rows: table.rows,
      columns: new Map(table.names.map((name, at) => [name, table.columns[at] as Int32Array])),
    }
    if (relation === undefined) {
      relation = own
      made.push({ name, table, output, rows: Int32Array.from({ length: table.rows }, (_, row) => row) })
      continue
    }
    const joined = joinedOrRefused(relation, own)
    for (const earlier of made) earlier.rows = pick(earlier.rows, joined.left)
    made.push({ name, table, output, rows: joined.right })
    relation = merged(relation, own, joined)
  }
  return { relation: relation ?? { rows: 0, columns: new Map() }, made }
}

function joinedOrRefused(left: Relation, right: Relation): ReturnType<typeof join> {
  try {
    return join(left, right)
  } catch (error) {
    if (error instanceof TooManyVariants) throw new Refusal([failure('table-long', { rows: error.rows })])
    throw error
  }
}

function parameterColumns(shelf: BaseShelf, items: Int32Array): Column[] {
  const fields = fieldsOf(shelf.items.length, (item) => shelf.items[item]?.label)
  return fields.map(({ path, values }) => ({
    name: dotted(shelf.name, path),
    of: shelf.name,
    kind: 'parameter',
    type: typeOf(values),
    at: (row) => values[items[row] as number],
  }))
}

/** Content is read once, however many rows of the joined table show it. */
function resultColumns(kitchen: Session, { name, table, output, rows }: Made): Column[] {
  const shown = new Set(rows)
  let paths = false
  const valueAt = (row: number): Value | undefined => {
    if (!shown.has(row)) return undefined
    const content = contentValue(kitchen, table, output, row)
    paths ||= content.path !== undefined
    // The line that a text ends with is no part of what it says.
    return typeof content.value === 'string' ? content.value.replace(/\r?\n$/, '') : (content.value ?? content.path)
  }
  const fields = fieldsOf(table.rows, valueAt, name)
  if (fields.length === 0) fields.push({ path: '', values: [] })
  return fields.map(({ path, values }) => ({
    name: dotted(name, path),
    of: name,
    kind: 'result',
    type: typeOf(values),
    paths: paths && path === '',
    at: (row) => values[rows[row] as number],
  }))
}

const dotted = (name: string, path: string): string => (path === '' ? name : `${name}.${path}`)

/** Values taken apart: for each dotted path the value that each of them has there. */
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
