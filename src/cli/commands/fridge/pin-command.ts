// chef pin and chef unpin: protect results from being dropped, whatever the plan.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import type { Session } from '../../../session/session.ts'
import { formerItem } from '../../../inspection/lineage.ts'
import { findItem } from '../../../inspection/queries.ts'
import { resultsIn } from '../../../fridge/maintenance/content-owners.ts'
import type { Fridge } from '../../../fridge/fridge.ts'
import { outputsIn } from '../../../fridge/stored-outputs.ts'
import type { PinRow } from '../../../fridge/tables/pin-table.ts'
import { ago, bytes } from '../../../report/text/amounts-text.ts'
import { columnsText } from '../../../report/text/columns.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { waitFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { knownItem } from '../../kitchen/item-argument.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const pin = command({
  name: 'pin',
  summary: 'never drop a result, whatever the plan',
  positionals: { item: positional.optional({ completes: 'items' }) },
  flags: { list: flag.switch({ summary: 'show what is pinned' }), wait: waitFlag },
  examples: [
    ['chef pin z/9f86d081', 'a result by the beginning of its hash'],
    ['chef pin --list', 'what is pinned, since when, and how large it is'],
  ],
  run({ item, list, wait }, context) {
    if (list || item === undefined)
      return withKitchen(context, everyStep, ({ fridge }) => listPins(context, fridge), { wait, lenient: true })
    const opening = { wait, write: true, lenient: true }
    return withKitchen(context, everyStep, (kitchen) => pinOne(context, kitchen, item), opening)
  },
})

function pinOne({ json, quiet, out }: Context, kitchen: Session, id: string): number {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id) ?? knownItem(kitchen, id)
  const made = kitchen.plan.results.get(item.shelf)?.table.step
  const step =
    made ??
    [...kitchen.configuration.steps.values()].find(({ outputs }) => outputs.some(({ name }) => name === item.shelf))
  if (item.kind !== 'result' || step === undefined) throw new Refusal([failure('pin-unfit', { id, kind: item.kind })])
  kitchen.fridge.pins.add({ step: step.name, name: String(item.label), at: Date.now() })
  const shown = `${item.shelf}/${String(item.label)}`
  if (json) out.write(jsonLine({ type: 'summary', pinned: shown }))
  else if (!quiet) out.write(`pinned ${shown}\n`)
  return 0
}

export const unpin = command({
  name: 'unpin',
  summary: 'let a pinned result be dropped again',
  positionals: { item: positional.one({ completes: 'items' }) },
  flags: { wait: waitFlag },
  examples: [['chef unpin z/9f86d081', 'by the beginning of its hash']],
  run: ({ item, wait }, context) =>
    withKitchen(context, everyStep, ({ fridge }) => unpinOne(context, fridge, item), {
      wait,
      write: true,
      lenient: true,
    }),
})

function unpinOne({ json, quiet, out }: Context, fridge: Fridge, id: string): number {
  const found = fridge.pins.all().filter((one) => namesOf(one).some((name) => name.startsWith(id)))
  const [one] = found
  if (one === undefined) throw new Refusal([failure('pin-unknown', { id })])
  if (found.length > 1) throw new Refusal([failure('item-ambiguous', { id, some: found.map(nameOf), failed: false })])
  fridge.pins.drop(one)
  if (json) out.write(jsonLine({ type: 'summary', unpinned: nameOf(one) }))
  else if (!quiet) out.write(`unpinned ${nameOf(one)}\n`)
  return 0
}

/** The name under which it is shown. */
function nameOf(pin: PinRow): string {
  return namesOf(pin)[0] ?? pin.name
}

/** The names under which it can be unpinned: each of its results, and its step. */
function namesOf({ step, name, record }: PinRow): string[] {
  return [...(record === null ? [] : resultsIn(record)), step].map((shelf) => `${shelf}/${name}`)
}

function listPins({ json, out, outStyle: style }: Context, fridge: Fridge): number {
  const pins = fridge.pins.all().map((one) => ({ id: nameOf(one), at: one.at, size: sizeOf(one) }))
  if (json) {
    for (const { id, at, size } of pins) out.write(jsonLine({ type: 'pin', id, at, bytes: size }))
    out.write(jsonLine({ type: 'summary', pins: pins.length }))
    return 0
  }
  if (pins.length === 0) out.write('nothing is pinned\n')
  const rows = pins.map(({ id, at, size }) => [
    { text: id, paint: style.cyan },
    { text: size === undefined ? 'not cooked yet' : bytes(size), right: true },
    { text: `pinned ${ago(at, Date.now())}`, paint: style.dim },
  ])
  for (const line of columnsText(rows, Number.POSITIVE_INFINITY)) out.write(`${line}\n`)
  return 0
}

function sizeOf({ outputs }: PinRow): number | undefined {
  if (outputs === null) return undefined
  return outputsIn(outputs).reduce((sum, { size }) => sum + size, 0)
}
