// Opens the Slurm executor with the settings of the configuration.
import { type Failure, Refusal } from '../../base/failures/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import type { Configuration } from '../../config/configuration.ts'
import type { DirectExecutor } from '../../tickets/ticket.ts'
import { hasSlurm, slurmClient } from './slurm-client.ts'
import { refuseWithoutSlurm } from './slurm-cluster.ts'
import { checkOptions, type FreeOptions } from './sbatch-options.ts'
import { openSlurmExecutor } from './slurm-executor.ts'

export interface SlurmContext {
  variables: { readonly [name: string]: string | undefined }
  /** The words that call `chef` on the nodes. */
  chef: string[]
  warn: (failure: Failure) => void
}

/** Settings of the kitchen that are sbatch options under the same name. */
const optionSettings = ['partition', 'account', 'qos', 'constraint', 'reservation']
const defaultQueue = 1000
const defaultGroupSeconds = 10

export function openSlurm(configuration: Configuration, { variables, chef, warn }: SlurmContext): DirectExecutor {
  const { settings } = configuration.kitchen
  const free = isMap(settings.sbatch) ? settings.sbatch : {}
  const wrong = checkOptions(free, 'the kitchen')
  for (const { name, sbatch = {} } of configuration.steps.values())
    wrong.push(...checkOptions(sbatch, `step "${name}"`))
  if (wrong.length > 0) throw new Refusal(wrong)
  refuseWithoutSlurm(hasSlurm(variables))
  const partition = free.partition ?? free.p ?? settings.partition
  return openSlurmExecutor({
    settings: {
      options: { ...pick(settings, optionSettings), ...free },
      ...(partition !== undefined && { partition: String(partition) }),
      queue: numberOf(settings.queue) ?? defaultQueue,
      groupMs: 1000 * (numberOf(settings.group) ?? defaultGroupSeconds),
      ...(settings.poll !== undefined && { pollSeconds: numberOf(settings.poll) }),
    },
    fridge: configuration.fridge.path,
    client: slurmClient(variables),
    hostEnvironment: variables,
    chef,
    warn,
  })
}

function pick(settings: FreeOptions, names: readonly string[]): FreeOptions {
  return Object.fromEntries(names.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])))
}

function numberOf(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
