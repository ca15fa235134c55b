// Everything the page shows of one item: record, lineage, log, a preview, and the variants next to it.
import { bytesOf, type ContentName, contentName, isFolder } from '../base/content-name.ts'
import { plainText, type Value } from '../base/value.ts'
import type { Session } from '../session/session.ts'
import { type Ancestor, formerItem, lineageOf, readersOfItem } from '../inspection/lineage.ts'
import { findItem, isFailed, readLog } from '../inspection/queries.ts'
import type { ItemView } from '../inspection/views.ts'
import type { StepTable } from '../plan/step-table.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { ItemPage, Neighbour, ShownVerdict } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { tellingColumns, verdictOf } from './variant-rows.ts'
import { shownContent } from './cell-content.ts'

const mostText = 20_000
const mostLog = 100_000
const mostRelatives = 200
const mostNeighbours = 24

export function itemPage(reading: Reading, kitchen: Session, id: string): ItemPage | undefined {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id)
  if (!item) return undefined
  const made = kitchen.plan.results.get(item.shelf)
  const row = made ? made.table.items.indexOf(String(item.label) as ContentName) : -1
  const content = contentOf(kitchen, item)
  const log = readLog(kitchen, item.id)
  return {
    id: item.id,
    shelf: item.shelf,
    kind: item.kind,
    label: item.label,
    depends: item.depends,
    ...(item.job && { verdict: shownVerdict(kitchen, item, row), reason: item.job.reason, job: item.job.id }),
    record: item.record,
    cook: item.cook,
    content: item.content,
    shown: shownContent(kitchen, content, reading),
    ...previewOf(kitchen, content),
    links: linksOf(kitchen, item),
    lineage: shortened(lineageOf(kitchen, item), { left: mostRelatives }),
    usedBy: firstOf(readersOfItem(kitchen, item), mostRelatives),
    ...(log !== undefined && { log: log.length > mostLog ? `…\n${log.slice(-mostLog)}` : log }),
    neighbours: made && row >= 0 ? neighboursOf(reading, kitchen, item.shelf, made, row) : [],
    narrow: made && row >= 0 ? narrowingTo(made.table, row) : [],
  }
}

function shownVerdict(kitchen: Session, item: ItemView, row: number): ShownVerdict | undefined {
  const made = kitchen.plan.results.get(item.shelf)
  return made && row >= 0 && isFailed(kitchen, made.table.first + row) ? 'failed' : item.job?.verdict
}

/** The name of an item's content in the fridge, with what stands in front of the hash. */
export function contentOf(kitchen: Session, item: ItemView): ContentName | undefined {
  const made = kitchen.plan.results.get(item.shelf)
  const row = made ? made.table.items.indexOf(String(item.label) as ContentName) : -1
  if (made && row >= 0) return kitchen.work.contentOf(made.table, made.output, row)
  if (!item.content) return undefined
  const { kind, hash } = item.content
  return contentName(kind, bytesOf(hash))
}

function previewOf({ fridge }: Session, content: ContentName | undefined): { text?: string; members?: string[] } {
  if (content === undefined) return {}
  if (isFolder(content)) {
    const entries = fridge.objects.listing(content)
    return entries ? { members: firstOf(entries, mostRelatives).map(({ path }) => path) } : {}
  }
  const size = fridge.objects.size(content)
  if (size === undefined || size > 50 * mostText) return {}
  const bytes = fridge.objects.read(content)?.subarray(0, mostText)
  if (bytes === undefined || bytes.includes(0)) return {}
  const text = new TextDecoder().decode(bytes)
  return text.includes('\uFFFD') && size <= mostText ? {} : { text: size > mostText ? `${text}…` : text }
}

function linksOf({ fridge }: Session, { shelf, content }: ItemView): string[] {
  if (!content) return []
  return fridge.links
    .all()
    .filter((link) => link.result === shelf && link.content.endsWith(content.hash))
    .map(({ path }) => path)
}

function shortened(ancestors: Ancestor[], room: { left: number }): Ancestor[] {
  const shown: Ancestor[] = []
  for (const { id, from } of ancestors) {
    if (room.left-- <= 0) break
    shown.push({ id, from: shortened(from, room) })
  }
  return shown
}

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const first: Item[] = []
  for (const item of items) {
    first.push(item)
    if (first.length === most) break
  }
  return first
}

/** Variants that differ from this one in a single name. */
function neighboursOf(
  reading: Reading,
  kitchen: Session,
  result: string,
  { table, output }: { table: StepTable; output: number },
  own: number,
): ItemPage['neighbours'] {
  const telling = tellingColumns(table)
  const columns = telling.map((at) => table.columns[at] as Int32Array)
  const found = new Map<number, number[]>(telling.map((at) => [at, [own]]))
  for (let row = 0; row < table.rows; row++) {
    const differing = columns.flatMap((column, index) => (column[row] === column[own] ? [] : [index]))
    if (differing.length === 1) found.get(telling[differing[0] as number] as number)?.push(row)
  }
  return [...found].flatMap(([at, rows]) => {
    if (rows.length < 2) return []
    const shelf = table.shelves[at] as StockedShelf
    const column = table.columns[at] as Int32Array
    rows.sort((one, other) => (column[one] as number) - (column[other] as number))
    const place = Math.max(0, Math.min(rows.indexOf(own) - mostNeighbours / 2, rows.length - mostNeighbours))
    const items = rows.slice(place, place + mostNeighbours).map(
      (row): Neighbour => ({
        name: shelf.name,
        value: shelf.items[column[row] as number]?.label as Value,
        id: `${result}/${table.items[row]}`,
        verdict: verdictOf(kitchen, table.first + row),
        shown: shownContent(kitchen, kitchen.work.contentOf(table, output, row), reading),
        own: row === own,
      }),
    )
    return [{ name: shelf.name, items }]
  })
}

/** `-f` for every name that has several variants; what collects others needs them all. */
function narrowingTo(table: StepTable, row: number): string[] {
  return tellingColumns(table).flatMap((at) => {
    const { name, kind, items } = table.shelves[at] as StockedShelf
    const label = items[(table.columns[at] as Int32Array)[row] as number]?.label
    if (kind === 'step' || label === undefined) return []
    const text = plainText(label)
    return [`${name}=${typeof label === 'string' && /[,"'[\]{}]/.test(label) ? JSON.stringify(text) : text}`]
  })
}
