// chef pin and chef unpin: results that are never dropped, whatever the plan has.
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Session } from '../../session/session.ts'
import { formerItem } from '../../inspection/lineage.ts'
import { findItem } from '../../inspection/queries.ts'
import { resultsIn } from '../../fridge/maintenance/content-owners.ts'
import type { Fridge } from '../../fridge/fridge.ts'
import { outputsIn } from '../../fridge/stored-outputs.ts'
import type { PinRow } from '../../fridge/tables/pin-table.ts'
import { ago, bytes } from '../../report/text/amounts-text.ts'
import { columnsText } from '../../report/text/columns.ts'
import { jsonLine } from '../../report/json-lines.ts'
import type { Context, Run } from '../context.ts'
import { knownItem } from '../item-argument.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const pin: Run = (context) => {
  const [id] = context.meant.arguments
  if (context.meant.list || id === undefined)
    return withKitchen(context, everyStep, ({ fridge }) => list(context, fridge), { lenient: true })
  return withKitchen(context, everyStep, (kitchen) => pinOne(context, kitchen, id), { write: true, lenient: true })
}

function pinOne({ meant, out }: Context, kitchen: Session, id: string): number {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id) ?? knownItem(kitchen, id)
  const made = kitchen.plan.results.get(item.shelf)?.table.step
  const step =
    made ??
    [...kitchen.configuration.steps.values()].find(({ outputs }) => outputs.some(({ name }) => name === item.shelf))
  if (item.kind !== 'result' || step === undefined) throw new Refusal([failure('pin-unfit', { id, kind: item.kind })])
  kitchen.fridge.pins.add({ step: step.name, name: String(item.label), at: Date.now() })
  const shown = `${item.shelf}/${String(item.label)}`
  if (meant.json) out.write(jsonLine({ type: 'summary', pinned: shown }))
  else if (!meant.quiet) out.write(`pinned ${shown}\n`)
  return 0
}

export const unpin: Run = (context) =>
  withKitchen(
    context,
    everyStep,
    ({ fridge }) => {
      const { meant, out } = context
      const id = meant.arguments[0] ?? ''
      const found = fridge.pins.all().filter((one) => namesOf(one).some((name) => name.startsWith(id)))
      const [one] = found
      if (one === undefined) throw new Refusal([failure('pin-unknown', { id })])
      if (found.length > 1)
        throw new Refusal([
          failure('item-ambiguous', { id, some: found.map((one) => namesOf(one)[0] as string), failed: false }),
        ])
      fridge.pins.drop(one)
      if (meant.json) out.write(jsonLine({ type: 'summary', unpinned: namesOf(one)[0] }))
      else if (!meant.quiet) out.write(`unpinned ${namesOf(one)[0]}\n`)
      return 0
    },
    { write: true, lenient: true },
  )

/** What it can be called: by each of its results, and by its step. */
function namesOf({ step, name, record }: PinRow): string[] {
  return [...(record === null ? [] : resultsIn(record)), step].map((shelf) => `${shelf}/${name}`)
}

function list({ meant, out, outStyle: style }: Context, fridge: Fridge): number {
  const pins = fridge.pins.all().map((one) => ({ id: namesOf(one)[0] as string, at: one.at, size: sizeOf(one) }))
  if (meant.json) {
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
