// Writes tables as text for other programs: CSV, Markdown tables, and a JSON object a row.
import { withNumberTexts } from '../../base/content-value.ts'
import { isMap, plainText } from '../../base/value.ts'
import { cellOf, type Column, type Table } from '../../tables/table.ts'

/** Follows RFC 4180 except for line ends. A missing value is empty, an empty text is two quotation marks. */
export function* csvLines({ columns, rows }: Table): Iterable<string> {
  yield `${columns.map(({ name }) => quote(name)).join(',')}\n`
  for (let row = 0; row < rows; row++) yield `${columns.map((column) => csvCell(column, row)).join(',')}\n`
}

function csvCell(column: Column, row: number): string {
  const cell = cellOf(column, row)
  if (cell === undefined) return ''
  return typeof cell === 'string' ? quote(cell) : plainText(cell)
}

/** Quotes a text that would be read differently without quotes, including one with space at its ends. */
function quote(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function* markdownLines({ columns, rows }: Table): Iterable<string> {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |\n`
  yield line(columns.map(({ name }) => markdownCell(name)))
  yield line(columns.map(({ type }) => (type === 'integer' || type === 'number' ? '--:' : '---')))
  for (let row = 0; row < rows; row++)
    yield line(columns.map((column) => markdownCell(plainText(cellOf(column, row) ?? ''))))
}

function markdownCell(text: string): string {
  return text
    .replace(/[\\|`*<[\]]|(?<!\w)_|_(?!\w)/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replace(/\r?\n/g, '<br>')
}

/** Keeps dotted names, so that the columns equal those of the other formats. A missing value is null. */
export function rowObject({ columns }: Table, row: number): object {
  return Object.fromEntries(columns.map((column) => [column.name, plainObject(column, row)]))
}

const plainObject = (column: Column, row: number): unknown => {
  const value = column.at(row)
  return isMap(value) ? {} : withNumberTexts(value ?? null)
}
