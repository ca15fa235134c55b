// Records: the canonical JSON that says which variant a job is, and the names they get on their shelf.
import { type ContentName, labelInReference, nthName } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import type { Depends } from '../base/event.ts'
import { canonical, fieldOf, parsed, plainText, type Value } from '../base/value.ts'
import type { InputColumn, Source, StepTable } from './cross.ts'
import type { BaseShelf } from './shelves.ts'

export type RecordWriter = (row: number) => string

/** What a job is called: its step, and the name of its record. */
export function jobId({ step, items }: StepTable, row: number): string {
  return `${step.name}/${items[row]}`
}

/** One writer for a table: pieces that rows share are made once. */
export function recordWriter(table: StepTable): RecordWriter {
  const depends = table.names.map((name, at) =>
    itemPieces(table.shelves[at] as BaseShelf, (item) => `${JSON.stringify(name)}:${item.dependsText}`),
  )
  const inputs = table.inputs
    .map((column) => ({ inner: column.input.inner, write: referenceWriter(column) }))
    .sort((a, b) => (a.inner < b.inner ? -1 : 1))
    .map(({ inner, write }) => ({ head: `${JSON.stringify(inner)}:`, write }))
  const tail = `},"output":${canonical(table.step.outputs.map((output) => output.name))},"step":${JSON.stringify(table.step.name)}}`
  const columns = table.columns
  return (row) => {
    let text = '{"depends":{'
    for (let at = 0; at < depends.length; at++) {
      if (at > 0) text += ','
      text += (depends[at] as Pieces)((columns[at] as Int32Array)[row] as number)
    }
    text += '},"inputs":{'
    for (let at = 0; at < inputs.length; at++) {
      const input = inputs[at] as (typeof inputs)[number]
      if (at > 0) text += ','
      text += input.head
      text += input.write(row)
    }
    return text + tail
  }
}

type Pieces = (item: number) => string

/** Text for each item of a shelf, made when first asked for. */
function itemPieces(shelf: BaseShelf, make: (item: BaseShelf['items'][number]) => string): Pieces {
  const made: string[] = []
  return (item) => {
    made[item] ??= make(shelf.items[item] as BaseShelf['items'][number])
    return made[item]
  }
}

function referenceWriter(column: InputColumn): RecordWriter {
  switch (column.kind) {
    case 'base': {
      const dotted = [column.shelf.name, ...column.input.field].join('.')
      const pieces = itemPieces(column.shelf, (item) =>
        JSON.stringify(`${dotted}/${referenceText(item, column.input.field)}`),
      )
      return (row) => pieces(column.column[row] as number)
    }
    case 'result': {
      const { name } = column.table.step.outputs[column.output] as { name: string }
      const head = JSON.stringify(`${name}/`).slice(0, -1)
      return (row) => `${head}${column.table.items[column.rows[row] as number]}"`
    }
    case 'collected': {
      const member = memberReference(column.source)
      return (row) => {
        const group = column.group[row] as number
        const names: string[] = []
        for (let at = column.offsets[group] as number; at < (column.offsets[group + 1] as number); at++) {
          names.push(JSON.stringify(member(column.members[at] as number)))
        }
        return `[${names.join(',')}]`
      }
    }
  }
}

/** `z/<record>` or `photos/a.jpg:<hash>` for one member of a collected input. */
export function memberReference(source: Source): (member: number) => string {
  if (source.kind === 'base')
    return (member) => `${source.shelf.name}/${(source.shelf.items[member] as BaseShelf['items'][number]).reference}`
  const name = source.table.step.outputs[source.output]?.name
  return (member) => `${name}/${source.table.items[member]}`
}

function referenceText(item: BaseShelf['items'][number], field: readonly string[]): string {
  return field.length === 0 ? item.reference : plainText(fieldOf(item.label, field) as Value)
}

/** What the shelf of a step holds from earlier builds: the record stored under a name. */
export type StoredRecord = (name: string) => string | undefined

/**
 * Names every record of a table. The same hash with another record is another item: `hash+1`, `hash+2`, ...,
 * found by comparing the records, here and on the shelf.
 */
export function nameRecords(table: StepTable, digest: Digest, stored: StoredRecord): void {
  const write = recordWriter(table)
  const rowOf = new Map<ContentName, number>()
  table.items = new Array(table.rows)
  for (let row = 0; row < table.rows; row++) {
    const name = nameOf(write(row), digest, (one) => {
      const other = rowOf.get(one)
      return other === undefined ? stored(one) : write(other)
    })
    table.items[row] = name
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
    table.items[row] = name
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

/** Labels and values of a job, never hashes. */
export function dependsOf(table: StepTable, row: number): Depends {
  const depends: Depends = {}
  for (const [at, name] of table.names.entries()) {
    depends[name] = (table.shelves[at] as BaseShelf).items[(table.columns[at] as Int32Array)[row] as number]
      ?.label as Value
  }
  return depends
}

/** The parameters a user thinks of: flavours and resources, and a step's source only where there are several. */
export function parametersOf(table: StepTable, row: number): Depends {
  const parameters: Depends = {}
  for (const [at, name] of table.names.entries()) {
    const shelf = table.shelves[at] as BaseShelf
    if (shelf.kind === 'step' && shelf.items.length < 2) continue
    parameters[name] = shelf.items[(table.columns[at] as Int32Array)[row] as number]?.label as Value
  }
  return parameters
}

/** The same variant across changes of content has the same text: step and labels. */
export function variantText(table: StepTable, row: number): string {
  return canonical(dependsOf(table, row))
}

/** The variant text of a stored record: labels are what stands before the hash of a resource or a source. */
export function storedVariantText(record: string, isFlavour: (name: string) => boolean): string {
  const depends = (parsed(record) as { depends: Depends } | undefined)?.depends
  // Spoilt on the disk: no variant's.
  if (depends === undefined) return ''
  for (const [name, value] of Object.entries(depends)) {
    if (typeof value === 'string' && !isFlavour(name)) depends[name] = labelInReference(value)
  }
  return canonical(depends)
}
