// The jobs of one step as a table: columns of the variants they depend on, columns of what they read, and single rows.
import type { ContentName } from '../base/content-name.ts'
import { elementAt } from '../base/element-at.ts'
import type { Depends } from '../base/event.ts'
import type { Int32Column } from '../base/number-columns.ts'
import { fieldOf, plainText, type Value } from '../base/value.ts'
import type { Input, Output, Step } from '../config/configuration.ts'
import type { FixedShelves } from './fixed-shelves.ts'
import { type JobId, jobIdOf } from './job-id.ts'
import type { Relation } from './relation.ts'
import {
  type FlavourShelf,
  itemAt,
  type ResourceShelf,
  type StockedItem,
  type StockedShelf,
  valueOf,
} from './shelves.ts'

/** A shelf whose items are files or folders. */
export type ItemShelf = ResourceShelf | ResultShelf

export type FridgeShelf = ItemShelf | FlavourShelf

/** A column of a table: for each job, the item that one name of its `depends` stands for. */
export class VariantColumn {
  readonly name: string
  readonly shelf: StockedShelf
  /** For each row, the place of its item on the shelf. */
  readonly places: Int32Column

  constructor(name: string, shelf: StockedShelf, places: Int32Column) {
    this.name = name
    this.shelf = shelf
    this.places = places
  }

  item(row: number): StockedItem {
    return itemAt(this.shelf, this.places.get(row))
  }

  /** True for columns that users see as parameters. A step's source is one only where there are several. */
  get isParameter(): boolean {
    return this.shelf.kind !== 'step' || this.shelf.items.length > 1
  }

  /** True where the items differ between rows, and so distinguish variants. */
  get isVaried(): boolean {
    const { array } = this.places
    return array.some((place) => place !== array[0])
  }
}

interface Definition {
  step: Step
  /** Place of the table in its plan. */
  index: number
  /** Number of its first job in the whole plan. */
  first: number
  rows: number
  isPartial: boolean
  columns: readonly VariantColumn[]
  fixed: FixedShelves
  inputs: readonly InputColumn[]
  /** As many zeros as rows. */
  zeros: Int32Column
  voids?: Relation | undefined
}

export class StepTable {
  readonly step: Step
  readonly index: number
  readonly first: number
  readonly rows: number
  /** True where the jobs read a collection that lacks members, because the run is narrowed. */
  readonly isPartial: boolean
  /** One column for each name of `depends` in which jobs may differ. */
  readonly columns: readonly VariantColumn[]
  /** The other names of `depends`: all jobs have the only item of their shelves. */
  readonly fixed: FixedShelves
  /** The column of the step's own source. */
  readonly source: VariantColumn
  /** In the order of `step.inputs`. */
  readonly inputs: readonly InputColumn[]
  /** The shelves of the step's outputs, in their order. */
  readonly outputs: readonly ResultShelf[]
  /** The variants that there would be if a pour had given anything: where they are collected, the collection is empty. */
  readonly voids: Relation | undefined
  readonly #records: ContentName[]
  #depends: readonly VariantColumn[] | undefined
  readonly #zeros: Int32Column

  constructor({ step, index, first, rows, isPartial, columns, fixed, inputs, zeros, voids }: Definition) {
    this.step = step
    this.index = index
    this.first = first
    this.rows = rows
    this.isPartial = isPartial
    this.columns = columns
    this.fixed = fixed
    this.#zeros = zeros
    const source = this.ownColumns().find(({ name }) => name === step.name)
    if (source === undefined) throw new Error(`the table of "${step.name}" has no column for its source`)
    this.source = source
    this.inputs = inputs
    this.voids = voids
    this.outputs = step.outputs.map((output, at) => new ResultShelf(this, at, output))
    this.#records = new Array<ContentName>(rows)
  }

  at(row: number): JobRow {
    return new JobRow(this, row)
  }

  *[Symbol.iterator](): Iterator<JobRow> {
    for (let row = 0; row < this.rows; row++) yield this.at(row)
  }

  job(row: number): JobId {
    return jobIdOf(this.first + row)
  }

  rowOf(job: JobId): number {
    return job - this.first
  }

