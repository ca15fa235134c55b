// The variants of one result as columns of numbers, so that a hundred thousand of them are filtered and sorted at once.
import { plainText, type Value } from '../base/value.ts'
import type { Session } from '../session/session.ts'
import { isFailed } from '../inspection/queries.ts'
import type { StepTable } from '../plan/step-table.ts'
import { parametersOf } from '../plan/record.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { Column, ShelfPage, ShelfRow, ShownVerdict } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { numberOf, shownContent } from './cell-content.ts'

export interface ShelfRequest {
  from: number
  count: number
  /** Name of a column; a minus in front turns it round. */
  sort: string
  /** What each column has to fulfil. */
  where: { [column: string]: string }
  search: string
}

/** Of a flavour with more values nobody chooses from a list. */
const mostChoices = 40
/** So many results say which fields there are. */
const sampled = 50
const mostRows = 500

interface Made {
  table: StepTable
  output: number
}

export function shelfPage(reading: Reading, kitchen: Session, name: string, request: ShelfRequest): ShelfPage {
  const made = kitchen.plan.results.get(name)
  if (!made) return outsideShelf(kitchen, name, request)
  const columns = columnsOf(reading, kitchen, made)
  const order = orderOf(reading, kitchen, name, made, columns, request)
  const rows = Array.from(order.subarray(request.from, request.from + Math.min(mostRows, request.count)), (row) =>
    rowOf(reading, kitchen, name, made, columns, row),
  )
  return {
    name,
    kind: 'result',
    columns,
    items: made.table.rows,
    matched: order.length,
    from: request.from,
    rows,
  }
}

/** Resources, flavours and sources: labels and sizes. */
function outsideShelf({ shelves }: Session, name: string, { from, count, search }: ShelfRequest): ShelfPage {
  const shelf = shelves.get(name)
  const found = (shelf?.items ?? []).filter(({ label }) => contains(plainText(label), search))
  const rows = found.slice(from, from + Math.min(mostRows, count)).map(
    ({ label, reference, content }): ShelfRow => ({
      id: `${name}/${reference}`,
      verdict: 'fresh',
      reason: { kind: 'fresh' },
      cells: [label],
      shown: { kind: 'none' },
      bytes: content?.size ?? 0,
      ms: null,
    }),
  )
  const numeric = (shelf?.items ?? []).every(({ label }) => typeof label === 'number')
  return {
    name,
    kind: shelf?.kind ?? 'resource',
    columns: [{ name, kind: 'parameter', numeric }],
    items: shelf?.items.length ?? 0,
    matched: found.length,
    from,
    rows,
  }
}

export function columnsOf(reading: Reading, kitchen: Session, made: Made): Column[] {
  const note = `columns:${made.table.step.name}:${made.output}`
  const known = reading.notes.get(note) as Column[] | undefined
  if (known) return known
  const parameters = tellingColumns(made.table).map((at): Column => {
    const { name, items } = made.table.shelves[at] as StockedShelf
    return {
      name,
      kind: 'parameter',
      numeric: items.every(({ label }) => typeof label === 'number'),
      ...(items.length <= mostChoices && { choices: items.map(({ label }) => plainText(label)) }),
    }
  })
  const columns = [...parameters, ...valueColumns(reading, kitchen, made)]
  reading.notes.set(note, columns)
  return columns
}

/** Names that tell variants apart; the rest is the same in every row. */
export function tellingColumns(table: StepTable): number[] {
  return table.names.flatMap((_, at) => {
    const column = table.columns[at] as Int32Array
    return column.some((item) => item !== column[0]) ? [at] : []
  })
}

function valueColumns(reading: Reading, kitchen: Session, { table, output }: Made): Column[] {
  const fields = new Map<string, boolean>()
  let looked = 0
  for (let row = 0; row < table.rows && looked < sampled; row++) {
    const shown = shownContent(kitchen, kitchen.work.contentOf(table, output, row), reading)
    if (shown.kind === 'none') continue
    looked++
    if (shown.kind !== 'fields') fields.set('', (fields.get('') ?? true) && shown.kind === 'number')
    else
      for (const [field, value] of Object.entries(shown.fields))
        fields.set(field, (fields.get(field) ?? true) && typeof value === 'number')
  }
  if (fields.size === 0) fields.set('', false)
  return [...fields].map(([name, numeric]) => ({ name, kind: 'value', numeric }))
}

/** Numeric fields of a result; the empty name is the result itself. */
export function numericFields(columns: readonly Column[]): string[] {
  return columns.filter(({ kind, numeric }) => kind === 'value' && numeric).map(({ name }) => name)
}

