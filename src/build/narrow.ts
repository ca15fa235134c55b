// Narrows a kitchen to the variants that were asked for by name: `num_N=10`.
import { type Failure, failure } from '../base/failure.ts'
import { canonical, fieldOf, plainText, type Value } from '../base/value.ts'
import type { Configuration } from '../config/configuration.ts'
import { nearest } from '../config/near.ts'
import { ownerOf } from '../plan/cross.ts'
import type { BaseShelf } from '../plan/shelves.ts'

export interface Narrowing {
  name: string
  values: Value[]
}

/** Leaves only the named variants on the shelves; a field of an object flavour is named with a dot. */
export function narrowShelves(
  shelves: Map<string, BaseShelf>,
  narrow: readonly Narrowing[],
  configuration: Configuration,
): Failure[] {
  const failures: Failure[] = []
  const known = [...configuration.flavours.keys(), ...configuration.resources.keys()]
  for (const { name, values } of narrow) {
    const owner = ownerOf(name, known)
    if (owner === undefined) {
      failures.push(failure('narrow-unknown', { name, near: nearest(name, known), known }))
      continue
    }
    const shelf = shelves.get(owner)
    // A shelf that the targets do not need has nothing to narrow.
    if (shelf === undefined) continue
    const field = name === owner ? [] : name.slice(owner.length + 1).split('.')
    const textOf = (value: Value | undefined): string => (value === undefined ? '' : plainText(value))
    const labels = shelf.items.map((item) => fieldOf(item.label, field))
    for (const value of values) {
      if (labels.some((label) => textOf(label) === textOf(value))) continue
      const some = labels.slice(0, 8).map(textOf).join(', ') + (labels.length > 8 ? ', ...' : '')
      failures.push(failure('narrow-nothing', { name, value: canonical(value), known: some }))
    }
    const wanted = new Set(values.map(textOf))
    shelf.items = shelf.items.filter((_, at) => wanted.has(textOf(labels[at])))
  }
  return failures
}
