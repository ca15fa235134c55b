// Every failure chef can speak of, worded in failure-texts/ and nowhere else. docs/errors.md has a paragraph on each code.
import { cliTexts } from './failure-texts/cli.ts'
import { configTexts } from './failure-texts/config.ts'
import { elsewhereTexts } from './failure-texts/elsewhere.ts'
import { fridgeTexts } from './failure-texts/fridge.ts'
import { kitchenTexts } from './failure-texts/kitchen.ts'
import { picturesTexts } from './failure-texts/pictures.ts'
import { planTexts } from './failure-texts/plan.ts'
import { recipeTexts } from './failure-texts/recipe.ts'
import { shareTexts } from './failure-texts/share.ts'
import { simulationTexts } from './failure-texts/simulation.ts'
import { tableTexts } from './failure-texts/table.ts'
import { watchTexts } from './failure-texts/watch.ts'

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