function rowOf(
  reading: Reading,
  kitchen: Session,
  name: string,
  { table, output }: Made,
  columns: readonly Column[],
  row: number,
): ShelfRow {
  const job = table.first + row
  const parameters = parametersOf(table, row)
  const shown = shownContent(kitchen, kitchen.work.contentOf(table, output, row), reading)
  const cells = columns.map((column): Value | null => {
    if (column.kind === 'parameter') return parameters[column.name] ?? null
    if (shown.kind === 'fields') return shown.fields[column.name] ?? null
    if (column.name !== '') return null
    return shown.kind === 'number' ? shown.number : shown.kind === 'text' ? shown.text : null
  })
  return {
    id: `${name}/${table.items[row]}`,
    verdict: verdictOf(kitchen, job),
    reason: kitchen.work.reason(job),
    cells,
    // Fields stand in the cells already.
    shown: shown.kind === 'picture' || shown.kind === 'folder' || shown.kind === 'bytes' ? shown : { kind: 'none' },
    bytes: kitchen.work.sizeOf(table, output, row),
    ms: kitchen.fridge.items.find(table.step.name, table.items[row] as string)?.action?.ms ?? null,
  }
}

export function verdictOf(kitchen: Session, job: number): ShownVerdict {
  return isFailed(kitchen, job) ? 'failed' : kitchen.work.verdict(job)
}

/** Row numbers that match, in the order asked for. The last few orders are kept: scrolling asks for the same again. */
function orderOf(
  reading: Reading,
  kitchen: Session,
  name: string,
  made: Made,
  columns: readonly Column[],
  { sort, where, search }: ShelfRequest,
): Int32Array {
  const note = `order:${name}:${JSON.stringify([sort, where, search])}`
  const known = reading.notes.get(note) as Int32Array | undefined
  if (known) return known
  const tests = testsOf(reading, kitchen, made, columns, where, search)
  const kept = new Int32Array(made.table.rows)
  let count = 0
  for (let row = 0; row < made.table.rows; row++) if (tests.every((passes) => passes(row))) kept[count++] = row
  const order = kept.slice(0, count)
  const turned = sort.startsWith('-')
  const ranks = ranksOf(reading, kitchen, made, columns, turned ? sort.slice(1) : sort)
  if (ranks) order.sort((a, b) => rankOf(ranks, a, b, turned) || a - b)
  forgetOrders(reading)
  reading.notes.set(note, order)
  return order
}

const keptOrders = 8

function forgetOrders({ notes }: Reading): void {
  const orders = [...notes.keys()].filter((key) => key.startsWith('order:'))
  for (const key of orders.slice(0, Math.max(0, orders.length - keptOrders + 1))) notes.delete(key)
}

/** What has no value comes last, whichever way it is sorted. */
function rankOf(ranks: Float64Array, a: number, b: number, turned: boolean): number {
  const [one, other] = [ranks[a] as number, ranks[b] as number]
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other))
  return turned ? other - one : one - other
}

const verdictRank: { [verdict in ShownVerdict]: number } = { failed: 0, stale: 1, maybe: 2, fresh: 3 }

function ranksOf(
  reading: Reading,
  kitchen: Session,
  made: Made,
  columns: readonly Column[],
  sort: string,
): Float64Array | undefined {
  const { table, output } = made
  if (sort === '') return undefined
  const ranks = new Float64Array(table.rows)
  const fill = (rank: (row: number) => number): Float64Array => {
    for (let row = 0; row < table.rows; row++) ranks[row] = rank(row)
    return ranks
  }
  if (sort === ':state') return fill((row) => verdictRank[verdictOf(kitchen, table.first + row)])
  if (sort === ':bytes') return fill((row) => kitchen.work.sizeOf(table, output, row))
  const at = table.names.indexOf(sort)
  if (at >= 0) {
    const ofItem = labelRanks(table.shelves[at] as StockedShelf)
    const column = table.columns[at] as Int32Array
    return fill((row) => ofItem[column[row] as number] as number)
  }
  const column = columns.find((one) => one.kind === 'value' && `=${one.name}` === sort)
  if (!column) return undefined
  if (column.numeric) return fill((row) => valueNumber(reading, kitchen, made, column.name, row) ?? Number.NaN)
  const texts = Array.from({ length: table.rows }, (_, row) => valueText(reading, kitchen, made, column.name, row))
  const sorted = [...new Set(texts)].sort(compareTexts)
  const place = new Map(sorted.map((text, index) => [text, index]))
  return fill((row) => (texts[row] === '' ? Number.NaN : (place.get(texts[row] as string) as number)))
}

