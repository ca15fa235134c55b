// Shows what the last cook of a job looked for outside of its pan.
import { type Look, looksIn } from '../base/trace.ts'
import type { StoredAction } from '../fridge/action-store.ts'
import type { ResultView } from './session-views.ts'
import type { JobView, TraceView } from './views.ts'

/** Undefined where the job was never cooked, or nothing is known of what it looked for. */
export function traceOfJob(kitchen: ResultView, { id, step }: JobView): TraceView | undefined {
  const action = kitchen.fridge.items.find(step, id.slice(step.length + 1))?.action
  return action && traceView(kitchen, action)
}

export function traceView({ fridge }: Pick<ResultView, 'fridge'>, action: StoredAction): TraceView | undefined {
  const unobserved = fridge.actions.receipt(action.id)?.note.unobserved?.why
  const { own, system } = action.trace
  if (own === '' && system === '' && unobserved === undefined) return undefined
  return { own: looksIn(own), system: looksOnce(system), ...(unobserved !== undefined && { unobserved }) }
}

/** Many jobs share a set of looks, and get the same array of it. */
function looksOnce(text: string): readonly Look[] {
  let looks = sets.get(text)
  if (!looks) sets.set(text, (looks = looksIn(text)))
  return looks
}

const sets = new Map<string, readonly Look[]>()
