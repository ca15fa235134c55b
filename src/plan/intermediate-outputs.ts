// Finds the outputs that a plan needs only on the way to others (`keep: false`).
import type { Plan } from './plan.ts'
import type { ResultShelf, StepTable } from './step-table.ts'

/** Returns, for each table, the positions of the outputs that this plan reads and that need not be kept. */
export function passingOutputs(plan: Plan): Map<StepTable, number[]> {
  const read = new Set<ResultShelf>()
  for (const { inputs } of plan.tables) {
    for (const { kind, shelf } of inputs) if (kind !== 'stocked' && shelf.kind === 'result') read.add(shelf)
  }
  const passing = new Map<StepTable, number[]>()
  for (const table of plan.tables) {
    const outputs = table.outputs.flatMap((shelf, at) => (!shelf.isKept && read.has(shelf) ? [at] : []))
    if (outputs.length > 0) passing.set(table, outputs)
  }
  return passing
}
