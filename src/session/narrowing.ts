// Narrows a kitchen to the variants that were asked for by name: `num_N=10`.
import { type Failure, failure } from '../base/failures/failure.ts'
import { canonical, fieldOf, isMap, plainText, type Value } from '../base/value.ts'
import type { Configuration } from '../config/configuration.ts'
import { nearest } from '../base/suggestion.ts'
import { ownerOf } from '../plan/cross.ts'
import { keepItems, type StockedItem, type StockedShelf, valueOf } from '../plan/shelves.ts'

export interface Narrowing {
  name: string
  values: Value[]
  /** The values as they were typed: a label that is just that text is meant before any number of that value. */
  texts?: string[]
}

/** Leaves only the named variants on the shelves; a field of an object flavour is named with a dot. */
export function narrowShelves(
  shelves: Map<string, StockedShelf>,
  narrow: readonly Narrowing[],
  configuration: Configuration,
): Failure[] {
  const failures: Failure[] = []
  const known = [...configuration.flavours.keys(), ...configuration.resources.keys()]
  for (const { name, values, texts = [] } of narrow) {
    const owner = ownerOf(name, known)
    if (owner === undefined) {
      failures.push(failure('narrow-unknown', { name, near: nearest(name, known), known }))
      continue
    }
    const shelf = shelves.get(owner)
    // A shelf that the targets do not need has nothing to narrow.
    if (shelf === undefined) continue
    const field = name === owner ? [] : name.slice(owner.length + 1).split('.')
    const items = shelf.items.map((item) => (field.length === 0 ? item.label : valueOf(item)))
    const labels = items.map((value) => fieldOf(value, field))
    const lost = missingField(owner, items, field)
    if (lost) failures.push(lost)
    const wanted = new Set<string>()
    for (const [at, value] of lost ? [] : values.entries()) {
      const meant = [texts[at], textOf(value)].find((text) => labels.some((label) => textOf(label) === text))
      if (meant !== undefined) wanted.add(meant)
      else failures.push(failure('narrow-nothing', { name, value: texts[at] ?? canonical(value), known: some(labels) }))
    }
    keepItems<StockedItem>(shelf, (_, at) => wanted.has(textOf(labels[at])))
    if (shelf.items.length < items.length) shelf.isNarrowed = true
  }
  return failures
}

function textOf(value: Value | undefined): string {
  return value === undefined ? '' : plainText(value)
}

function some(labels: (Value | undefined)[]): string {
  const texts = [...new Set(labels.map(textOf))]
  return texts.slice(0, 8).join(', ') + (texts.length > 8 ? ', ...' : '')
}

function missingField(name: string, labels: Value[], field: string[]): Failure | undefined {
  if (labels.length === 0 || labels.some((label) => fieldOf(label, field) !== undefined)) return undefined
  const known = [...new Set(labels.flatMap((label) => (isMap(label) ? Object.keys(label) : [])))]
  return failure('field-unknown', { name, field: field.join('.'), near: nearest(field.join('.'), known), known })
}