function labelRanks({ items }: StockedShelf): Float64Array {
  const order = items.map((_, at) => at)
  order.sort((a, b) => compareLabels(items[a]?.label as Value, items[b]?.label as Value))
  const ranks = new Float64Array(items.length)
  for (const [rank, at] of order.entries()) ranks[at] = rank
  return ranks
}

function compareLabels(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return compareTexts(plainText(one), plainText(other))
}

const collator = new Intl.Collator('en', { numeric: true })
const compareTexts = (one: string, other: string): number => collator.compare(one, other)

type Test = (row: number) => boolean

function testsOf(
  reading: Reading,
  kitchen: Session,
  made: Made,
  columns: readonly Column[],
  where: ShelfRequest['where'],
  search: string,
): Test[] {
  const { table } = made
  const tests: Test[] = []
  for (const [name, wanted] of Object.entries(where)) {
    if (wanted.trim() === '') continue
    if (name === ':state') {
      const verdicts = wanted.split(',')
      tests.push((row) => verdicts.includes(verdictOf(kitchen, table.first + row)))
      continue
    }
    const at = table.names.indexOf(name)
    if (at >= 0) {
      const passes = (table.shelves[at] as StockedShelf).items.map(({ label }) => fulfils(label, wanted))
      const column = table.columns[at] as Int32Array
      tests.push((row) => passes[column[row] as number] as boolean)
      continue
    }
    const column = columns.find((one) => one.kind === 'value' && `=${one.name}` === name)
    if (column?.numeric) {
      tests.push((row) => {
        const value = valueNumber(reading, kitchen, made, column.name, row)
        return value !== undefined && fulfils(value, wanted)
      })
    } else if (column) tests.push((row) => contains(valueText(reading, kitchen, made, column.name, row), wanted))
  }
  if (search.trim() !== '') tests.push(searching(table, search))
  return tests
}

/** Every word stands in a label of the row or begins its name. */
function searching(table: StepTable, search: string): Test {
  const words = search.trim().split(/\s+/)
  const hits = words.map((word) =>
    table.shelves.map(({ items }) => items.map(({ label }) => contains(plainText(label), word))),
  )
  return (row) =>
    words.every(
      (word, index) =>
        table.items[row]?.startsWith(word) ||
        hits[index]?.some((ofShelf, at) => ofShelf[(table.columns[at] as Int32Array)[row] as number]),
    )
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

/** `>10`, `<=3`, `10..20`, `=4`, `a, b` (any of them), or a part of the text. */
function fulfils(label: Value, wanted: string): boolean {
  const asked = wanted.trim()
  const bound = /^(<=|>=|<|>|=)\s*(.+)$/.exec(asked)
  if (bound) {
    const [, sign, text = ''] = bound
    if (sign === '=') return plainText(label) === text || (typeof label === 'number' && label === Number(text))
    const limit = Number(text)
    if (typeof label !== 'number' || Number.isNaN(limit)) return false
    return sign === '<' ? label < limit : sign === '>' ? label > limit : sign === '<=' ? label <= limit : label >= limit
  }
  const range = /^(-?[\d.]+(?:e[-+]?\d+)?)\s*\.\.\s*(-?[\d.]+(?:e[-+]?\d+)?)$/i.exec(asked)
  if (range && typeof label === 'number') return label >= Number(range[1]) && label <= Number(range[2])
  if (asked.includes(',')) return asked.split(',').some((one) => plainText(label) === one.trim())
  if (typeof label === 'number' && asked !== '' && Number.isFinite(Number(asked))) return label === Number(asked)
  return contains(plainText(label), asked)
}

function valueNumber(
  reading: Reading,
  kitchen: Session,
  { table, output }: Made,
  field: string,
  row: number,
): number | undefined {
  return numberOf(shownContent(kitchen, kitchen.work.contentOf(table, output, row), reading), field)
}

function valueText(reading: Reading, kitchen: Session, { table, output }: Made, field: string, row: number): string {
  const shown = shownContent(kitchen, kitchen.work.contentOf(table, output, row), reading)
  if (shown.kind === 'text') return field === '' ? shown.text : ''
  if (shown.kind === 'number') return field === '' ? String(shown.number) : ''
  return shown.kind === 'fields' && shown.fields[field] !== undefined ? plainText(shown.fields[field]) : ''
}
