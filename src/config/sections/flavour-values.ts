// The values of a flavour: a value, a list, ranges, the contents of a file, or several of these.
import { resolve } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import type { Flavour } from '../configuration.ts'
import { nearest } from '../../base/suggestion.ts'
import { expandRange, mergeValues, type Range } from './ranges.ts'
import { readValue } from '../reading/config-files.ts'
import { rangeShape, valueFileShape } from '../schema/cheffile-schema.ts'
import { conform } from '../schema/shape.ts'
import {
  child,
  type Entry,
  failureAt,
  type MapTree,
  plain,
  positionOf,
  type Tree,
  textOf,
} from '../reading/syntax-tree.ts'

export interface ReadFlavour {
  flavour: Flavour
  failures: Failure[]
  warnings: Failure[]
  /** Files that hold values: a change in one is a change of the kitchen. */
  files: string[]
}

export async function readFlavour({ key: name, place, value: tree }: Entry): Promise<ReadFlavour> {
  const read: ReadFlavour = {
    flavour: { name, values: [], at: positionOf(place) },
    failures: [],
    warnings: [],
    files: [],
  }
  if (tree.kind === 'scalar' && tree.value === null) {
    read.failures.push(failureAt('flavour-null', { name }, place))
    return read
  }
  const parts = tree.kind === 'list' ? tree.items : [tree]
  const values: Value[] = []
  // One by one: a spread of a long list would not fit on the stack.
  for (const part of parts) for (const value of await valuesOf(name, part, read)) values.push(value)
  // A range on its own keeps its direction, whatever comes together is merged.
  read.flavour.values = tree.kind === 'map' && kindOf(tree) === 'range' ? values : mergeValues(values)
  if (values.length === 0 && read.failures.length === 0)
    read.warnings.push(failure('shelf-empty', { name, kind: 'flavour' }, positionOf(tree.place)))
  return read
}

async function valuesOf(name: string, part: Tree, read: ReadFlavour): Promise<Value[]> {
  const kind = part.kind === 'map' ? kindOf(part) : 'value'
  if (kind === 'range') return rangeValues(name, part, read)
  if (kind === 'file') return fileValues(name, part, read)
  if (kind === 'value') return [plain(part)]
  const type = child(part, 'type')!
  const choices = ['lin', 'log', 'file']
  const found = String(plain(type))
  const near = nearest(found, choices)
  read.failures.push(failureAt('wrong-choice', { where: `flavours.${name}.type`, found, choices, near }, type.place))
  return []
}

/** Objects may have a key `type` of their own: only what looks like a range or a file is taken for one. */
function kindOf(part: MapTree): 'range' | 'file' | 'value' | 'unknown' {
  const type = textOf(child(part, 'type'))
  if (type === 'lin' || type === 'log') return 'range'
  if (type === 'file') return 'file'
  const known = new Set(['type', 'start', 'stop', 'step', 'count', 'base', 'file', 'key'])
  const slip = type !== undefined && part.entries.size > 1 && [...part.entries.keys()].every((key) => known.has(key))
  return slip ? 'unknown' : 'value'
}

function rangeValues(name: string, part: Tree, read: ReadFlavour): Value[] {
  const failures: Failure[] = []
  const range = conform(rangeShape, part, `flavours.${name}`, failures)
  read.failures.push(...failures)
  if (range === undefined || failures.length > 0) return []
  const expanded = expandRange(plain(range) as unknown as Range)
  if ('values' in expanded) return expanded.values
  const keys: { [fault: string]: string } = { step: 'step', count: 'count', base: 'base', log: 'start' }
  const culprit = child(part, keys[expanded.fault.split('-')[0]!] ?? '')
  read.failures.push(failureAt('bad-range', { name, fault: expanded.fault }, (culprit ?? part).place))
  return []
}

async function fileValues(name: string, part: Tree, read: ReadFlavour): Promise<Value[]> {
  const failures: Failure[] = []
  const tree = conform(valueFileShape, part, `flavours.${name}`, failures)
  read.failures.push(...failures)
  const written = child(tree, 'file')
  if (tree === undefined || written === undefined) return []
  const file = resolve(written.place.base, textOf(written)!)
  read.files.push(file)
  const at = positionOf(written.place)
  const { value, failures: unread } = await readValue(file, `the file of flavour "${name}"`, at)
  read.failures.push(...unread)
  if (value === undefined) return []
  const keyTree = child(tree, 'key')
  const key = textOf(keyTree)
  const found = key === undefined ? { value } : lookUp(value, key)
  if (!('value' in found)) {
    const near = nearest(key!, found.known)
    const data = { name, key: key!, file, near, known: found.known }
    read.failures.push(failureAt('flavour-key-missing', data, keyTree!.place))
    return []
  }
  return Array.isArray(found.value) ? found.value : [found.value]
}

/** The whole key first, then part by part: keys may hold dots themselves. */
function lookUp(value: Value, key: string): { value: Value } | { known: string[] } {
  if (isMap(value) && Object.hasOwn(value, key)) return { value: value[key]! }
  let here = value
  const parts = key.split('.')
  for (const [at, part] of parts.entries()) {
    if (!isMap(here) || !Object.hasOwn(here, part)) {
      const before = parts.slice(0, at)
      return { known: isMap(here) ? Object.keys(here).map((found) => [...before, found].join('.')) : [] }
    }
    here = here[part]!
  }
  return { value: here }
}
