// `chef table` for people: a row for every variant, its parameters and what came out.
import type { Depends } from '../base/event.ts'
import type { Value } from '../base/value.ts'
import { many } from './amounts.ts'
import { type Cell, columnsText } from './columns.ts'
import type { Style } from './style.ts'
import { type Telling, valueText } from './variant.ts'
import { printable } from './width.ts'

export interface TableRow {
  parameters: Depends
  value?: Value
  path?: string
}

/** Names that tell the rows apart, in the order they first come; where only one row is, all of them. */
function tableNames(rows: TableRow[], telling: Telling): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.parameters)))]
  const several = names.filter(telling)
  return several.length > 0 ? several : rows.length > 1 ? names : []
}

export function tableText(
  result: string,
  rows: TableRow[],
  { style, columns, telling }: { style: Style; columns: number; telling: Telling },
): string {
  const names = tableNames(rows, telling)
  const numeric = [
    ...names.map((name) => isNumeric(rows.map((row) => row.parameters[name]))),
    isNumeric(rows.map((row) => row.value)),
  ]
  const head = [...names, result].map((text, at): Cell => ({ text, paint: style.bold, right: numeric[at] === true }))
  const body = rows.map((row): Cell[] => [
    ...names.map((name, at): Cell => ({ text: shown(row.parameters[name]), right: numeric[at] === true })),
    resultCell(row, style, numeric[names.length] === true),
  ])
  const lines = columnsText([head, ...body], columns)
  return `${[...lines, style.dim(many(rows.length, 'variant'))].join('\n')}\n`
}

function resultCell(row: TableRow, style: Style, right: boolean): Cell {
  if (row.path !== undefined) return { text: printable(row.path), paint: style.dim }
  return {
    text: typeof row.value === 'string' ? printable(row.value.trimEnd()) : shown(row.value),
    paint: style.green,
    right,
  }
}

function shown(value: Value | undefined): string {
  return value === undefined ? '' : valueText(value)
}

function isNumeric(values: (Value | undefined)[]): boolean {
  const known = values.filter((value) => value !== undefined)
  return known.length > 0 && known.every((value) => typeof value === 'number')
}
