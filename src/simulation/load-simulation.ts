// Reads the configuration of a simulated kitchen. The defaults, the file and the arguments each override the one
// before.
import { dirname } from 'node:path'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import type { Layers } from '../config/reading/layers.ts'
import { readArgument, readTree } from '../config/reading/config-files.ts'
import type { Place } from '../config/origin.ts'
import { emptyMap, failureAt, type MapTree, type Tree, treeOf } from '../config/reading/syntax-tree.ts'
import { defaultKitchen, readSimulationKitchen, type SimulationKitchen } from './simulation-settings.ts'

export interface SessionRequest extends Pick<Layers, 'settings' | 'free'> {
  /** An absolute path. */
  file?: string | undefined
  /** Paths in arguments are relative to this folder. */
  folder: string
}

export async function loadSimulationKitchen(request: SessionRequest): Promise<SimulationKitchen> {
  const { file, folder, settings, free } = request
  const failures: Failure[] = []
  let tree = treeOf(defaultKitchen, argumentPlace('the default', folder))
  if (file !== undefined) tree = override(tree, await readKitchenFile(file, failures), failures)
  for (const { path, value, argument } of settings) {
    const place = argumentPlace(argument, folder)
    tree = set(tree, path.split('.'), treeOf(value, place), place)
  }
  for (const { text } of free) {
    const equals = text.indexOf('=')
    const place = argumentPlace(`-o ${text}`, folder)
    const read = await readArgument(text.slice(equals + 1), place)
    failures.push(...(equals < 1 ? [failure('option-malformed', { text })] : read.failures))
    if (equals > 0 && read.tree) tree = set(tree, text.slice(0, equals).trim().split('.'), read.tree, place)
  }
  const kitchen = failures.length === 0 ? readSimulationKitchen(tree, failures) : undefined
  if (kitchen === undefined) throw new Refusal(failures)
  return kitchen
}

const argumentPlace = (argument: string, base: string): Place => ({ origin: { from: 'argument', argument }, base })

async function readKitchenFile(file: string, failures: Failure[]): Promise<Tree> {
  const { tree, failures: found } = await readTree(file, 'the kitchen')
  failures.push(...found)
  const at = { file, line: 1, column: 1 }
  return tree ?? emptyMap({ origin: { from: 'file', at }, base: dirname(file) })
}

/** Overrides key by key, so a kitchen that lists its shelves has no others. */
function override(tree: MapTree, above: Tree, failures: Failure[]): MapTree {
  if (above.kind === 'map') return { ...above, entries: new Map([...tree.entries, ...above.entries]) }
  failures.push(
    failureAt(
      'wrong-type',
      { where: 'the kitchen', expected: 'keys with values', found: 'something else' },
      above.place,
    ),
  )
  return tree
}

function set(tree: Tree | undefined, path: string[], value: Tree, place: Place): MapTree {
  const [key = '', ...inside] = path
  const map = tree?.kind === 'map' ? tree : emptyMap(place)
  const entry = map.entries.get(key)
  const next = inside.length === 0 ? value : set(entry?.value, inside, value, place)
  return { ...map, entries: new Map([...map.entries, [key, { key, place: entry?.place ?? place, value: next }]]) }
}
