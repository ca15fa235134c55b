// Finds the results that a plan needs only on the way to others (`keep: false`).
import type { Plan } from './plan.ts'
import type { ResultShelf } from './step-table.ts'

/** Returns the shelves of the results that this plan reads and that need not be kept. */
export function intermediateShelves({ tables }: Plan): Set<ResultShelf> {
  const read = tables.flatMap(({ inputs }) =>
    inputs.flatMap(({ kind, shelf }) => (kind !== 'stocked' && shelf.kind === 'result' ? [shelf] : [])),
  )
  return new Set(read.filter(({ isKept }) => !isKept))
}
