// What a part of a cheffile may look like, as data: the check below reads it, and a JSON Schema can be made of it.
import type { Failure } from '../../base/failures/failure.ts'
import { parseAmount, parseDuration, parseSize, type Unit } from '../sections/amounts.ts'
import { nearest } from '../../base/suggestion.ts'
import { type Entry, failureAt, type MapTree, plain, type Scalar, type Tree, treeOf } from '../reading/syntax-tree.ts'

export interface Described {
  describe?: string
}

export type Shape = Described &
  (
    | { kind: 'text' }
    | { kind: 'number'; whole?: boolean; least?: number; most?: number }
    | { kind: 'flag' }
    | { kind: 'choice'; of: readonly Scalar[] }
    | { kind: 'size' }
    | { kind: 'duration' }
    | { kind: 'amount'; unit: Unit }
    | { kind: 'any' }
    /** `single`: one value without a list around it is a list of one. */
    /** `means`: what it is a list of, for messages. */
    | { kind: 'list'; of: Shape; single?: boolean; means?: string }
    /** Names of the user's choosing. */
    | { kind: 'table'; of: Shape }
    | { kind: 'fields'; fields: Fields; rest?: Shape; oneOf?: readonly string[] }
    | { kind: 'either'; of: readonly Shape[] }
  )

export type Fields = { [name: string]: Field }

export type Field = Shape & { required?: boolean; alias?: string }

/**
 * The tree as its shape wants it: sizes and durations as numbers, single values as lists, other spellings of a key
 * under its own. What does not fit becomes a failure and is left out, so that readers need not look again.
 */
export function conform(shape: Shape, tree: Tree, where: string, failures: Failure[]): Tree | undefined {
  switch (shape.kind) {
    case 'any':
      return tree
    case 'either': {
      const fitting = shape.of.find((option) => fits(option, tree))
      // Of several kinds, the words of one are not all that can stand here.
      if (fitting?.kind === 'choice' && isFarFrom(fitting, tree)) return wrong(shape, tree, where, failures)
      return fitting ? conform(fitting, tree, where, failures) : wrong(shape, tree, where, failures)
    }
    case 'list':
      return conformList(shape, tree, where, failures)
    case 'table':
      return conformTable(shape, tree, where, failures)
    case 'fields':
      return conformFields(shape, tree, where, failures)
    default:
      return conformScalar(shape, tree, where, failures)
  }
}

function wrong(shape: Shape, tree: Tree, where: string, failures: Failure[]): undefined {
  failures.push(failureAt('wrong-type', { where, expected: expectation(shape), found: finding(tree) }, tree.place))
}

function isFarFrom({ of }: Shape & { kind: 'choice' }, tree: Tree): boolean {
  const word = String(plain(tree))
  return !of.map(String).includes(word) && nearest(word, of.map(String)) === undefined
}

/** Whether a tree is of the kind at all; what is inside is looked at once the kind is chosen. */
function fits(shape: Shape, tree: Tree): boolean {
  if (shape.kind === 'any') return true
  if (shape.kind === 'either') return shape.of.some((option) => fits(option, tree))
  if (tree.kind === 'map') return shape.kind === 'table' || shape.kind === 'fields'
  if (tree.kind === 'list') return shape.kind === 'list'
  if (shape.kind === 'list') return shape.single === true && fits(shape.of, tree)
  switch (typeof tree.value) {
    case 'string':
      return (
        ['text', 'size', 'duration', 'amount'].includes(shape.kind) ||
        (shape.kind === 'choice' && shape.of.some((one) => typeof one === 'string'))
      )
    case 'number':
      return ['number', 'size', 'duration', 'amount'].includes(shape.kind)
    case 'boolean':
      return shape.kind === 'flag' || (shape.kind === 'choice' && shape.of.includes(tree.value))
    default:
      return false
  }
}

function conformScalar(shape: Shape, tree: Tree, where: string, failures: Failure[]): Tree | undefined {
  if (tree.kind !== 'scalar' || !fits(shape, tree)) return wrong(shape, tree, where, failures)
  const { value, place } = tree
  if (shape.kind === 'choice') {
    if (shape.of.includes(value)) return tree
    const near = nearest(String(value), shape.of.map(String))
    failures.push(
      failureAt('wrong-choice', { where, found: String(value), choices: shape.of.map(String), near }, place),
    )
    return undefined
  }
  if (shape.kind === 'number') {
    const number = value as number
    const off =
      (shape.whole && !Number.isInteger(number)) || number < (shape.least ?? number) || number > (shape.most ?? number)
    return off ? wrong(shape, tree, where, failures) : tree
  }
  const read = quantity(shape, value)
  if (read === undefined) return wrong(shape, tree, where, failures)
  return typeof read === 'object' && read !== null ? treeOf(read, place) : { kind: 'scalar', value: read, place }
}

