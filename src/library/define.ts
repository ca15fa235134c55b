// defineKitchen: a cheffile in TypeScript, with types that know its names. At run time it is the identity.
import type { Checked, KitchenDefinition } from './definition.ts'

export function defineKitchen<const Definition extends KitchenDefinition>(
  definition: Definition & Checked<Definition>,
): Definition {
  return definition
}
