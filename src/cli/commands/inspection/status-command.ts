// chef status: shows all shelves and the fridge, or the items of the shelves that are named.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import type { Session } from '../../../session/session.ts'
import { unchangedKitchen } from '../../../session/unchanged-answers.ts'
import { fridgeTotals, isFailed, itemViews, shelfViews } from '../../../inspection/queries.ts'
import type { FridgeTotals, ItemView, ShelfView } from '../../../inspection/views.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { whyNotObservedHere } from '../../../processes/machine-observation.ts'
import { nearest } from '../../../base/suggestion.ts'
import { itemLine, jsonLine, shelfLine } from '../../../report/json-lines.ts'
import { type StatusOptions, shelfText, statusText } from '../../../report/commands/status-report.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { countsEnvironment } from '../../../config/sections/variables.ts'
import { type Context, warn } from '../../context.ts'
import { configure, everyStep, kitchenRequest, withConfigured } from '../../kitchen/open-from-arguments.ts'

interface Asked {
  names: string[]
  stale: boolean
  failed: boolean
}

export const status = command({
  name: 'status',
  summary: 'show the shelves and what the fridge holds',
  positionals: { names: positional.any({ completes: 'shelves' }) },
  flags: {
    stale: flag.switch({ summary: 'only what is not fresh' }),
    failed: flag.switch({ summary: 'only what failed when it was cooked last' }),
  },
  examples: [
    ['chef status', 'all shelves'],
    ['chef status z', 'the items of one shelf with their parameters'],
    ['chef status --failed', 'what failed, and with which parameters'],
  ],
  async run(asked, context) {
    const configuration = await configure(context)
    const isWhole = asked.names.length === 0 && !asked.stale && !asked.failed
    tellUnshared(context, configuration)
    if (isWhole && (await showUnchanged(context, configuration))) return 0
    const opening = { targets: everyStep(configuration), lenient: true, everything: true }
    return withConfigured(context, configuration, (kitchen) => show(asked, context, kitchen), opening)
  },
})

function tellUnshared(context: Context, { cache, steps }: Configuration): void {
  if (cache === undefined || context.environment.variables.CHEF_CACHE_KEY) return
  const unshared = [...steps.values()].filter(countsEnvironment).map(({ name }) => name)
  if (unshared.length > 0) warn(context, [failure('cache-key-missing', { steps: unshared })])
}

/** Prints the shelves as the last whole build left them. Returns false if something has changed since. */
async function showUnchanged(context: Context, configuration: Configuration): Promise<boolean> {
  if (configuration.options.targets.length > 0) return false
  const unchanged = await unchangedKitchen(kitchenRequest(context, configuration, { targets: [] }))
  if (!unchanged) return false
  const { shelves, totals } = unchanged
  // A build looks at no resource that no step reads.
  const names = new Set(shelves.map((shelf) => shelf.name))
  if ([...configuration.resources.keys(), ...configuration.flavours.keys()].some((name) => !names.has(name)))
    return false
  if (context.json) printLines(context, shelves, totals, () => [])
  else await printShelves(context, shelves, totals)
  return true
}

async function show(asked: Asked, context: Context, kitchen: Session): Promise<number> {
  const all = everyShelf(kitchen)
  const { names, stale, failed } = asked
  const wanted = names.length === 0 ? all : named(kitchen, all, names)
  const filtered = stale || failed
  const withItems = filtered || names.length > 0
  const shelves = filtered ? wanted.filter((shelf) => countOf(shelf, asked) > 0) : wanted
  if (context.json)
    printLines(context, shelves, fridgeTotals(kitchen), (shelf) =>
      withItems ? wantedItems(kitchen, shelf, asked) : [],
    )
  else if (withItems) printItems(asked, context, kitchen, shelves)
  else await printShelves(context, shelves, fridgeTotals(kitchen))
  return 0
}

/** Includes empty shelves for results that cannot be planned yet. */
function everyShelf(kitchen: Session): ShelfView[] {
  const planned = shelfViews(kitchen)
  const names = new Set(planned.map((shelf) => shelf.name))
  const outputs = [...kitchen.configuration.steps.values()].flatMap((step) => step.outputs)
  const empty = outputs.filter(({ name }) => !names.has(name))
  const nothing = { items: 0, fresh: 0, stale: 0, failed: 0, bytes: 0 }
  return [...planned, ...empty.map(({ name }): ShelfView => ({ name, kind: 'result', ...nothing }))]
}

/** Counts the requested items of a shelf. Failed ones count as stale, too. */
function countOf(shelf: ShelfView, { stale, failed }: Asked): number {
  if (stale) return shelf.stale + shelf.failed
  return failed ? shelf.failed : shelf.items
}

function wantedItems(kitchen: Session, shelf: ShelfView, { stale, failed }: Asked): Iterable<ItemView> {
  const { verdicts } = kitchen
  if (stale) return itemViews(kitchen, shelf.name, (job) => verdicts.verdict(job) !== 'fresh')
  return failed ? itemViews(kitchen, shelf.name, (job) => isFailed(kitchen, job)) : itemViews(kitchen, shelf.name)
}

/** The shelves with these names. The name of a step means the shelves of its results. */
function named({ configuration }: Session, shelves: ShelfView[], names: string[]): ShelfView[] {
  const known = [...new Set([...shelves.map((shelf) => shelf.name), ...configuration.steps.keys()])]
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Refusal(unknown.map((name) => failure('shelf-unknown', { name, near: nearest(name, known) })))
  const outputs = names.flatMap((name) => configuration.steps.get(name)?.outputs.map((output) => output.name) ?? [])
  const wanted = new Set([...names, ...outputs])
  return shelves.filter((shelf) => wanted.has(shelf.name))
}

function printLines(
  { out }: Context,
  shelves: ShelfView[],
  { objects, bytes, unobserved, lastAudit }: FridgeTotals,
  itemsOf: (shelf: ShelfView) => Iterable<ItemView>,
): void {
  const total = { results: 0, fresh: 0, stale: 0, failed: 0 }
  for (const shelf of shelves) {
    out.write(jsonLine(shelfLine(shelf)))
    for (const item of itemsOf(shelf)) out.write(jsonLine(itemLine(item)))
    if (shelf.kind !== 'result') continue
    total.results += shelf.items
    total.fresh += shelf.fresh
    total.stale += shelf.stale
    total.failed += shelf.failed
  }
  out.write(
    jsonLine({
      type: 'summary',
      ...total,
      objects,
      bytes,
      ...(unobserved && { unobserved }),
      ...(lastAudit && { lastAudit }),
    }),
  )
}

function optionsOf({ out, outStyle, verbose }: Context): StatusOptions {
  return { style: outStyle, columns: out.columns, verbose, now: Date.now() }
}

async function printShelves(context: Context, shelves: ShelfView[], totals: FridgeTotals): Promise<void> {
  const observer = { whyNot: await whyNotObservedHere() }
  context.out.write(statusText(shelves, totals, { ...optionsOf(context), observer }))
}

function printItems(asked: Asked, context: Context, kitchen: Session, shelves: ShelfView[]): void {
  const varies = varyingNames(kitchen.configuration)
  const texts = shelves.map((shelf) => {
    const options = { ...optionsOf(context), total: countOf(shelf, asked) }
    return shelfText(shelf, wantedItems(kitchen, shelf, asked), varies, options)
  })
  context.out.write(texts.join('\n'))
}
