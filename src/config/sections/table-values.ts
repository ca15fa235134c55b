// Reads the rows of a CSV or TSV file as values of a flavour: an object for each row, a field for each column.
import { basename, extname } from 'node:path'
import { type Failure, failure, type Position } from '../../base/failures/failure.ts'
import { type DelimitedCell, type DelimitedRow, delimitedRows, type QuoteFault } from '../../base/delimited-text.ts'
import { nearest } from '../../base/suggestion.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import type { PlacedEntry } from '../origin.ts'
import { failureAt } from '../reading/syntax-tree.ts'

export type ColumnType = 'text' | 'number' | 'boolean'

interface Column {
  name: string
  type: ColumnType | undefined
}

interface TableRequest {
  /** The flavour. */
  name: string
  file: string
  types: PlacedEntry<ColumnType>[]
}

const separators = new Map([
  ['.csv', ','],
  ['.tsv', '\t'],
  ['.tab', '\t'],
])

export function isTableFile(file: string): boolean {
  return separators.has(extname(file).toLowerCase())
}

export function tableValues(
  text: string,
  { name, file, types }: TableRequest,
): { values: Value[]; failures: Failure[] } {
  const separator = separators.get(extname(file).toLowerCase()) ?? ','
  const failures: Failure[] = []
  const values: Value[] = []
  const at = ({ line, column }: { line: number; column: number }): Position => ({ file, line, column })
  const rows = delimitedRows(text, separator)
  const first = rows.next()
  if (first.done) {
    failures.push(
      first.value ? quoteFailure(first.value, file) : failure('table-empty', { name }, at({ line: 1, column: 1 })),
    )
    return { values, failures }
  }
  const columns = readHeader(first.value, { name, file, types }, failures)
  if (failures.length > 0) return { values, failures }
  const ragged: DelimitedRow[] = []
  for (let next = rows.next(); ; next = rows.next()) {
    if (next.done) {
      if (next.value) failures.push(quoteFailure(next.value, file))
      break
    }
    const row = next.value
    if (row.cells.length !== columns.length) {
      ragged.push(row)
      continue
    }
    const value: ValueMap = {}
    for (const [index, cell] of row.cells.entries()) {
      const column = columns[index]
      if (column) value[column.name] = cellValue(cell, column, failures, at(cell))
    }
    values.push(value)
  }
  const [crooked] = ragged
  if (crooked) {
    const data = { cells: crooked.cells.length, columns: columns.length, more: ragged.length - 1, separator }
    failures.push(failure('table-ragged', data, at({ line: crooked.line, column: 1 })))
  }
  return { values, failures: failures.slice(0, mostFailures) }
}

/** A column of a wrong type has a failure in every row: the first ones say it. */
const mostFailures = 10

function quoteFailure({ fault, line, column }: QuoteFault, file: string): Failure {
  return failure('table-quote', { fault }, { file, line, column })
}

function readHeader(header: DelimitedRow, { name, file, types }: TableRequest, failures: Failure[]): Column[] {
  const typeOf = new Map(types.map(({ key, value }) => [key, value]))
  const columns = new Map<string, Column>()
  for (const [index, { text, line, column: offset }] of header.cells.entries()) {
    const column = text.trim()
    const at = { file, line, column: offset }
    if (column === '') failures.push(failure('table-column-unnamed', { number: index + 1 }, at))
    else if (column === '__proto__') failures.push(failure('key-forbidden', { key: column }, at))
    else if (columns.has(column)) failures.push(failure('table-column-doubled', { column }, at))
    columns.set(column, { name: column, type: typeOf.get(column) })
  }
  const [only] = header.cells
  if (header.cells.length === 1 && only && /[;\t|]/.test(only.text)) {
    const found = /[;\t|]/.exec(only.text)?.[0] ?? ';'
    failures.push(failure('table-separator', { found, file: basename(file) }, { file, line: 1, column: 1 }))
  }
  const known = [...columns.keys()]
  for (const { key, place } of failures.length > 0 ? [] : types)
    if (!columns.has(key))
      failures.push(
        failureAt('table-types-unknown', { name, column: key, file, near: nearest(key, known), known }, place),
      )
  return [...columns.values()]
}

const truth = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

function cellValue({ text }: DelimitedCell, column: Column, failures: Failure[], at: Position): Value {
  if (column.type === 'text') return text
  const trimmed = text.trim()
  if (trimmed === '') return null
  const flag = column.type === 'number' ? undefined : truth.get(trimmed)
  if (flag !== undefined) return flag
  const number = column.type === 'boolean' ? undefined : numberOf(trimmed)
  if (number === 'unfit') {
    failures.push(failure('table-number', { column: column.name, text: trimmed }, at))
    return null
  }
  if (number !== undefined) return number
  if (column.type === undefined) return text
  failures.push(failure('table-cell', { column: column.name, text: trimmed, type: column.type }, at))
  return null
}

/** A whole number beyond what a double holds exactly, and what is no finite number, would be kept as another value. */
function numberOf(text: string): number | 'unfit' | undefined {
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return 'unfit'
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  if (!Number.isFinite(number) || (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number))) return 'unfit'
  return number === 0 ? 0 : number
}
