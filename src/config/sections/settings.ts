// Kitchen, fridge, cache and options: from their conformed trees, with the defaults under them.
import { join, resolve } from 'node:path'
import type { ValueMap } from '../../base/value.ts'
import type { CacheSettings, FridgeSettings, KitchenSettings, Options } from '../configuration.ts'
import { child, entriesOf, plain, type Tree, textOf } from '../reading/syntax-tree.ts'

const megabyte = 1_000_000

export function readKitchen(tree: Tree | undefined, cpus: number): KitchenSettings {
  const settings: KitchenSettings = { stove: 'local', burners: cpus, named: {}, pools: {}, settings: {} }
  const known = new Set(['stove', 'burners', 'named', 'pools', 'mem', 'gpu'])
  for (const { key, value } of entriesOf(tree)) {
    if (known.has(key)) Object.assign(settings, { [key]: plain(value) })
    else if (key === 'slurm') Object.assign(settings.settings, plain(value))
    else settings.settings[key] = plain(value)
  }
  return settings
}

export function readFridge(tree: Tree | undefined, root: string): FridgeSettings {
  const given = tree ? (plain(tree) as ValueMap) : {}
  const path = child(tree, 'path')
  return {
    snapshotLimit: 16 * megabyte,
    sync: 'normal',
    verifyReads: 'size',
    ...(given as Partial<FridgeSettings>),
    path: path ? resolve(path.place.base, textOf(path)!) : join(root, '.chefcache'),
  }
}

export function readCache(tree: Tree | undefined): CacheSettings | undefined {
  if (child(tree, 'url') === undefined) return undefined
  return { read: true, write: false, timeout: 5, ...(plain(tree!) as Partial<CacheSettings>) } as CacheSettings
}

export function readOptions(tree: Tree | undefined): Options {
  const given = tree ? (plain(tree) as Partial<Options>) : {}
  return { targets: [], hashBits: 64, links: 'copy', logs: 'failed', ...given }
}
