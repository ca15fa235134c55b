// The views of an open session that inspection reads. A session has all of them.
import type { Configuration } from '../config/configuration.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Plan } from '../plan/plan.ts'
import type { StockedShelf } from '../plan/shelves.ts'

/** A plan and the verdicts on its jobs. */
export interface PlanView {
  readonly plan: Plan
  readonly verdicts: Verdicts
}

/** Results: planned, judged, and as the fridge holds them. */
export interface ResultView extends PlanView {
  readonly fridge: Fridge
  readonly shelves: ReadonlyMap<string, StockedShelf>
}

/** Results, and the recipe that they are made by. */
export interface KitchenView extends ResultView {
  readonly configuration: Configuration
}
