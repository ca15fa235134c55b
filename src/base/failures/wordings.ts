// Collects the wording of every failure. docs/errors.md has a paragraph on each code.
import { cliTexts } from './command-failures.ts'
import { configTexts } from './config-failures.ts'
import { elsewhereTexts } from './executor-failures.ts'
import { fridgeTexts } from './fridge-failures.ts'
import { kitchenTexts } from './step-failures.ts'
import { picturesTexts } from './picture-failures.ts'
import { planTexts } from './plan-failures.ts'
import { recipeTexts } from './recipe-failures.ts'
import { shareTexts } from './remote-cache-failures.ts'
import { simulationTexts } from './simulation-failures.ts'
import { tableTexts } from './table-failures.ts'
import { watchTexts } from './watch-failures.ts'

export const wordings = {
  ...cliTexts,
  ...configTexts,
  ...elsewhereTexts,
  ...fridgeTexts,
  ...kitchenTexts,
  ...picturesTexts,
  ...planTexts,
  ...recipeTexts,
  ...shareTexts,
  ...simulationTexts,
  ...tableTexts,
  ...watchTexts,
}

export type FailureCode = keyof typeof wordings
export type FailureData<Code extends FailureCode> = Parameters<(typeof wordings)[Code]>[0]
