// Which stove the configuration means, opened.
import { failure, Refusal } from '../base/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { nearest } from '../config/near.ts'
import { packageFolder } from '../config/package-folder.ts'
import type { HostEnvironment } from './pan.ts'
import type { Stove } from './ticket.ts'

const stoves = ['local']

export async function openStove(
  { kitchen }: Configuration,
  { variables }: { variables: HostEnvironment },
): Promise<Stove> {
  const { stove, burners } = kitchen
  if (!stoves.includes(stove))
    throw new Refusal([failure('stove-unknown', { stove, known: stoves, near: nearest(stove, stoves) })])
  const { openLocalStove } = await import('./stove-local.ts')
  return openLocalStove({ burners, hostEnvironment: variables, packageFolder: packageFolder() })
}
