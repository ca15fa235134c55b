// Answers queries about an opened kitchen: jobs with verdicts, shelves, items, logs, tables. Plain objects, made one at a time.
import { bytesOf, type ContentName, isAbsent, isFolder } from '../base/content-name.ts'
import type { Depends } from '../base/event.ts'
import { systemTroubleOf } from '../base/system-error.ts'
import { errorCode } from '../base/thrown-error.ts'
import { valueOfText } from '../base/content-value.ts'
import type { Value } from '../base/value.ts'
import { Int32Column } from '../base/number-columns.ts'
import type { StoredAction } from '../fridge/action-store.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import { recordOf } from '../plan/record.ts'
import { itemAt, type StockedItem, type StockedShelf } from '../plan/shelves.ts'
import type { JobRow, ResultItem, ResultShelf } from '../plan/step-table.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import { logPieces, storedLog } from '../fridge/log-files.ts'
import { traceView } from './trace-views.ts'
import type { CookView, FridgeTotals, ItemView, JobView, ShelfView, StepGraph } from './views.ts'
import type { ResultView } from './session-views.ts'

export function* jobViews({ plan, verdicts }: ResultView): Iterable<JobView> {
  for (const row of plan) yield jobView(verdicts, row)
}

/** The parts of a job that a line of text shows: only names in which jobs differ, because there may be thousands. */
export type JobLine = Pick<JobView, 'step' | 'depends' | 'verdict' | 'reason'>

export function* jobLines({ plan, verdicts }: ResultView): Iterable<JobLine> {
  for (const row of plan) {
    const { job, step } = row
    yield { step: step.name, depends: row.varying(), verdict: verdicts.shownVerdict(job), reason: verdicts.reason(job) }
  }
}

export function jobView(verdicts: Verdicts, row: JobRow): JobView {
  const { job } = row
  return {
    id: row.id,
    step: row.step.name,
    depends: row.depends(),
    inputs: row.inputs(),
    outputs: row.step.outputs.map((output) => output.name),
    verdict: verdicts.shownVerdict(job),
    reason: verdicts.reason(job),
  }
}

export function shelfViews(kitchen: ResultView): ShelfView[] {
  const { shelves, plan, verdicts } = kitchen
  const views: ShelfView[] = []
  for (const { name, kind, items } of shelves.values()) {
    let bytes = 0
    for (const { content } of items) bytes += content?.size ?? 0
    views.push({ name, kind, items: items.length, fresh: 0, stale: 0, failed: 0, bytes })
  }
  for (const table of plan.tables) {
    const counts = { fresh: 0, stale: 0, failed: 0 }
    for (let row = 0; row < table.rows; row++) {
      const job = table.job(row)
      if (verdicts.verdict(job) === 'fresh') counts.fresh++
      else if (isFailed(kitchen, job)) counts.failed++
      else counts.stale++
    }
    for (const shelf of table.outputs) {
      let bytes = 0
      for (let row = 0; row < table.rows; row++) bytes += heldBytes(kitchen, shelf, row)
      views.push({ name: shelf.name, kind: 'result', items: table.rows, ...counts, bytes })
    }
  }
  return views
}

/** All items of a shelf; of a step, one for each of its jobs. */
export function* itemViews(
  kitchen: ResultView,
  name: string,
  wanted: (job: JobId) => boolean = () => true,
): Iterable<ItemView> {
  const results = kitchen.plan.results.get(name)
  if (results) {
    for (const item of results) if (wanted(item.maker.job)) yield listedView(kitchen, item)
    return
  }
  const shelf = kitchen.shelves.get(name)
  if (shelf) for (const item of shelf.items) yield stockedView(shelf, item)
}

function stockedView({ name, kind }: StockedShelf, { label, reference, content }: StockedItem): ItemView {
  const view: ItemView = { id: `${name}/${reference}`, shelf: name, kind, label, depends: { [name]: label } }
  if (content) view.content = { hash: content.name, size: content.size, kind: content.kind }
  return view
}

/** Tells whether the last cook of a job's variant failed. */
export function isFailed({ verdicts }: Pick<ResultView, 'verdicts'>, job: JobId): boolean {
  return verdicts.reason(job).kind === 'last-cook-failed'
}

