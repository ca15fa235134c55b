// Filters and sorts the variants of one result as rows of a shelf, a hundred thousand of them at once.
import type { ResultView } from '../inspection/session-views.ts'
import { elementAt } from '../base/element-at.ts'
import { Float64Column, Int32Column } from '../base/number-columns.ts'
import { plainText, type Value } from '../base/value.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { Reading } from './kitchen-reader.ts'
import type { ShelfPage, ShelfRow, ShownVerdict } from './page-protocol.ts'
import { contains, testsOf, type VariantFilter } from './variant-filter.ts'
import { readVariants, type VariantReader } from './variant-reader.ts'

export interface ShelfRequest extends VariantFilter {
  from: number
  count: number
  /** The name of a column. A minus in front reverses the order. */
  sort: string
}

const mostRows = 500

export function shelfPage(reading: Reading, kitchen: ResultView, name: string, request: ShelfRequest): ShelfPage {
  const variants = readVariants(reading, kitchen, name)
  if (!variants) return outsideShelf(kitchen.shelves.get(name), name, request)
  const order = orderOf(reading, variants, request)
  const { from } = request
  const shown = order.array.subarray(from, from + Math.min(mostRows, request.count))
  return {
    name,
    kind: 'result',
    columns: variants.columns(),
    items: variants.table.rows,
    matched: order.length,
    from,
    rows: Array.from(shown, (row) => variants.row(row)),
  }
}

/** Pages resources, flavours and sources, which have labels and sizes only. */
function outsideShelf(shelf: StockedShelf | undefined, name: string, { from, count, search }: ShelfRequest): ShelfPage {
  const items = [...(shelf?.items ?? [])]
  const found = items.filter(({ label }) => contains(plainText(label), search))
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
  return {
    name,
    kind: shelf?.kind ?? 'resource',
    columns: [{ name, kind: 'parameter', numeric: items.every(({ label }) => typeof label === 'number') }],
    items: items.length,
    matched: found.length,
    from,
    rows,
  }
}

const keptOrders = 8

/** Returns the matching rows in the requested order. Scrolling requests the last few orders again, so they are cached. */
function orderOf({ notes }: Reading, variants: VariantReader, request: ShelfRequest): Int32Column {
  const { sort, where, search } = request
  const note = JSON.stringify([variants.shelf.name, sort, where, search])
  const known = notes.orders.get(note)
  if (known) return known
  const order = sorted(matching(variants, request), variants, sort)
  for (const older of [...notes.orders.keys()].slice(0, -(keptOrders - 1))) notes.orders.delete(older)
  notes.orders.set(note, order)
  return order
}

function matching(variants: VariantReader, filter: VariantFilter): Int32Column {
  const tests = testsOf(variants, filter)
  const kept = Int32Column.zeros(variants.table.rows)
  let count = 0
  for (let row = 0; row < kept.length; row++) if (tests.every((passes) => passes(row))) kept.set(count++, row)
  return new Int32Column(kept.array.slice(0, count))
}

function sorted(rows: Int32Column, variants: VariantReader, sort: string): Int32Column {
  const isDown = sort.startsWith('-')
  const ranks = ranksOf(variants, isDown ? sort.slice(1) : sort)
  if (ranks) rows.array.sort((a, b) => compareRanks(ranks.get(a), ranks.get(b), isDown) || a - b)
  return rows
}

/** Puts rows without a value last in either direction. */
function compareRanks(one: number, other: number, isDown: boolean): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other))
  return isDown ? other - one : one - other
}

const verdictRank: { [verdict in ShownVerdict]: number } = { failed: 0, stale: 1, maybe: 2, fresh: 3 }

function ranksOf(variants: VariantReader, sort: string): Float64Column | undefined {
  const { table } = variants
  const ranks = Float64Column.zeros(table.rows)
  const fill = (rank: (row: number) => number): Float64Column => {
    for (let row = 0; row < table.rows; row++) ranks.set(row, rank(row))
    return ranks
  }
  if (sort === '') return undefined
  if (sort === ':state') return fill((row) => verdictRank[variants.verdict(row)])
  if (sort === ':bytes') return fill((row) => variants.bytes(row))
  const parameter = table.column(sort)
  if (parameter) {
    const ofItem = labelRanks(parameter.shelf.items.map(({ label }) => label))
    return fill((row) => ofItem.get(parameter.places.get(row)))
  }
  const column = variants.columns().find((one) => one.kind === 'value' && `=${one.name}` === sort)
  if (!column) return undefined
  if (column.numeric) return fill((row) => variants.number(row, column.name) ?? Number.NaN)
  const texts = Array.from({ length: table.rows }, (_, row) => variants.text(row, column.name))
  const place = new Map([...new Set(texts)].sort(compareTexts).map((text, index) => [text, index]))
  place.delete('')
  return fill((row) => place.get(elementAt(texts, row)) ?? Number.NaN)
}

function labelRanks(labels: readonly Value[]): Float64Column {
  const order = [...labels.entries()].sort(([, one], [, other]) => compareLabels(one, other))
  const ranks = Float64Column.zeros(labels.length)
  for (const [rank, [at]] of order.entries()) ranks.set(at, rank)
  return ranks
}

function compareLabels(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return compareTexts(plainText(one), plainText(other))
}

const collator = new Intl.Collator('en', { numeric: true })
const compareTexts = (one: string, other: string): number => collator.compare(one, other)
