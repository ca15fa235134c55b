// Names of parameters that tell variants apart. A name with one value is the same for all, and a step's source is none.
import { canonical } from '../../base/value.ts'
import type { Depends } from '../../base/event.ts'
import type { Overview } from '../page-protocol.ts'

export function varyingNames({ shelves }: Overview): string[] {
  return shelves
    .filter(({ kind, items }) => (kind === 'flavour' || kind === 'resource') && items > 1)
    .map(({ name }) => name)
}

/** Parts the names that all of these variants have alike from those in which they differ. */
export function partNames(
  variants: readonly Depends[],
  names: readonly string[],
): { shared: string[]; differing: string[] } {
  const [first = {}] = variants
  const there = names.filter((name) => variants.some((depends) => name in depends))
  const text = (depends: Depends, name: string): string => canonical(depends[name] ?? null)
  const isShared = (name: string): boolean => variants.every((depends) => text(depends, name) === text(first, name))
  return { shared: there.filter(isShared), differing: there.filter((name) => !isShared(name)) }
}
