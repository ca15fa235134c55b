// Finds the outputs that a plan needs only on the way to others (`keep: false`).
import type { StepTable } from './cross.ts'
import type { Plan } from './plan.ts'

/** Returns, for each table, the positions of the outputs that this plan reads and that need not be kept. */
export function passingOutputs(plan: Plan): Map<StepTable, number[]> {
  const read = new Set<string>()
  for (const table of plan.tables) {
    for (const column of table.inputs) {
      if (column.kind === 'result') read.add(`${column.table.index} ${column.output}`)
      else if (column.kind === 'collected' && column.source.kind === 'result')
        read.add(`${column.source.table.index} ${column.source.output}`)
    }
  }
  const passing = new Map<StepTable, number[]>()
  for (const table of plan.tables) {
    const outputs = table.step.outputs.flatMap(({ keep }, at) =>
      !keep && read.has(`${table.index} ${at}`) ? [at] : [],
    )
    if (outputs.length > 0) passing.set(table, outputs)
  }
  return passing
}
