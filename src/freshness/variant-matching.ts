// Finds the variant of an earlier build that a row of a table stands for, although its record is another one.
import type { Reason } from '../base/reason.ts'
import { canonical, type Value } from '../base/value.ts'
import type { StoredItem } from '../fridge/item-store.ts'
import type { StepTable } from '../plan/cross.ts'
import { storedVariantText, variantText } from '../plan/record.ts'

/** Values seen in earlier plans, by name. */
export type SeenValues = Map<string, Set<string>>

export interface Matching {
  matched: Map<number, StoredItem>
  /** Where a row is a variant that is new altogether: only that is told by what was there before. */
  seen?: SeenValues
}

/** Finds rows by the name of their record, and the others by their labels: other contents of the same variant. */
export function matchVariants(table: StepTable, stored: ReadonlyMap<string, StoredItem>): Matching {
  const matched = new Map<number, StoredItem>()
  const unmatched: number[] = []
  for (let row = 0; row < table.rows; row++) {
    const item = stored.get(table.items[row] as string)
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
    const item = byVariant.get(variantText(table, row))
    if (item !== undefined) matched.set(row, item)
  }
  if (unmatched.every((row) => matched.has(row))) return { matched }
  return {
    matched,
    seen: seenValues(table, [...byVariant.keys(), ...known.map((row) => variantText(table, row))]),
  }
}

function variantsOf(table: StepTable, items: StoredItem[]): Map<string, StoredItem> {
  const kinds = new Map(table.names.map((name, at) => [name, table.shelves[at]?.kind]))
  const isFlavour = (name: string): boolean => kinds.get(name) === 'flavour'
  const byVariant = new Map<string, StoredItem>()
  for (const item of items) {
    const text = storedVariantText(item.record, isFlavour)
    if (text !== '') byVariant.set(text, item)
  }
  return byVariant
}

function seenValues(table: StepTable, variants: string[]): SeenValues {
  const seen = new Map(table.names.map((name) => [name, new Set<string>()]))
  for (const variant of variants) {
    const depends = JSON.parse(variant) as { [name: string]: Value }
    for (const [name, values] of seen) values.add(canonical(depends[name] ?? null))
  }
  return seen
}

/** Explains a row that no earlier build knew: a value of a flavour is new, or it was just never cooked. */
export function whyNew(table: StepTable, row: number, seen: SeenValues | undefined): Reason {
  for (const [at, name] of seen ? table.names.entries() : []) {
    const shelf = table.shelves[at]
    const label = shelf?.items[(table.columns[at] as Int32Array)[row] as number]?.label
    if (shelf === undefined || label === undefined || seen?.get(name)?.has(canonical(label))) continue
    if (shelf.kind === 'flavour') return { kind: 'flavour-new', flavour: name, value: label }
  }
  return { kind: 'never-cooked' }
}
