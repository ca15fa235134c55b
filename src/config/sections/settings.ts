// Converts the sections kitchen and fridge into the configuration's settings.
import { join, resolve } from 'node:path'
import type { FridgeSettings, KitchenSettings } from '../configuration.ts'
import type { Conformed } from '../schema/cheffile-schema.ts'
import { readVariables } from './variables.ts'

/** Settings under `slurm` and beside it are the same. The one that was written later wins. */
export function readKitchen(written: Conformed<'kitchen'>, cpus: number): KitchenSettings {
  const { stove, cooks, token, burners = cpus, env, trace, named, pools, mem, gpu, ...others } = written
  const settings = Object.entries(others).map(([key, value]) => (key === 'slurm' ? value : { [key]: value }))
  return {
    stove,
    cooks,
    token,
    burners,
    env: readVariables(env),
    trace,
    named,
    pools,
    mem,
    gpu,
    settings: Object.assign({}, ...settings),
  }
}

export function readFridge({ path, ...others }: Conformed<'fridge'>, root: string): FridgeSettings {
  return { ...others, path: path ? resolve(path.place.base, path.text) : join(root, '.chefcache') }
}