function resultView(kitchen: ResultView, item: ResultItem): ItemView {
  const view = listedView(kitchen, item)
  view.record = recordOf(item.maker).text
  const action = lastAction(kitchen, item.maker)
  const cook = action && cookView(kitchen, action)
  if (cook) view.cook = cook
  const trace = action && traceView(kitchen, action)
  if (trace) view.trace = trace
  return view
}

/** The fields of an item in a list: none needs a query of the fridge for each item. */
function listedView(kitchen: ResultView, { id, maker, shelf, row }: ResultItem): ItemView {
  const { verdicts } = kitchen
  const view: ItemView = {
    id,
    shelf: shelf.name,
    kind: 'result',
    label: maker.record,
    depends: maker.depends(),
    job: jobView(verdicts, maker),
  }
  const content = verdicts.contentOf(shelf, row)
  if (content) view.content = contentView(content, heldBytes(kitchen, shelf, row))
  return view
}

/** Results that need not be kept may be gone: only the fridge knows. */
function heldBytes({ verdicts, fridge }: ResultView, shelf: ResultShelf, row: number): number {
  if (shelf.isKept) return verdicts.sizeOf(shelf, row)
  const content = verdicts.contentOf(shelf, row)
  return content === undefined ? 0 : (fridge.objects.size(content) ?? 0)
}

export function contentView(hash: ContentName, size: number): NonNullable<ItemView['content']> {
  return { hash: bytesOf(hash), size, kind: isFolder(hash) ? 'folder' : 'file' }
}

function lastAction({ fridge }: ResultView, { step, record }: JobRow): StoredAction | undefined {
  return fridge.items.find(step.name, record)?.action
}

function cookView({ fridge }: ResultView, action: StoredAction): CookView | undefined {
  const receipt = fridge.actions.receipt(action.id)
  if (receipt === undefined) return undefined
  const { exit, startedAt, cpuMs, peakBytes, host, command } = receipt.note
  const { ok, ms, failure } = action
  const { key } = receipt
  return { key, ok, exit, startedAt, ms, host, ...(failure && { failure }), cpuMs, peakBytes, command }
}

/** `z/<hash>`, `step/<hash>`, `step/<source>`, a unique beginning of what follows the name, or the name of a shelf with a single item. */
export function findItem(kitchen: ResultView, id: string): ItemView | undefined {
  const slash = id.indexOf('/')
  const name = slash < 0 ? id : id.slice(0, slash)
  const rest = slash < 0 ? '' : id.slice(slash + 1)
  const table = kitchen.plan.tables.find((one) => one.step.name === name)
  const results = kitchen.plan.results.get(name) ?? table?.outputs[0]
  if (results) {
    const rows = matching(results.table.records, rest)
    const [row] = rows
    if (rows.length === 1 && row !== undefined) return resultView(kitchen, results.item(row))
    // The shelf of a step holds its sources: `compute/compute.py:<hash>`.
    if (rows.length > 1 || table === undefined) return undefined
  }
  const shelf = kitchen.shelves.get(name)
  if (shelf === undefined) return undefined
  const places = matching(
    shelf.items.map((item) => item.reference),
    rest,
  )
  const [place] = places
  return places.length === 1 && place !== undefined ? stockedView(shelf, itemAt(shelf, place)) : undefined
}

function matching(names: readonly string[], start: string): number[] {
  const exact = names.indexOf(start)
  if (exact >= 0) return [exact]
  return names.flatMap((name, at) => (name.startsWith(start) ? [at] : []))
}

/** The kept log of a job's last cook, without the middle of a very long one; undefined where there is no such job or it was never cooked. */
export function readLog(kitchen: ResultView, id: string): string | undefined {
  const action = cookOf(kitchen, id)
  return action && storedLog(kitchen.fridge, action.id)
}

/** The same log piece by piece, whole however long it is. */
export function readLogPieces(kitchen: ResultView, id: string): Iterable<string> | undefined {
  const action = cookOf(kitchen, id)
  return action && logPieces(kitchen.fridge, action.id)
}

function cookOf(kitchen: ResultView, id: string): StoredAction | undefined {
  const view = findItem(kitchen, id)
  const result = view && resultOf(kitchen.plan, view)
  return result && lastAction(kitchen, result.maker)
}

/** The item of this plan that a view shows; undefined for stocked items, and for results of earlier builds. */
export function resultOf(plan: Plan, { shelf, label }: ItemView): ResultItem | undefined {
  return plan.results.get(shelf)?.find(String(label))
}

