// Collects everything that the page shows of one item: record, lineage, log, a preview, and the variants next to it.
import type { KitchenView, ResultView } from '../inspection/session-views.ts'
import { bytesOf, type ContentName, contentName, isFolder } from '../base/content-name.ts'
import { plainText } from '../base/value.ts'
import { type Ancestor, formerItem, lineageOf, readersOfItem } from '../inspection/lineage.ts'
import { findItem, readLog, resultOf } from '../inspection/queries.ts'
import type { ItemView } from '../inspection/views.ts'
import type { JobRow } from '../plan/step-table.ts'
import type { ItemPage, Neighbour } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { VariantReader, verdictOf } from './variant-reader.ts'
import { shownContent } from './cell-content.ts'

const mostText = 20_000
const mostLog = 100_000
const mostRelatives = 200
const mostNeighbours = 24

export function itemPage(reading: Reading, kitchen: KitchenView, id: string): ItemPage | undefined {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id)
  if (!item) return undefined
  const result = resultOf(kitchen.plan, item)
  const content = contentOf(kitchen, item)
  const log = readLog(kitchen, item.id)
  return {
    id: item.id,
    shelf: item.shelf,
    kind: item.kind,
    label: item.label,
    // A step's source is a parameter only where there are several.
    depends: result?.maker.parameters() ?? item.depends,
    ...(item.job && {
      verdict: result ? verdictOf(kitchen, result.maker.job) : item.job.verdict,
      reason: item.job.reason,
      job: item.job.id,
    }),
    record: item.record,
    cook: item.cook,
    content: item.content,
    shown: shownContent(kitchen, content, reading),
    ...previewOf(kitchen, content),
    links: linksOf(kitchen, item),
    lineage: shortened(lineageOf(kitchen, item), { left: mostRelatives }),
    usedBy: firstOf(readersOfItem(kitchen, item), mostRelatives),
    ...(log !== undefined && { log: log.length > mostLog ? `…\n${log.slice(-mostLog)}` : log }),
    neighbours: result ? neighboursOf(new VariantReader(reading, kitchen, result.shelf), result.row) : [],
    narrow: result ? narrowingTo(result.maker) : [],
  }
}

/** Returns the content name of an item in the fridge, with the prefix before the hash. */
export function contentOf(kitchen: ResultView, item: ItemView): ContentName | undefined {
  const result = resultOf(kitchen.plan, item)
  if (result) return kitchen.verdicts.contentOf(result.shelf, result.row)
  if (!item.content) return undefined
  const { kind, hash } = item.content
  return contentName(kind, bytesOf(hash))
}

function previewOf({ fridge }: ResultView, content: ContentName | undefined): { text?: string; members?: string[] } {
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

function linksOf({ fridge }: ResultView, { shelf, content }: ItemView): string[] {
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

/** Returns the variants that differ from this one in a single name. */
function neighboursOf(variants: VariantReader, own: number): ItemPage['neighbours'] {
  const columns = variants.parameters()
  const found = new Map(columns.map((column) => [column, [own]]))
  for (let row = 0; row < variants.table.rows; row++) {
    const [differing, ...more] = columns.filter(({ places }) => places.get(row) !== places.get(own))
    if (differing && more.length === 0) found.get(differing)?.push(row)
  }
  return [...found].flatMap(([column, rows]) => {
    if (rows.length < 2) return []
    const { name, places } = column
    rows.sort((one, other) => places.get(one) - places.get(other))
    const first = Math.max(0, Math.min(rows.indexOf(own) - mostNeighbours / 2, rows.length - mostNeighbours))
    const items = rows.slice(first, first + mostNeighbours).map(
      (row): Neighbour => ({
        name,
        value: column.item(row).label,
        id: variants.id(row),
        verdict: variants.verdict(row),
        shown: variants.shown(row),
        own: row === own,
      }),
    )
    return [{ name, items }]
  })
}

/** Returns `-f` arguments for every name with several variants. A step that collects needs all of them. */
function narrowingTo({ table, row }: JobRow): string[] {
  return table.columns.flatMap((column) => {
    if (!column.isVaried || column.shelf.kind === 'step') return []
    const { label } = column.item(row)
    const text = plainText(label)
    return [`${column.name}=${typeof label === 'string' && /[,"'[\]{}]/.test(label) ? JSON.stringify(text) : text}`]
  })
}
