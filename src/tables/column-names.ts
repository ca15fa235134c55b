// Columns as they are typed: by their name, by a field's name without its result's, or by what several of them belong to.
import { failure, Refusal } from '../base/failures/failure.ts'
import { nearest } from '../base/suggestion.ts'
import type { Column, Table } from './table.ts'

/** The one column that is meant. */
export function columnNamed(table: Table, typed: string): Column {
  const [column, ...more] = columnsNamed(table, typed)
  if (column && more.length === 0) return column
  throw new Refusal([failure('column-ambiguous', { name: typed, some: namesOf([column as Column, ...more]) })])
}

/** `size` names `size.w` and `size.h`. */
export function columnsNamed({ columns }: Table, typed: string): Column[] {
  const exact = columns.filter(({ name }) => name === typed)
  if (exact.length > 0) return exact
  const whole = columns.filter(({ name, of }) => [name, tailOf(name, of)].some((one) => one.startsWith(`${typed}.`)))
  if (whole.length > 0) return whole
  const fields = columns.filter(({ name }) => name.endsWith(`.${typed}`))
  if (fields.length === 1) return fields
  if (fields.length > 1) throw new Refusal([failure('column-ambiguous', { name: typed, some: namesOf(fields) })])
  const known = namesOf(columns)
  const tails = columns.map(({ name, of }) => tailOf(name, of))
  throw new Refusal([failure('column-unknown', { name: typed, near: nearest(typed, [...known, ...tails]), known })])
}

const tailOf = (name: string, of: string): string => name.slice(of.length + 1)

const namesOf = (columns: Column[]): string[] => columns.map(({ name }) => name)
