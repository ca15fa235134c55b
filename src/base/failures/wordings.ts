// The wording of every failure by its code. docs/errors.md has a paragraph on each.
import { commandFailures } from './command-failures.ts'
import { configFailures } from './config-failures.ts'
import { executorFailures } from './executor-failures.ts'
import { fridgeFailures } from './fridge-failures.ts'
import { stepFailures } from './step-failures.ts'
import { pictureFailures } from './picture-failures.ts'
import { planFailures } from './plan-failures.ts'
import { recipeFailures } from './recipe-failures.ts'
import { remoteCacheFailures } from './remote-cache-failures.ts'
import { simulationFailures } from './simulation-failures.ts'
import { tableFailures } from './table-failures.ts'
import { watchFailures } from './watch-failures.ts'

export const wordings = {
  ...commandFailures,
  ...configFailures,
  ...executorFailures,
  ...fridgeFailures,
  ...stepFailures,
  ...pictureFailures,
  ...planFailures,
  ...recipeFailures,
  ...remoteCacheFailures,
  ...simulationFailures,
  ...tableFailures,
  ...watchFailures,
}

export type FailureCode = keyof typeof wordings
export type FailureData<Code extends FailureCode> = Parameters<(typeof wordings)[Code]>[0]
