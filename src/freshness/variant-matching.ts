// Matches the rows of a table with the variants that its shelf holds from earlier builds, by record or else by labels.
import type { Reason } from '../base/reason.ts'
import { canonical, isMap, parsed } from '../base/value.ts'
import type { StoredItem } from '../fridge/item-store.ts'
import { itemAt } from '../plan/shelves.ts'
import type { StepTable } from '../plan/step-table.ts'
import { JSONContainer, storedVariantText, variantText } from '../plan/record.ts'

/** Values seen in earlier plans, by name. */
export type SeenValues = Map<string, Set<string>>

export interface Matching {
  matched: Map<number, StoredItem>
  /** For rows that are entirely new variants: only their reasons need the variants of earlier builds. */
  seen?: SeenValues
}

/** Finds rows by the name of their record, and the others by their labels: other contents of the same variant. */
export function matchVariants(table: StepTable, stored: ReadonlyMap<string, StoredItem>): Matching {
  const matched = new Map<number, StoredItem>()
  const unmatched: number[] = []
  for (let row = 0; row < table.rows; row++) {
    const item = stored.get(table.record(row))
    if (item === undefined) unmatched.push(row)
    else matched.set(row, item)
  }
  if (unmatched.length === 0 || stored.size === 0) return { matched }
  const known = [...matched.keys()]
  const found = new Set(matched.values())
  const byVariant = variantsOf(
    table,
    [...stored.values()].filter((item) => !found.has(item)),
  )
  for (const row of unmatched) {
    const item = byVariant.get(variantText(table.at(row)))
    if (item !== undefined) matched.set(row, item)
  }
  if (unmatched.every((row) => matched.has(row))) return { matched }
  return {
    matched,
    seen: seenValues(table, [...byVariant.keys(), ...known.map((row) => variantText(table.at(row)))]),
  }
}

function variantsOf(table: StepTable, items: StoredItem[]): Map<string, StoredItem> {
  const flavours = new Set(table.columns.flatMap(({ name, shelf }) => (shelf.kind === 'flavour' ? [name] : [])))
  const byVariant = new Map<string, StoredItem>()
  for (const item of items) {
    const text = storedVariantText(new JSONContainer(item.record), flavours)
    if (text !== undefined) byVariant.set(text, item)
  }
  return byVariant
}

function seenValues(table: StepTable, variants: string[]): SeenValues {
  const seen = new Map(table.columns.map(({ name }) => [name, new Set<string>()]))
  for (const variant of variants) {
    const depends = parsed(variant)
    if (!isMap(depends)) continue
    for (const [name, values] of seen) values.add(canonical(depends[name] ?? null))
  }
  return seen
}

/** Explains a row that no earlier build knew: a value of a flavour is new, or it was just never cooked. */
export function whyNew(table: StepTable, row: number, seen: SeenValues | undefined): Reason {
  for (const { name, shelf, places } of seen ? table.columns : []) {
    if (shelf.kind !== 'flavour') continue
    const { label } = itemAt(shelf, places.get(row))
    if (!seen?.get(name)?.has(canonical(label))) return { kind: 'flavour-new', flavour: name, value: label }
  }
  return { kind: 'never-cooked' }
}
