// Which stove the configuration means, opened.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { failure, Refusal } from '../base/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { nearest } from '../config/near.ts'
import type { Stove } from '../kitchen/ticket.ts'
import type { Environment } from './meant.ts'

const stoves = ['local']

export async function openStove({ kitchen }: Configuration, { variables }: Environment): Promise<Stove> {
  const { stove, burners } = kitchen
  if (!stoves.includes(stove))
    throw new Refusal([failure('stove-unknown', { stove, known: stoves, near: nearest(stove, stoves) })])
  const { openLocalStove } = await import('../kitchen/stove-local.ts')
  return openLocalStove({ burners, hostEnvironment: variables, packageFolder: packageFolder() })
}

/** Where chef is installed: the folder above this file that has a package.json. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