  holds(job: JobId): boolean {
    return job >= this.first && job < this.first + this.rows
  }

  /** One column for each name of `depends`, in canonical order. They are kept unless there may be thousands. */
  get depends(): readonly VariantColumn[] {
    const columns = this.#depends ?? this.#withColumns(this.fixed)
    if (!this.fixed.hasTooManyToRepeat) this.#depends = columns
    return columns
  }

  /** The columns of `depends` without those fixed names that are only behind the inputs. */
  ownColumns(): VariantColumn[] {
    return this.#withColumns(this.fixed.own)
  }

  /** The column of a name that the jobs depend on. */
  column(name: string): VariantColumn | undefined {
    const column = this.columns.find((one) => one.name === name)
    const shelf = column ? undefined : this.fixed.find(name)
    return shelf ? this.#fixedColumn(shelf) : column
  }

  #withColumns(shelves: Iterable<StockedShelf>): VariantColumn[] {
    const columns = [...this.columns]
    const names = new Set(columns.map(({ name }) => name))
    for (const shelf of shelves) if (!names.has(shelf.name)) columns.push(this.#fixedColumn(shelf))
    return columns.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  #fixedColumn(shelf: StockedShelf): VariantColumn {
    return new VariantColumn(shelf.name, shelf, this.#zeros)
  }

  /** The names of the records, row by row: empty until they were named. */
  get records(): readonly ContentName[] {
    return this.#records
  }

  record(row: number): ContentName {
    return elementAt(this.#records, row)
  }

  setRecord(row: number, name: ContentName): void {
    this.#records[row] = name
  }

  /** Calls back with every job whose result this row reads; the same job may come more than once. */
  eachProducer(row: number, visit: (job: JobId) => void): void {
    for (const column of this.inputs) column.eachProducer(row, visit)
  }
}

/** All variants of one result, each made by a row of its table. */
export class ResultShelf {
  readonly kind = 'result'
  readonly table: StepTable
  /** Place of the result among the outputs of its step. */
  readonly output: number
  readonly name: string
  /** The name of the file or folder in the pan. */
  readonly inner: string
  /** False: a build drops it once nothing reads it any more. */
  readonly isKept: boolean
  /** The patterns of a result that is all files which they match. */
  readonly files: Output['files']

  constructor(table: StepTable, output: number, { name, inner, keep, files }: Output) {
    this.table = table
    this.output = output
    this.name = name
    this.inner = inner
    this.isKept = keep
    this.files = files
  }

  item(row: number): ResultItem {
    return new ResultItem(this, row)
  }

  /** The item whose record has this name. */
  find(record: string): ResultItem | undefined {
    const row = this.table.records.findIndex((name) => name === record)
    return row < 0 ? undefined : this.item(row)
  }

  *[Symbol.iterator](): Iterator<ResultItem> {
    for (let row = 0; row < this.table.rows; row++) yield this.item(row)
  }
}

/**
 * Where the items of a poured shelf come from: entry by entry, a row of the pourer's table and the place of an item. A row
 * that poured nothing has one entry, with the place behind the last item.
 */
export class Poured {
  /** The output that the pieces lie in. */
  readonly from: ResultShelf
  readonly rows: Int32Column
  readonly places: Int32Column

  constructor(from: ResultShelf, rows: Int32Column, places: Int32Column) {
    this.from = from
    this.rows = rows
    this.places = places
  }
}

export type PouredShelf = StockedShelf & { poured: Poured }

/** Where the items of a shelf were poured; undefined for a shelf that was stocked before planning, or holds results. */
export function pouredOf(shelf: FridgeShelf): Poured | undefined {
  return 'poured' in shelf && shelf.poured instanceof Poured ? shelf.poured : undefined
}

/** One variant of a result. */
export class ResultItem {
  readonly shelf: ResultShelf
  readonly row: number

  constructor(shelf: ResultShelf, row: number) {
    this.shelf = shelf
    this.row = row
  }

  /** As other records name it: `z/<record>`. */
  get id(): string {
    return referenceTo(this.shelf, this.row)
  }

  /** The job that makes it. */
  get maker(): JobRow {
    return this.shelf.table.at(this.row)
  }
}

/** One job: small, and made where it is asked for. Inner loops over all jobs go by row number instead. */
export class JobRow {
  readonly table: StepTable
  readonly row: number

  constructor(table: StepTable, row: number) {
    this.table = table
    this.row = row
  }

  get job(): JobId {
    return this.table.job(this.row)
  }

  get step(): Step {
    return this.table.step
  }

  /** The name that users see: `compute/<record>`. */
  get id(): string {
    return `${this.table.step.name}/${this.record}`
  }

  /** The name of its record. */
  get record(): ContentName {
    return this.table.record(this.row)
  }

  item(name: string): StockedItem | undefined {
    return this.table.column(name)?.item(this.row)
  }

  /** The label or value that a name of `depends` stands for. */
  value(name: string): Value | undefined {
    return this.item(name)?.label
  }

  /** Labels and values of the job, never hashes. */
  depends(): Depends {
    return this.#valuesOf(this.table.depends)
  }

  /** Those labels and values of `depends` in which the jobs of this kitchen may differ. */
  varying(): Depends {
    return this.#valuesOf(this.table.columns.toSorted((one, other) => (one.name < other.name ? -1 : 1)))
  }

  /** The values of those whose labels are only their numbers. */
  values(): Depends {
    const values: Depends = {}
    for (const column of this.table.columns) {
      const { value } = column.item(this.row)
      if (value !== undefined) values[column.name] = value
    }
    return values
  }

  /** The parameters a user thinks of: flavours and resources, and a step's source only where there are several. */
  parameters(): Depends {
    return this.#valuesOf(this.table.depends.filter((column) => column.isParameter))
  }

  #valuesOf(columns: readonly VariantColumn[]): Depends {
    const values: Depends = {}
    for (const column of columns) values[column.name] = column.item(this.row).label
    return values
  }

  /** By inner name, as in the record, but labels without hashes. */
  inputs(): { [inner: string]: string | string[] } {
    return Object.fromEntries(this.table.inputs.map((column) => [column.input.inner, column.shown(this.row)]))
  }

  /** Everything it reads, as its record names it, and the job that makes it where there is one. */
  references(): Reference[] {
    return this.table.inputs.flatMap((column) => column.references(this.row))
  }

  /** Items of stocked shelves that it reads itself. */
  items(): StockedItem[] {
    return this.table.inputs.flatMap((column) => column.items(this.row))
  }

  outputs(): ResultItem[] {
    return this.table.outputs.map((shelf) => shelf.item(this.row))
  }
}

export interface Reference {
  /** `z/<record>`, `photos/cat.jpg:<hash>`, `num_N/10` */
  id: string
  producer?: JobRow
}

/** One input of a step, with its item for each row. */
export type InputColumn = StockedInput | ResultInput | CollectedInput

/** A resource or flavour, or a field of one. Of one that is poured, the pourer's row is known for each row. */
export class StockedInput {
  readonly kind = 'stocked'
  readonly input: Input
  readonly shelf: StockedShelf
  readonly places: Int32Column
  readonly #poured: Poured | undefined
  readonly #pourers: Int32Column | undefined

