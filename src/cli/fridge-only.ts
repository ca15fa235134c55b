// A fridge by itself, without a kitchen: for commands that look after it while nobody else writes.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { loadConfiguration } from '../config/reading/load-configuration.ts'
import { takeLock } from '../fridge/lock.ts'
import type { Context } from './context.ts'
import { kitchenRequest } from './open-from-arguments.ts'
import { checkFolder } from './meant.ts'

/** The recipe may be wrong: what was cooked by a right one can still be looked after. */
export async function uncheckedConfiguration({ meant }: Context): Promise<Configuration> {
  checkFolder(meant.folder)
  return loadConfiguration({ ...meant.load, cpus: availableParallelism() })
}

export function hasFridge({ fridge }: Configuration): boolean {
  return existsSync(join(fridge.path, 'fridge.db')) || existsSync(join(fridge.path, 'objects'))
}

/** Holds the fridge's lock meanwhile, and waits for it with a line. */
export async function withFridgeLock<Result>(
  context: Context,
  configuration: Configuration,
  work: () => Promise<Result>,
): Promise<Result> {
  const { who, wait } = kitchenRequest(context, configuration, { targets: [] })
  const { meant, err } = context
  const onWait = ({ pid }: typeof who): void => {
    if (!meant.quiet) err.write(`waiting for another chef: process ${pid}\n`)
  }
  const unlock = await takeLock({ folder: configuration.fridge.path, who, wait, onWait })
  try {
    return await work()
  } finally {
    unlock()
  }
}
