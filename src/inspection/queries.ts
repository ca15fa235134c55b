// What an opened kitchen can be asked: jobs with verdicts, shelves, items, logs, tables. Plain objects, made one at a time.
import { bytesOf, type ContentName, isFolder } from '../base/content-name.ts'
import type { Depends } from '../base/event.ts'
import { fieldOf, plainText, type Value } from '../base/value.ts'
import type { StoredAction } from '../fridge/item-store.ts'
import type { InputColumn, StepTable } from '../plan/cross.ts'
import { dependsOf, jobId, memberReference, parametersOf, recordWriter } from '../plan/record.ts'
import type { BaseShelf } from '../plan/shelves.ts'
import type { Session } from '../session/session.ts'
import { keptLog } from '../fridge/stored-logs.ts'
import type { CookView, FridgeTotals, ItemView, JobView, ShelfView, StepGraph } from './views.ts'

export function* jobViews(kitchen: Session): Iterable<JobView> {
  for (const table of kitchen.plan.tables) for (let row = 0; row < table.rows; row++) yield jobView(kitchen, table, row)
}

export function jobView({ work }: Session, table: StepTable, row: number): JobView {
  const job = table.first + row
  return {
    id: jobId(table, row),
    step: table.step.name,
    depends: dependsOf(table, row),
    inputs: Object.fromEntries(table.inputs.map((column) => [column.input.inner, shownInput(column, row)])),
    outputs: table.step.outputs.map((output) => output.name),
    verdict: work.verdict(job),
    reason: work.reason(job),
  }
}

/** As in the record, but labels without hashes. */
function shownInput(column: InputColumn, row: number): string | string[] {
  switch (column.kind) {
    case 'base':
      return shownItem(column.shelf, column.column[row] as number, column.input.field)
    case 'result':
      return memberReference(column)(column.rows[row] as number)
    case 'collected': {
      const { source, offsets, members } = column
      const group = column.group[row] as number
      const show =
        source.kind === 'base' ? (member: number) => shownItem(source.shelf, member, []) : memberReference(source)
      return Array.from(members.subarray(offsets[group], offsets[group + 1]), show)
    }
  }
}

function shownItem(shelf: BaseShelf, item: number, field: readonly string[]): string {
  const label = (shelf.items[item] as BaseShelf['items'][number]).label
  return `${[shelf.name, ...field].join('.')}/${plainText(fieldOf(label, field) as Value)}`
}

export function shelfViews(kitchen: Session): ShelfView[] {
  const { shelves, plan, work } = kitchen
  const views: ShelfView[] = []
  for (const shelf of shelves.values()) {
    const bytes = shelf.items.reduce((sum, item) => sum + (item.content?.size ?? 0), 0)
    views.push({ name: shelf.name, kind: shelf.kind, items: shelf.items.length, fresh: 0, stale: 0, failed: 0, bytes })
  }
  for (const table of plan.tables) {
    const counts = { fresh: 0, stale: 0, failed: 0 }
    for (let row = 0; row < table.rows; row++) {
      const job = table.first + row
      if (work.state(job) === 'fresh') counts.fresh++
      else if (isFailed(kitchen, job)) counts.failed++
      else counts.stale++
    }
    for (const [output, { name }] of table.step.outputs.entries()) {
      let bytes = 0
      for (let row = 0; row < table.rows; row++) bytes += heldBytes(kitchen, table, output, row)
      views.push({ name, kind: 'result', items: table.rows, ...counts, bytes })
    }
  }
  return views
}

/** All items of a shelf; of a step, one for each of its jobs. */
export function* itemViews(
  kitchen: Session,
  name: string,
  wanted: (job: number) => boolean = () => true,
): Iterable<ItemView> {
  const made = kitchen.plan.results.get(name)
  if (made) {
    for (let row = 0; row < made.table.rows; row++) {
      if (wanted(made.table.first + row)) yield listedView(kitchen, name, made.table, made.output, row)
    }
    return
  }
  const shelf = kitchen.shelves.get(name)
  if (shelf) for (const item of shelf.items) yield baseView(shelf, item)
}

