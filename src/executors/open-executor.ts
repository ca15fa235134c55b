// Opens the executor that the configuration names as its stove. A new one is added here and in the shape of the kitchen section.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { packageFolder } from '../base/package-folder.ts'
import { guardProgram } from '../processes/plain-spawner.ts'
import { spawnerProgram } from '../processes/spawner-program.ts'
import type { DirectExecutor } from '../tickets/ticket.ts'

export interface ExecutorSurroundings {
  variables: { readonly [name: string]: string | undefined }
  /** Receives failures that do not belong to a single job. */
  warn?: (failure: Failure) => void
}

export async function openExecutor(
  configuration: Configuration,
  surroundings: ExecutorSurroundings,
): Promise<DirectExecutor> {
  const { stove, burners } = configuration.kitchen
  const { variables, warn = () => undefined } = surroundings
  if (stove === 'slurm') {
    const { openSlurm } = await import('./slurm/open-slurm.ts')
    return openSlurm(configuration, { variables, chef: [process.execPath, join(packageFolder(), 'bin', 'chef')], warn })
  }
  if (stove === 'http') {
    const { openHttpExecutor } = await import('./http/http-executor.ts')
    const { cookAddresses } = await import('./http/cook-addresses.ts')
    const { cooks = [], token } = configuration.kitchen
    return openHttpExecutor({ addresses: cookAddresses({ cooks, token }, (name) => variables[name]), variables, warn })
  }
  if (stove !== 'local') {
    const { openModuleExecutor } = await import('./module-executor.ts')
    return openModuleExecutor({ file: stove, burners, settings: configuration.kitchen.settings, variables })
  }
  const { openLocalExecutor } = await import('./local-executor.ts')
  if (spawnerProgram(packageFolder()) === undefined && !existsSync(guardProgram))
    warn(failure('steps-unwatched', { program: guardProgram }))
  const fridge = configuration.fridge.path
  return openLocalExecutor({ burners, hostEnvironment: variables, packageFolder: packageFolder(), fridge })
}
