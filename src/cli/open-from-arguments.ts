// From what is meant to a checked configuration and an open kitchen.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Emit } from '../base/event.ts'
import { Refusal } from '../base/failures/failure.ts'
import type { Session, SessionRequest } from '../session/session.ts'
import type { Configuration } from '../config/configuration.ts'
import type { KitchenReading } from '../recipe/load-recipe.ts'
import { type Context, warn } from './context.ts'
import { checkFolder } from './meant.ts'

export async function configure(context: Context): Promise<Configuration> {
  const { configuration, failures } = await readConfiguration(context)
  if (failures.length > 0) throw new Refusal(failures)
  warn(context, configuration.warnings)
  return configuration
}

/** What is wrong with it is left to whoever asks. */
export async function readConfiguration(context: Context): Promise<KitchenReading> {
  checkFolder(context.meant.folder)
  const { readKitchen } = await import('../recipe/load-recipe.ts')
  const { meant, environment, signal } = context
  const programs = { environment: environment.variables, signal }
  return readKitchen({ ...meant.load, programs, cpus: availableParallelism() }, existsSync)
}

export interface Opening {
  targets: readonly string[]
  write?: boolean
  force?: boolean
  /** What an empty shelf keeps from being planned is left out instead of refused. */
  lenient?: boolean
  /** What no target needs is looked at, too. */
  everything?: boolean
  emit?: Emit
}

export function kitchenRequest(context: Context, configuration: Configuration, opening: Opening): SessionRequest {
  const { meant, environment, signal, commandLine } = context
  const onlyWarnings: Emit = (event) => {
    if (event.type === 'warning') warn(context, [event.failure])
  }
  return {
    configuration,
    targets: opening.targets,
    narrow: meant.narrow,
    write: opening.write ?? false,
    force: opening.force ?? false,
    lenient: opening.lenient ?? false,
    everything: opening.everything ?? false,
    wait: meant.wait,
    who: { pid: process.pid, command: commandLine },
    environment: environment.variables,
    emit: opening.emit ?? onlyWarnings,
    signal,
  }
}

/** Opens a kitchen to read from it, and closes it whatever happens. */
export async function withKitchen<Result>(
  context: Context,
  targets: (configuration: Configuration) => readonly string[],
  use: (kitchen: Session) => Promise<Result> | Result,
  opening: Omit<Opening, 'targets'> = {},
): Promise<Result> {
  const configuration = await configure(context)
  return withConfigured(context, configuration, use, { ...opening, targets: targets(configuration) })
}

export async function withConfigured<Result>(
  context: Context,
  configuration: Configuration,
  use: (kitchen: Session) => Promise<Result> | Result,
  opening: Opening,
): Promise<Result> {
  const { openKitchen } = await import('../session/open-session.ts')
  const kitchen = await openKitchen(kitchenRequest(context, configuration, opening))
  try {
    return await use(kitchen)
  } finally {
    kitchen.close()
  }
}

export function everyStep(configuration: Configuration): string[] {
  return [...configuration.steps.keys()]
}