function baseView(shelf: BaseShelf, item: BaseShelf['items'][number]): ItemView {
  const { label, content } = item
  const view: ItemView = {
    id: `${shelf.name}/${item.reference}`,
    shelf: shelf.name,
    kind: shelf.kind,
    label,
    depends: { [shelf.name]: label },
  }
  if (content) view.content = { hash: content.name, size: content.size, kind: content.kind }
  return view
}

/** Tells whether the last cook of a job's variant failed. */
export function isFailed({ work }: Session, job: number): boolean {
  return work.reason(job).kind === 'last-cook-failed'
}

function resultView(kitchen: Session, name: string, table: StepTable, output: number, row: number): ItemView {
  const view = listedView(kitchen, name, table, output, row)
  view.record = recordWriter(table)(row)
  const action = lastAction(kitchen, table, row)
  if (action) view.cook = cookView(kitchen, action)
  return view
}

/** What stands in a list: nothing that would have to be asked of the fridge for each item. */
function listedView(kitchen: Session, name: string, table: StepTable, output: number, row: number): ItemView {
  const { work } = kitchen
  const view: ItemView = {
    id: `${name}/${table.items[row]}`,
    shelf: name,
    kind: 'result',
    label: table.items[row] as string,
    depends: dependsOf(table, row),
    job: jobView(kitchen, table, row),
  }
  const content = work.contentOf(table, output, row)
  if (content) view.content = contentView(content, heldBytes(kitchen, table, output, row))
  return view
}

/** What need not be kept may be gone: only the fridge knows. */
function heldBytes({ work, fridge }: Session, table: StepTable, output: number, row: number): number {
  if (table.step.outputs[output]?.keep !== false) return work.sizeOf(table, output, row)
  const content = work.contentOf(table, output, row)
  return content === undefined ? 0 : (fridge.objects.size(content) ?? 0)
}

export function contentView(hash: ContentName, size: number): NonNullable<ItemView['content']> {
  return { hash: bytesOf(hash), size, kind: isFolder(hash) ? 'folder' : 'file' }
}

function lastAction({ fridge }: Session, table: StepTable, row: number): StoredAction | undefined {
  return fridge.shelves.item(table.step.name, table.items[row] as string)?.action
}

function cookView({ fridge }: Session, action: StoredAction): CookView {
  const { note, key } = fridge.shelves.receipt(action.id) as NonNullable<ReturnType<typeof fridge.shelves.receipt>>
  const { exit, failure, startedAt, cpuMs, peakBytes, host, command } = note
  return { key, ok: action.ok, exit, startedAt, ms: action.ms, host, failure, cpuMs, peakBytes, command }
}

/** `z/<hash>`, `step/<hash>`, `step/<source>`, a unique beginning of what follows the name, or the name of a shelf with a single item. */
export function findItem(kitchen: Session, id: string): ItemView | undefined {
  const slash = id.indexOf('/')
  const name = slash < 0 ? id : id.slice(0, slash)
  const rest = slash < 0 ? '' : id.slice(slash + 1)
  const table = kitchen.plan.tables.find((one) => one.step.name === name)
  const made = kitchen.plan.results.get(name) ?? (table && { table, output: 0 })
  if (made) {
    const rows = matching(made.table.items, rest)
    const [row] = rows
    if (rows.length === 1 && row !== undefined) {
      const shelf = table ? (table.step.outputs[0]?.name ?? name) : name
      return resultView(kitchen, shelf, made.table, made.output, row)
    }
    // The shelf of a step holds its sources: `compute/compute.py:<hash>`.
    if (rows.length > 1 || table === undefined) return undefined
  }
  const shelf = kitchen.shelves.get(name)
  if (shelf === undefined) return undefined
  const items = matching(
    shelf.items.map((item) => item.reference),
    rest,
  )
  const [at] = items
  return items.length === 1 && at !== undefined
    ? baseView(shelf, shelf.items[at] as BaseShelf['items'][number])
    : undefined
}

