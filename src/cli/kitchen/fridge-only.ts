// Opens a fridge by itself, without a kitchen, for commands that look after it while nobody else writes.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/reading/load-configuration.ts'
import { takeLock } from '../../fridge/lock.ts'
import type { Context } from '../context.ts'
import { checkFolder, kitchenRequest } from './open-from-arguments.ts'

/** Does not check the recipe: a fridge can be looked after while the recipe is broken. */
export async function uncheckedConfiguration({ kitchen }: Context): Promise<Configuration> {
  checkFolder(kitchen.folder)
  return loadConfiguration({ ...kitchen.load, cpus: availableParallelism() })
}

export function hasFridge({ fridge }: Configuration): boolean {
  return existsSync(join(fridge.path, 'fridge.db')) || existsSync(join(fridge.path, 'objects'))
}

/** Holds the fridge's lock meanwhile. Says so on a line of its own when it has to wait for it. */
export async function withFridgeLock<Result>(
  context: Context,
  { configuration, wait }: { configuration: Configuration; wait: boolean },
  work: () => Promise<Result>,
): Promise<Result> {
  const { who } = kitchenRequest(context, configuration, { targets: [] })
  const { quiet, err } = context
  const onWait = ({ pid }: typeof who): void => {
    if (!quiet) err.write(`waiting for another chef: process ${pid}\n`)
  }
  const unlock = await takeLock({ folder: configuration.fridge.path, who, wait, onWait })
  try {
    return await work()
  } finally {
    unlock()
  }
}
