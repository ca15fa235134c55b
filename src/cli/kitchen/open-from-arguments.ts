// Reads the configuration of the kitchen that the arguments mean, and opens that kitchen.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Emit } from '../../base/event.ts'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Session, SessionRequest } from '../../session/session.ts'
import type { Configuration } from '../../config/configuration.ts'
import { isFolderAt } from '../../files/path-kind.ts'
import type { KitchenReading } from '../../recipe/load-recipe.ts'
import { type Context, warn } from '../context.ts'

/** `regenerates`: build files of other tools are made anew where their inputs changed. */
export async function configure(context: Context, { regenerates = false } = {}): Promise<Configuration> {
  const { configuration, failures } = await readConfiguration(context, { regenerates })
  if (failures.length > 0) throw new Refusal(failures)
  warn(context, configuration.warnings)
  return configuration
}

/** Returns the failures beside what could be read; the caller decides what they mean. */
export async function readConfiguration(context: Context, { regenerates = false } = {}): Promise<KitchenReading> {
  const { kitchen, environment, signal } = context
  checkFolder(kitchen.folder)
  const { readKitchen } = await import('../../recipe/load-recipe.ts')
  const programs = { environment: environment.variables, signal }
  const request = { ...kitchen.load, programs, regenerates, cpus: availableParallelism() }
  return readKitchen(request, existsSync, { keeps: regenerates })
}

export function checkFolder(folder: string): void {
  if (!isFolderAt(folder)) throw new Refusal([failure('folder-missing', { folder })])
}

export interface Opening {
  targets: readonly string[]
  /** False: refuse instead of waiting while another chef cooks in this fridge. */
  wait?: boolean
  write?: boolean
  force?: boolean
  /** Leaves out the steps that an empty shelf keeps from being planned, instead of refusing. */
  lenient?: boolean
  /** Blocks those steps, and cooks the others. */
  keepGoing?: boolean
  /** False: what a step is going to pour is unknown. By default it is taken to be what it poured last. */
  assumeLast?: boolean
  /** Looks at resources that no target needs, too. */
  everything?: boolean
  emit?: Emit
}

export function kitchenRequest(context: Context, configuration: Configuration, opening: Opening): SessionRequest {
  const { kitchen, environment, signal, commandLine } = context
  const onlyWarnings: Emit = (event) => {
    if (event.type === 'warning') warn(context, [event.failure])
  }
  return {
    configuration,
    targets: opening.targets,
    narrow: kitchen.narrow,
    write: opening.write ?? false,
    force: opening.force ?? false,
    lenient: opening.lenient ?? false,
    keepGoing: opening.keepGoing ?? false,
    everything: opening.everything ?? false,
    assumeLast: opening.assumeLast ?? true,
    wait: opening.wait ?? true,
    who: { pid: process.pid, command: commandLine },
    environment: environment.variables,
    emit: opening.emit ?? onlyWarnings,
    signal,
  }
}

/** Opens a kitchen, and closes it after use whatever happens. */
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
  const { requireSession } = await import('../../session/open-session.ts')
  const kitchen = await requireSession(kitchenRequest(context, configuration, opening))
  try {
    return await use(kitchen)
  } finally {
    kitchen.close()
  }
}

export function everyStep(configuration: Configuration): string[] {
  return [...configuration.steps.keys()]
}