function matching(names: readonly string[], start: string): number[] {
  const exact = names.indexOf(start)
  if (exact >= 0) return [exact]
  return names.flatMap((name, at) => (name.startsWith(start) ? [at] : []))
}

/** The kept log of a job's last cook; undefined where there is no such job or it was never cooked. */
export function readLog(kitchen: Session, id: string): string | undefined {
  const view = findItem(kitchen, id)
  const made = view && kitchen.plan.results.get(view.shelf)
  if (!made) return undefined
  const row = made.table.items.indexOf(String(view.label) as ContentName)
  const action = lastAction(kitchen, made.table, row)
  if (action === undefined) return undefined
  return keptLog(kitchen.fridge, action.id)
}

export interface TableRow {
  parameters: Depends
  /** The content as a number, as JSON, or as text. */
  value?: Value
  /** For content that is no small text. */
  path?: string
}

/** Content up to this many bytes stands in the table itself. */
const valueLimit = 65_536

/** One row a variant that is cooked. */
export function* tableRows(kitchen: Session, result: string, order?: Iterable<number>): Iterable<TableRow> {
  const made = kitchen.plan.results.get(result)
  if (made === undefined) return
  for (const row of order ?? rowsOf(made.table)) {
    yield { parameters: parametersOf(made.table, row), ...contentValue(kitchen, made.table, made.output, row) }
  }
}

function* rowsOf(table: StepTable): Iterable<number> {
  for (let row = 0; row < table.rows; row++) yield row
}

/** What a variant holds, as a value where it is small and text, else where it lies; nothing where it is not cooked. */
export function contentValue(
  { work, fridge }: Session,
  table: StepTable,
  output: number,
  row: number,
): Pick<TableRow, 'value' | 'path'> {
  const content = work.contentOf(table, output, row)
  if (content === undefined) return {}
  const large = isFolder(content) || work.sizeOf(table, output, row) > valueLimit
  const bytes = large ? undefined : fridge.objects.read(content)
  const value = bytes && valueIn(bytes)
  if (value !== undefined) return { value }
  return { path: isFolder(content) ? fridge.trees.folderOf(content) : fridge.objects.fileOf(content) }
}

function valueIn(bytes: Buffer): Value | undefined {
  const text = bytes.toString('utf8')
  if (text.includes('\0') || text.includes('\uFFFD')) return undefined
  try {
    return JSON.parse(text) as Value
  } catch {
    const trimmed = text.trim()
    return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
  }
}

export function fridgeTotals({ fridge }: Pick<Session, 'fridge'>): FridgeTotals {
  const [lastBuild] = fridge.builds(1)
  return { ...fridge.totals(), ...(lastBuild && { lastBuild }) }
}

/** The steps of the plan with what they read, and how many jobs of each are not fresh. */
export function stepGraph({ plan, shelves, work }: Session): StepGraph {
  const graph: StepGraph = { nodes: [], edges: [] }
  for (const { name, kind, items } of shelves.values()) {
    if (kind !== 'step') graph.nodes.push({ name, kind, size: items.length, open: 0 })
  }
  for (const table of plan.tables) {
    let open = 0
    for (let row = 0; row < table.rows; row++) if (work.state(table.first + row) !== 'fresh') open++
    graph.nodes.push({ name: table.step.name, kind: 'step', size: table.rows, open })
    const seen = new Set<string>()
    for (const { from } of table.step.inputs) {
      if (seen.has(from)) continue
      seen.add(from)
      const made = plan.results.get(from)
      graph.edges.push({ from: made ? made.table.step.name : from, to: table.step.name, label: made ? from : '' })
    }
  }
  return graph
}
