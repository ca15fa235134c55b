// Resolves columns from arguments: by name, by a field's name without its result's, or by a common prefix.
import { failure, Refusal } from '../base/failures/failure.ts'
import { nearest } from '../base/suggestion.ts'
import type { Column, Table } from './table.ts'

/** Returns the one column of that name. */
export function columnNamed(table: Table, text: string): Column {
  const found = columnsNamed(table, text)
  const [column] = found
  if (column && found.length === 1) return column
  throw new Refusal([failure('column-ambiguous', { name: text, some: namesOf(found) })])
}

/** Returns every column under a name: `size` covers `size.w` and `size.h`. */
export function columnsNamed({ columns }: Table, text: string): Column[] {
  const exact = columns.filter(({ name }) => name === text)
  if (exact.length > 0) return exact
  const whole = columns.filter(({ name, of }) => [name, tailOf(name, of)].some((one) => one.startsWith(`${text}.`)))
  if (whole.length > 0) return whole
  const fields = columns.filter(({ name }) => name.endsWith(`.${text}`))
  if (fields.length === 1) return fields
  if (fields.length > 1) throw new Refusal([failure('column-ambiguous', { name: text, some: namesOf(fields) })])
  const known = namesOf(columns)
  const tails = columns.map(({ name, of }) => tailOf(name, of))
  throw new Refusal([failure('column-unknown', { name: text, near: nearest(text, [...known, ...tails]), known })])
}

const tailOf = (name: string, of: string): string => name.slice(of.length + 1)

const namesOf = (columns: Column[]): string[] => columns.map(({ name }) => name)