  constructor(input: Input, shelf: StockedShelf, places: Int32Column, pourers?: Int32Column) {
    this.input = input
    this.shelf = shelf
    this.places = places
    this.#poured = pouredOf(shelf)
    this.#pourers = pourers
  }

  /** The variant of a result that the row's item was poured from. */
  pouredFrom(row: number): ResultItem | undefined {
    return this.#poured && this.#pourers && this.#poured.from.item(this.#pourers.get(row))
  }

  item(row: number): StockedItem {
    return itemAt(this.shelf, this.places.get(row))
  }

  items(row: number): StockedItem[] {
    return [this.item(row)]
  }

  references(row: number): Reference[] {
    const producer = this.pouredFrom(row)?.maker
    return [{ id: referenceTo(this.shelf, this.places.get(row)), ...(producer && { producer }) }]
  }

  shown(row: number): string {
    return shownItem(this.shelf.name, this.item(row), this.input.field)
  }

  eachProducer(row: number, visit: (job: JobId) => void): void {
    if (this.#poured && this.#pourers) visit(this.#poured.from.table.job(this.#pourers.get(row)))
  }
}

/** An output of an earlier step. */
export class ResultInput {
  readonly kind = 'result'
  readonly input: Input
  readonly shelf: ResultShelf
  /** The row of the earlier table behind each row. */
  readonly rows: Int32Column

