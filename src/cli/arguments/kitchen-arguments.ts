// Derives from the options which kitchen is meant: its folder, its cheffile, what is laid over that, and the variants.
import { resolve } from 'node:path'
import type { FixedSetting } from '../../config/reading/layers.ts'
import type { LoadRequest } from '../../config/reading/load-configuration.ts'
import type { Narrowing } from '../../session/narrowing.ts'
import type { Environment } from '../environment.ts'
import { type generalFlags, generalFlagsNamed } from './general-flags.ts'
import type { FlagOptions } from './read-options.ts'
import type { Words } from './split-words.ts'

export interface KitchenArguments {
  /** The folder in which the cheffile is looked for, absolute. Paths are shown relative to the folder that chef was called in. */
  folder: string
  load: Omit<LoadRequest, 'cpus'>
  narrow: readonly Narrowing[]
  /** The words that mean the same kitchen to another chef. */
  words: readonly string[]
}

type GeneralOptions = FlagOptions<typeof generalFlags>

/** `settings`: what the flags of the command itself lay over the cheffile. */
export function kitchenArguments(
  options: GeneralOptions,
  words: Words,
  settings: FixedSetting[],
  { folder: here, variables }: Environment,
): KitchenArguments {
  const folder = options.directory ?? here
  return {
    folder,
    load: {
      folder,
      cheffile: options.cheffile,
      upwards: options.directory === undefined,
      linked: {
        recipe: options.recipefile,
        flavour: options.flavourfile,
        resource: options.resourcefile,
        kitchen: options.kitchenfile,
        fridge: options.fridgefile,
        cache: options.cachefile,
        link: options.linkfile,
        option: options.optionfile,
      },
      settings,
      free: options.option.map((text) => ({ text })),
      fridgePath: variables.CHEF_FRIDGE ? resolve(here, variables.CHEF_FRIDGE) : undefined,
    },
    narrow: options.narrow,
    words: generalFlagsNamed.flatMap(({ name, value }) =>
      value === undefined || name === 'color' ? [] : (words.values.get(name) ?? []).map((one) => `--${name}=${one}`),
    ),
  }
}
