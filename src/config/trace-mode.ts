// Decides how the undeclared reads of a step are treated: by the step's setting, else by the kitchen's.
import type { KitchenSettings, Step } from './configuration.ts'

export type TraceMode = KitchenSettings['trace']

/** `isolate` is the older word: `true` is `strict` without a network. */
export function traceModeOf({ trace, isolate }: Pick<Step, 'trace' | 'isolate'>, kitchen: KitchenSettings): TraceMode {
  if (isolate !== false) return isolate === true ? 'strict' : 'check'
  return trace ?? kitchen.trace
}

/** Tells whether what a step reads without declaring it counts. */
export function countsReads(step: Pick<Step, 'trace' | 'isolate'>, kitchen: KitchenSettings): boolean {
  const mode = traceModeOf(step, kitchen)
  return mode === 'infer' || mode === 'strict'
}
