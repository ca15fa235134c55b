// Reads the values of a flavour: a value, a list, ranges, the contents of a file, or several of these.
import { resolve } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import type { Flavour } from '../configuration.ts'
import { nearest } from '../../base/suggestion.ts'
import { expandRange, mergeValues, type Range, type RangeFault } from './ranges.ts'
import { readText, readValue } from '../reading/config-files.ts'
import { rangeShape, valueFileShape, valueTableShape } from '../schema/cheffile-schema.ts'
import { isTableFile, tableValues } from './table-values.ts'
import { conform, isNothing } from '../schema/conform.ts'
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
  if (isNothing(tree)) {
    read.failures.push(failureAt('flavour-null', { name }, place))
    return read
  }
  const parts = tree.kind === 'list' ? tree.items : [tree]
  const values: Value[] = []
  // One by one: a spread of a long list would not fit on the stack.
  for (const part of parts) for (const value of await valuesOf(name, part, read)) values.push(value)
  // A range on its own keeps its direction, whatever comes together is merged.
  read.flavour.values = tree.kind === 'map' && isRange(kindOf(tree)) ? values : mergeValues(values)
  if (values.length === 0 && read.failures.length === 0)
    read.warnings.push(failure('shelf-empty', { name, kind: 'flavour' }, positionOf(tree.place)))
  return read
}

async function valuesOf(name: string, part: Tree, read: ReadFlavour): Promise<Value[]> {
  const kind = part.kind === 'map' ? kindOf(part) : 'value'
  if (isRange(kind)) return rangeValues(name, part, kind, read)
  if (kind === 'file') return fileValues(name, part, read)
  if (kind === 'table') return rowsOfTable(name, part, read)
  if (kind === 'value') return [plain(part)]
  const choices = ['lin', 'log', 'file', 'table']
  const near = nearest(kind.slip, choices)
  read.failures.push(
    failureAt('wrong-choice', { where: `flavours.${name}.type`, found: kind.slip, choices, near }, kind.place),
  )
  return []
}

type Kind = Range['type'] | 'file' | 'table' | 'value' | { slip: string; place: Tree['place'] }

const isRange = (kind: Kind): kind is Range['type'] => kind === 'lin' || kind === 'log'

/** Objects may have a key `type` of their own: only what looks like a range, a file or a table is taken for one. */
function kindOf(part: MapTree): Kind {
  const type = child(part, 'type')
  const word = textOf(type)
  if (type === undefined || word === undefined) return 'value'
  if (word === 'lin' || word === 'log' || word === 'file' || word === 'table') return word
  const known = new Set([rangeShape, valueFileShape, valueTableShape].flatMap(({ fields }) => Object.keys(fields)))
  const isSlip = part.entries.size > 1 && [...part.entries.keys()].every((key) => known.has(key))
  return isSlip ? { slip: word, place: type.place } : 'value'
}

/** The key that a failure points at. */
const culprits: { [fault in RangeFault]?: keyof Range } = {
  'step-zero': 'step',
  'step-sign': 'step',
  'count-small': 'count',
  'count-whole': 'count',
  'log-positive': 'start',
  'base-unfit': 'base',
  'base-lin': 'base',
}

function rangeValues(name: string, part: Tree, type: Range['type'], read: ReadFlavour): Value[] {
  const before = read.failures.length
  const written = conform(rangeShape, part, `flavours.${name}`, read)
  if (written === undefined || read.failures.length > before) return []
  const expanded = expandRange({ ...written, type })
  if ('values' in expanded) return expanded.values
  const culprit = child(part, culprits[expanded.fault] ?? '')
  read.failures.push(failureAt('bad-range', { name, fault: expanded.fault }, (culprit ?? part).place))
  return []
}

async function fileValues(name: string, part: Tree, read: ReadFlavour): Promise<Value[]> {
  const written = conform(valueFileShape, part, `flavours.${name}`, read)
  if (written === undefined) return []
  const { text, place } = written.file
  const file = resolve(place.base, text)
  read.files.push(file)
  const { value, failures } = await readValue(file, `the file of flavour "${name}"`, positionOf(place))
  read.failures.push(...failures)
  if (value === undefined) return []
  if (written.key === undefined) return [value].flat()
  const { text: key, place: at } = written.key
  const found = lookUp(value, key)
  if ('value' in found) return [found.value].flat()
  const { known } = found
  read.failures.push(failureAt('flavour-key-missing', { name, key, file, near: nearest(key, known), known }, at))
  return []
}

function rowsOfTable(name: string, part: Tree, read: ReadFlavour): Value[] {
  const written = conform(valueTableShape, part, `flavours.${name}`, read)
  if (written === undefined) return []
  const { text: path, place } = written.file
  const file = resolve(place.base, path)
  if (!isTableFile(file)) {
    read.failures.push(failureAt('table-file-kind', { name, file }, place))
    return []
  }
  read.files.push(file)
  const { text, failures } = readText(file, `the table of flavour "${name}"`, positionOf(place))
  read.failures.push(...failures)
  if (text === undefined) return []
  const rows = tableValues(text, { name, file, types: written.types ?? [] })
  read.failures.push(...rows.failures)
  return rows.values
}

/** The whole key first, then part by part: keys may hold dots themselves. */
function lookUp(value: Value, key: string): { value: Value } | { known: string[] } {
  if (isMap(value) && value[key] !== undefined && Object.hasOwn(value, key)) return { value: value[key] }
  let here = value
  const parts = key.split('.')
  for (const [at, part] of parts.entries()) {
    const next = isMap(here) && Object.hasOwn(here, part) ? here[part] : undefined
    if (next === undefined) {
      const before = parts.slice(0, at)
      return { known: isMap(here) ? Object.keys(here).map((found) => [...before, found].join('.')) : [] }
    }
    here = next
  }
  return { value: here }
}