function quantity(shape: Shape, value: Scalar): Scalar | { expression: string } | undefined {
  if (shape.kind !== 'size' && shape.kind !== 'duration' && shape.kind !== 'amount') return value
  if (typeof value === 'number') return value >= 0 ? value : undefined
  if (shape.kind === 'size') return parseSize(String(value))
  return shape.kind === 'duration' ? parseDuration(String(value)) : parseAmount(String(value), shape.unit)
}

function conformList(
  shape: Shape & { kind: 'list' },
  tree: Tree,
  where: string,
  failures: Failure[],
): Tree | undefined {
  const items = tree.kind === 'list' ? tree.items : shape.single && fits(shape.of, tree) ? [tree] : undefined
  if (items === undefined) return wrong(shape, tree, where, failures)
  const fitting = items.map((item) => conform(shape.of, item, where, failures)).filter((item) => item !== undefined)
  return { kind: 'list', items: fitting, place: tree.place }
}

function conformTable(
  shape: Shape & { kind: 'table' },
  tree: Tree,
  where: string,
  failures: Failure[],
): Tree | undefined {
  if (tree.kind !== 'map') return wrong(shape, tree, where, failures)
  const entries = new Map<string, Entry>()
  for (const entry of tree.entries.values()) {
    const value = conform(shape.of, entry.value, `${where}.${entry.key}`, failures)
    if (value) entries.set(entry.key, { ...entry, value })
  }
  return { ...tree, entries }
}

function conformFields(
  shape: Shape & { kind: 'fields' },
  tree: Tree,
  where: string,
  failures: Failure[],
): Tree | undefined {
  if (tree.kind !== 'map') return wrong(shape, tree, where, failures)
  const entries = new Map<string, Entry>()
  const spellings = new Map(Object.entries(shape.fields).map(([name, field]) => [field.alias ?? name, name]))
  for (const entry of tree.entries.values()) {
    const name = Object.hasOwn(shape.fields, entry.key) ? entry.key : spellings.get(entry.key)
    const field = name === undefined ? shape.rest : shape.fields[name]
    if (field === undefined) {
      const near = nearest(entry.key, [...Object.keys(shape.fields), ...spellings.keys()])
      failures.push(
        failureAt('key-unknown', { where, key: entry.key, near, known: Object.keys(shape.fields) }, entry.place),
      )
      continue
    }
    const key = name ?? entry.key
    if (entries.has(key)) {
      const other = entry.key === key ? (shape.fields[key]?.alias ?? key) : key
      failures.push(failureAt('key-twice', { where, key: entry.key, other }, entry.place))
    } else if (!(field.kind === 'table' && isNothing(entry.value))) {
      const value = conform(field, entry.value, `${where}.${entry.key}`, failures)
      if (value) entries.set(key, { ...entry, key, value })
    }
  }
  checkPresence(shape, tree, where, failures)
  return { ...tree, entries }
}

/** `inputs:` with nothing behind it is a table without entries. */
export const isNothing = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null

function checkPresence(shape: Shape & { kind: 'fields' }, tree: MapTree, where: string, failures: Failure[]): void {
  for (const [name, field] of Object.entries(shape.fields))
    if (field.required && !tree.entries.has(name) && !tree.entries.has(field.alias ?? name))
      failures.push(failureAt('key-missing', { where, key: name }, tree.place))
  if (!shape.oneOf) return
  const given = shape.oneOf.filter((name) => tree.entries.has(name))
  if (given.length !== 1)
    failures.push(failureAt('key-choice', { where, choices: [...shape.oneOf], given }, tree.place))
}

function expectation(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return 'text'
    case 'number': {
      const bounds = shape.most !== undefined ? ` from ${shape.least ?? 0} to ${shape.most}` : undefined
      const least = shape.least !== undefined ? ` of at least ${shape.least}` : ''
      return `a ${shape.whole ? 'whole ' : ''}number${bounds ?? least}`
    }
    case 'flag':
      return 'true or false'
    case 'choice':
      return shape.of.length === 1 ? String(shape.of[0]) : `one of ${shape.of.join(', ')}`
    case 'size':
      return 'a size such as 20GB or 16 MB'
    case 'duration':
      return 'a duration such as 90, 30s, 5m or 2h'
    case 'amount':
      return amountExpectations[shape.unit]
    case 'any':
      return 'a value'
    case 'list':
      if (shape.means) return `a list of ${shape.means}`
      return shape.single ? `${expectation(shape.of)} or a list` : 'a list'
    case 'table':
      return 'names with values'
    case 'fields':
      return `keys with values (${(shape.oneOf ?? Object.keys(shape.fields)).slice(0, 6).join(', ')})`
    case 'either':
      return [...new Set(shape.of.map(expectation))].join(', or ')
  }
}

const amountExpectations: { [unit in Unit]: string } = {
  count: 'a number, or a sum such as 2 * attempt',
  bytes: 'a size such as 2GB, or a sum such as 2GB * attempt',
  seconds: 'a duration such as 10m, or a sum such as 10m * attempt',
}

function finding(tree: Tree): string {
  if (tree.kind === 'list') return 'a list'
  if (tree.kind === 'map') return 'keys with values'
  const value = plain(tree)
  if (value === null) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
