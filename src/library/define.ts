// defineKitchen types a cheffile in TypeScript, so that the compiler knows its names. At run time it returns its
// argument.
import type { Checked, KitchenDefinition } from './definition.ts'

export function defineKitchen<const Definition extends KitchenDefinition>(
  definition: Definition & Checked<Definition>,
): Definition {
  return definition
}