export interface TableRow {
  parameters: Depends
  /** The content as a number, as JSON, or as text. */
  value?: Value
  /** For content that is no small text. */
  path?: string
  /** Undefined for a value that is current. */
  verdict?: RowVerdict
}

/** `stale`: the value is of an earlier build. Without a value a variant has failed, or is missing: not cooked yet. */
export type RowVerdict = 'stale' | 'missing' | 'failed'

/** Content up to this many bytes stands in the table itself. */
const valueLimit = 65_536

/** One row a variant, also of those that are not cooked. */
export function* tableRows(kitchen: ResultView, result: string, order?: Int32Column): Iterable<TableRow> {
  const shelf = kitchen.plan.results.get(result)
  if (shelf === undefined) return
  for (const row of (order ?? Int32Column.counting(shelf.table.rows)).array)
    yield { parameters: shelf.table.at(row).parameters(), ...contentValue(kitchen, shelf.item(row)) }
}

/**
 * Returns a variant's content as a value where it is small and text, else its path. Where it is not current, that is the
 * content of its last cook.
 */
export function contentValue(
  { verdicts, fridge }: ResultView,
  { shelf, row, maker }: ResultItem,
): Omit<TableRow, 'parameters'> {
  const current = verdicts.contentOf(shelf, row)
  if (current !== undefined) return storedValue(fridge, current, verdicts.sizeOf(shelf, row))
  const last = verdicts.lastContentOf(shelf, row)
  if (last !== undefined && !isAbsent(last.name) && fridge.objects.size(last.name) !== undefined)
    return { ...storedValue(fridge, last.name, last.size), verdict: 'stale' }
  const { kind } = verdicts.reason(maker.job)
  return { verdict: verdicts.verdict(maker.job) === 'stale' && kind === 'last-cook-failed' ? 'failed' : 'missing' }
}

function storedValue(
  fridge: ResultView['fridge'],
  content: ContentName,
  size: number,
): Pick<TableRow, 'value' | 'path'> {
  const large = isFolder(content) || size > valueLimit
  const bytes = large ? undefined : fridge.objects.read(content)
  const value = bytes && valueIn(bytes)
  if (value !== undefined) return { value }
  return { path: pathOf(fridge, content) }
}

/** Undefined where the fridge would have to make the path first, and this user may not write to it. */
function pathOf({ trees, paths }: ResultView['fridge'], content: ContentName): string | undefined {
  try {
    return isFolder(content) ? trees.folderOf(content) : paths.fileOf(content)
  } catch (error) {
    if (systemTroubleOf(errorCode(error)) === undefined) throw error
    return undefined
  }
}

function valueIn(bytes: Buffer): Value | undefined {
  const text = bytes.toString('utf8')
  if (text.includes('\0') || text.includes('\uFFFD')) return undefined
  return valueOfText(text)
}

export function fridgeTotals({ fridge }: Pick<ResultView, 'fridge'>): FridgeTotals {
  const [lastBuild] = fridge.builds.latest(1)
  const lastAudit = fridge.lastAudit()
  const unobserved = fridge.actions.unobserved()
  return {
    ...fridge.totals(),
    ...(lastBuild && { lastBuild }),
    ...(lastAudit && { lastAudit }),
    ...(unobserved > 0 && { unobserved }),
  }
}

/** The steps of the plan with what they read, and how many jobs of each are not fresh. */
export function stepGraph({ plan, shelves, verdicts }: ResultView): StepGraph {
  const graph: StepGraph = { nodes: [], edges: [] }
  for (const { name, kind, items } of shelves.values()) {
    if (kind !== 'step') graph.nodes.push({ name, kind, size: items.length, open: 0 })
  }
  for (const table of plan.tables) {
    let open = 0
    for (let row = 0; row < table.rows; row++) if (verdicts.verdict(table.job(row)) !== 'fresh') open++
    graph.nodes.push({ name: table.step.name, kind: 'step', size: table.rows, open })
    const seen = new Set<string>()
    for (const { from } of table.step.inputs) {
      if (seen.has(from)) continue
      seen.add(from)
      const made = plan.results.get(from)
      graph.edges.push({ from: made?.table.step.name ?? from, to: table.step.name, label: made ? from : '' })
    }
  }
  for (const { name, poured } of plan.poured.values())
    graph.edges.push({ from: poured.from.table.step.name, to: name, label: '' })
  return graph
}
