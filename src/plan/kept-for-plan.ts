// Keeps what was found out about a plan until that grows.
import type { Plan } from './plan.ts'

export function keptForPlan<Settings extends unknown[], Found>(
  find: (plan: Plan, ...settings: Settings) => Found,
): (plan: Plan, ...settings: Settings) => Found {
  const known = new WeakMap<Plan, { tables: number; found: Found }>()
  return (plan, ...settings) => {
    const last = known.get(plan)
    if (last?.tables === plan.tables.length) return last.found
    const found = find(plan, ...settings)
    known.set(plan, { tables: plan.tables.length, found })
    return found
  }
}
