// `chef table`: shows a row for every variant, with its parameters and results.
import { relative } from 'node:path'
import { type Column, type Table } from '../../tables/table.ts'
import type { RowVerdict } from '../../inspection/queries.ts'
import { many } from '../text/amounts-text.ts'
import { type Cell, columnsText, leastWidth } from '../text/columns.ts'
import type { Style } from '../text/style.ts'
import { type NameFilter, valueText } from '../text/variant-text.ts'
import { printable, widthOf } from '../text/width.ts'

export interface TableView {
  style: Style
  columns: number
  varies: NameFilter
  /** Paths are shown relative to this folder. */
  folder: string
  /** True if every column was requested, so that none is left out for being the same in all rows. */
  chosen?: boolean
  /** How many rows have no current value, by what they are. */
  verdicts?: { readonly [verdict in RowVerdict]?: number }
}

export function tableText(table: Table, view: TableView): string {
  const { style } = view
  const listed = view.chosen ? table.columns : tellingColumns(table, view.varies)
  const cells = listed.map((column) => columnCells(column, table.rows, view))
  const shown = fitting(cells, view.columns)
  const rows = Array.from({ length: table.rows + 1 }, (_, row) => cells.slice(0, shown).map((one) => one[row] ?? ''))
  const single = table.columns.some(({ kind }) => kind === 'result')
  const left = listed.length - shown
  const foot =
    many(table.rows, single ? 'variant' : 'row') +
    verdictText(view) +
    (left > 0 ? `, ${many(left, 'more column')}: --columns` : '')
  return `${[...columnsText(rows, view.columns), style.dim(foot)].join('\n')}\n`
}

function verdictText({ verdicts = {} }: TableView): string {
  const counts = Object.entries(verdicts)
  return counts.length === 0 ? '' : `, ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`
}

/** Returns the parameters that distinguish the rows. If none does, it returns all of them, or none for a single row. */
function tellingColumns({ columns, rows }: Table, varies: NameFilter): Column[] {
  const parameters = columns.filter(({ kind }) => kind === 'parameter')
  const several = parameters.filter(({ of }) => varies(of))
  const left = several.length > 0 ? several : rows > 1 ? parameters : []
  return columns.filter((column) => column.kind !== 'parameter' || left.includes(column))
}

function columnCells(column: Column, rows: number, { style, folder }: TableView): Cell[] {
  const right = column.type === 'integer' || column.type === 'number'
  const plain = column.kind === 'parameter' ? undefined : style.green
  const cells: Cell[] = [{ text: printable(column.name), paint: style.bold, right }]
  for (let row = 0; row < rows; row++) {
    const value = column.at(row)
    const text = value === undefined ? '' : valueText(value)
    if (column.paths && text.startsWith('/')) cells.push({ text: shorter(text, folder), paint: style.dim })
    else cells.push({ text, paint: plain, right })
  }
  return cells
}

/** Returns the path from this folder if it is shorter. */
function shorter(path: string, folder: string): string {
  const near = relative(folder, path)
  return near.length < path.length ? near : path
}

/** Returns how many columns, from the left, are wide enough to be read in this room. */
function fitting(cells: Cell[][], room: number): number {
  let used = 0
  for (const [at, column] of cells.entries()) {
    const width = column.reduce((widest, { text }) => Math.max(widest, widthOf(text)), 0)
    used += Math.min(width, leastWidth) + (at > 0 ? 2 : 0)
    if (used > room) return Math.max(1, at)
  }
  return cells.length
}
