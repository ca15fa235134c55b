// chef status: all shelves and the fridge, or the items of the shelves that are named.
import { failure, Refusal } from '../../base/failure.ts'
import type { Kitchen } from '../../build/kitchen.ts'
import { cacheTotals, isFailed, itemViews, shelfViews } from '../../build/queries.ts'
import type { ItemView, ShelfView } from '../../build/views.ts'
import { nearest } from '../../config/near.ts'
import { itemLine, jsonLine, shelfLine } from '../../report/json.ts'
import { shelfText, statusText } from '../../report/status.ts'
import { tellingNames } from '../../report/variant.ts'
import type { Context, Run } from '../context.ts'
import { everyStep, withKitchen } from '../kitchen.ts'

export const status: Run = (context) =>
  withKitchen(context, everyStep, (kitchen) => show(context, kitchen), { lenient: true })

function show(context: Context, kitchen: Kitchen): number {
  const all = shelfViews(kitchen)
  const { arguments: names } = context.meant
  const wanted = names.length === 0 ? all : named(kitchen, all, names)
  const { stale, failed } = context.meant
  const filtered = stale || failed
  const shelves = filtered ? wanted.filter((shelf) => countOf(shelf, context.meant) > 0) : wanted
  if (context.meant.json) printLines(context, kitchen, shelves, filtered || names.length > 0)
  else printText(context, kitchen, shelves, filtered || names.length > 0)
  return 0
}

/** How many items of a shelf are meant: what failed is not fresh either. */
function countOf(shelf: ShelfView, { stale, failed }: Context['meant']): number {
  if (stale) return shelf.stale + shelf.failed
  return failed ? shelf.failed : shelf.items
}

function wantedItems(kitchen: Kitchen, shelf: ShelfView, { stale, failed }: Context['meant']): Iterable<ItemView> {
  const { work } = kitchen
  if (stale) return itemViews(kitchen, shelf.name, (job) => work.state(job) !== 'fresh')
  return failed ? itemViews(kitchen, shelf.name, (job) => isFailed(kitchen, job)) : itemViews(kitchen, shelf.name)
}

/** A step stands for the shelves of its results. */
function named({ configuration }: Kitchen, shelves: ShelfView[], names: string[]): ShelfView[] {
  const known = [...new Set([...shelves.map((shelf) => shelf.name), ...configuration.steps.keys()])]
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Refusal(unknown.map((name) => failure('shelf-unknown', { name, near: nearest(name, known) })))
  const outputs = names.flatMap((name) => configuration.steps.get(name)?.outputs.map((output) => output.name) ?? [])
  const wanted = new Set([...names, ...outputs])
  return shelves.filter((shelf) => wanted.has(shelf.name))
}

function printLines({ out, meant }: Context, kitchen: Kitchen, shelves: ShelfView[], withItems: boolean): void {
  const total = { results: 0, fresh: 0, stale: 0, failed: 0 }
  for (const shelf of shelves) {
    out.write(jsonLine(shelfLine(shelf)))
    if (withItems) for (const item of wantedItems(kitchen, shelf, meant)) out.write(jsonLine(itemLine(item)))
    if (shelf.kind !== 'result') continue
    total.results += shelf.items
    total.fresh += shelf.fresh
    total.stale += shelf.stale
    total.failed += shelf.failed
  }
  const { objects, bytes } = cacheTotals(kitchen)
  out.write(jsonLine({ type: 'summary', ...total, objects, bytes }))
}

function printText(
  { out, outStyle, meant }: Context,
  kitchen: Kitchen,
  shelves: ShelfView[],
  withItems: boolean,
): void {
  const options = { style: outStyle, columns: out.columns, verbose: meant.verbose, now: Date.now() }
  if (!withItems) {
    out.write(statusText(shelves, cacheTotals(kitchen), options))
    return
  }
  const telling = tellingNames(kitchen.configuration)
  const texts = shelves.map((shelf) =>
    shelfText(shelf, wantedItems(kitchen, shelf, meant), telling, { ...options, total: countOf(shelf, meant) }),
  )
  out.write(texts.join('\n'))
}