  constructor(input: Input, shelf: ResultShelf, rows: Int32Column) {
    this.input = input
    this.shelf = shelf
    this.rows = rows
  }

  items(): StockedItem[] {
    return []
  }

  references(row: number): Reference[] {
    const item = this.shelf.item(this.rows.get(row))
    return [{ id: item.id, producer: item.maker }]
  }

  shown(row: number): string {
    return referenceTo(this.shelf, this.rows.get(row))
  }

  eachProducer(row: number, visit: (job: JobId) => void): void {
    visit(this.shelf.table.job(this.rows.get(row)))
  }
}

/** Many items of one shelf at once. */
export class CollectedInput {
  readonly kind = 'collected'
  readonly input: Input
  readonly shelf: FridgeShelf
  readonly #group: Int32Column
  readonly #offsets: Int32Column
  readonly #members: Int32Column
  readonly #pourers: Int32Column | undefined

  /** The members of row r: from `offsets[group[r]]` to `offsets[group[r] + 1]`. `pourers`: of each member, where they are poured. */
  constructor(
    input: Input,
    shelf: FridgeShelf,
    members: { group: Int32Column; offsets: Int32Column; members: Int32Column; pourers?: Int32Column | undefined },
  ) {
    this.input = input
    this.shelf = shelf
    this.#group = members.group
    this.#offsets = members.offsets
    this.#members = members.members
    this.#pourers = members.pourers
  }

  /** The variants of a result that the members were poured from; none where they were not. */
  pouredFrom(row: number): ResultItem[] {
    const poured = pouredOf(this.shelf)
    const pourers = this.#pourers
    if (poured === undefined || pourers === undefined) return []
    const group = this.#group.get(row)
    const rows = pourers.array.subarray(this.#offsets.get(group), this.#offsets.get(group + 1))
    return Array.from(new Set(rows), (one) => poured.from.item(one))
  }

  /** Places of the collected items on their shelf; places of results are rows of their table. */
  members(row: number): Int32Array {
    const group = this.#group.get(row)
    return this.#members.array.subarray(this.#offsets.get(group), this.#offsets.get(group + 1))
  }

  items(row: number): StockedItem[] {
    const { shelf } = this
    return shelf.kind === 'result' ? [] : Array.from(this.members(row), (place) => itemAt(shelf, place))
  }

  references(row: number): Reference[] {
    const { shelf } = this
    return Array.from(this.members(row), (place) => ({
      id: referenceTo(shelf, place),
      ...(shelf.kind === 'result' && { producer: shelf.table.at(place) }),
    }))
  }

  shown(row: number): string[] {
    const { shelf } = this
    return Array.from(this.members(row), (place) =>
      shelf.kind === 'result' ? referenceTo(shelf, place) : shownItem(shelf.name, itemAt(shelf, place), []),
    )
  }

  eachProducer(row: number, visit: (job: JobId) => void): void {
    if (this.shelf.kind !== 'result') {
      for (const { maker } of this.pouredFrom(row)) visit(maker.job)
      return
    }
    const { table } = this.shelf
    const group = this.#group.get(row)
    const end = this.#offsets.get(group + 1)
    for (let at = this.#offsets.get(group); at < end; at++) visit(table.job(this.#members.get(at)))
  }
}

/** As records name an item: `z/<record>`, `photos/a.jpg:<hash>`. */
export function referenceTo(shelf: FridgeShelf, place: number): string {
  return `${shelf.name}/${shelf.kind === 'result' ? shelf.table.record(place) : itemAt(shelf, place).reference}`
}

/** As a user reads an item or a field of it: its label, without the hash of its bytes. */
function shownItem(shelf: string, item: StockedItem, field: readonly string[]): string {
  const shown = field.length === 0 ? item.label : (fieldOf(valueOf(item), field) ?? null)
  return `${[shelf, ...field].join('.')}/${plainText(shown)}`
}
