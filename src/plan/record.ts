// Records: the canonical JSON that says which variant a job is, and the names they get on their shelf.
import { type ContentName, labelInReference, nthName } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import type { Depends } from '../base/event.ts'
import { canonical, fieldOf, isMap, parsed, plainText } from '../base/value.ts'
import { itemAt, type StockedItem, type StockedShelf, valueOf } from './shelves.ts'
import { type InputColumn, type JobRow, referenceTo, type StepTable, type VariantColumn } from './step-table.ts'

/**
 * The record of a result: everything one variant depends on, as text and taken apart. Its hash is the name of the items
 * it stands for.
 */
export class JSONContainer {
  /** Canonical JSON. */
  readonly text: string
  #depends: Depends | undefined

  constructor(text: string) {
    this.text = text
  }

  /** Labels and values, with the hashes of resources and sources; undefined for a text that the disk has spoilt. */
  get depends(): Depends | undefined {
    if (this.#depends) return this.#depends
    const value = parsed(this.text)
    if (isMap(value) && isMap(value.depends)) this.#depends = value.depends
    return this.#depends
  }
}

/** Writes the record of a job again. */
export function recordOf({ table, row }: JobRow): JSONContainer {
  return new JSONContainer(recordWriter(table)(row))
}

export type RecordWriter = (row: number) => string

/** The columns that the records of a table name: deep ones leave out what their inputs' records hold already. */
function recordColumns(table: StepTable): readonly VariantColumn[] {
  return table.fixed.hasTooManyToRepeat ? table.ownColumns() : table.depends
}

/** One writer for a table: pieces that rows share are made once. */
export function recordWriter(table: StepTable): RecordWriter {
  const depends = recordColumns(table).map(({ name, shelf, places }) => {
    const piece = itemPieces(shelf, (item) => `${JSON.stringify(name)}:${item.dependsText}`)
    return (row: number) => piece(places.get(row))
  })
  const inputs = table.inputs
    .map((column) => ({ inner: column.input.inner, write: referenceWriter(column) }))
    .sort((a, b) => (a.inner < b.inner ? -1 : 1))
    .map(({ inner, write }) => ({ head: `${JSON.stringify(inner)}:`, write }))
  const tail = `},"output":${canonical(table.step.outputs.map((output) => output.name))},"step":${JSON.stringify(table.step.name)}}`
  return (row) => {
    let text = '{"depends":{'
    let comma = ''
    for (const write of depends) {
      text += comma
      text += write(row)
      comma = ','
    }
    text += '},"inputs":{'
    comma = ''
    for (const { head, write } of inputs) {
      text += comma
      text += head
      text += write(row)
      comma = ','
    }
    return text + tail
  }
}

/** Text for each item of a shelf, made when first asked for. */
function itemPieces(shelf: StockedShelf, make: (item: StockedItem) => string): (place: number) => string {
  const made: string[] = []
  return (place) => (made[place] ??= make(itemAt(shelf, place)))
}

function referenceWriter(column: InputColumn): RecordWriter {
  switch (column.kind) {
    case 'stocked': {
      const { field } = column.input
      const dotted = [column.shelf.name, ...field].join('.')
      const piece = itemPieces(column.shelf, (item) => JSON.stringify(`${dotted}/${fieldText(item, field)}`))
      const { places } = column
      return (row) => piece(places.get(row))
    }
    case 'result': {
      const head = JSON.stringify(`${column.shelf.name}/`).slice(0, -1)
      const { table } = column.shelf
      const { rows } = column
      return (row) => `${head}${table.record(rows.get(row))}"`
    }
    case 'collected':
      return (row) => {
        const names: string[] = []
        for (const member of column.members(row)) names.push(JSON.stringify(referenceTo(column.shelf, member)))
        return `[${names.join(',')}]`
      }
  }
}

function fieldText(item: StockedItem, field: readonly string[]): string {
  return field.length === 0 ? item.reference : plainText(fieldOf(valueOf(item), field) ?? null)
}

/** Returns the record that an earlier build stored under a name. */
export type StoredRecord = (name: string) => string | undefined

/**
 * Names every record of a table. The same hash with another record is another item: `hash+1`, `hash+2`, ...,
 * found by comparing the records, here and on the shelf.
 */
export function nameRecords(table: StepTable, digest: Digest, stored: StoredRecord): void {
  const write = recordWriter(table)
  const rowOf = new Map<ContentName, number>()
  for (let row = 0; row < table.rows; row++) {
    const name = nameOf(write(row), digest, (one) => {
      const other = rowOf.get(one)
      return other === undefined ? stored(one) : write(other)
    })
    table.setRecord(row, name)
    rowOf.set(name, row)
  }
}

/** Names these rows anew; every other row keeps its name, under which the shelf holds its record. */
export function renameRecords(table: StepTable, rows: readonly number[], digest: Digest, stored: StoredRecord): void {
  const write = recordWriter(table)
  const named = new Map<ContentName, string>()
  for (const row of rows) {
    const record = write(row)
    const name = nameOf(record, digest, (one) => named.get(one) ?? stored(one))
    table.setRecord(row, name)
    named.set(name, record)
  }
}

/** The first name of a record's hash that no other record has. */
function nameOf(record: string, digest: Digest, held: (name: ContentName) => string | undefined): ContentName {
  const hash = digest.text(record)
  for (let n = 0; ; n++) {
    const name = nthName(hash, n)
    const other = held(name)
    if (other === undefined || other === record) return name
  }
}

/** The same variant across changes of content has the same text: step and labels. */
export function variantText({ table, row }: JobRow): string {
  return canonical(Object.fromEntries(recordColumns(table).map((column) => [column.name, column.item(row).label])))
}

/** The variant text of a stored record: labels are what stands before the hash of a resource or a source. */
export function storedVariantText(record: JSONContainer, flavours: ReadonlySet<string>): string | undefined {
  const { depends } = record
  if (depends === undefined) return undefined
  const labels = Object.entries(depends).map(([name, value]) => [
    name,
    typeof value === 'string' && !flavours.has(name) ? labelInReference(value) : value,
  ])
  return canonical(Object.fromEntries(labels))
}
