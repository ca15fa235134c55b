// Checks a tree against a shape and returns a value of the type that the shape defines. Each mistake, such as an unknown key, becomes a failure
// with its place. Parts that do not fit are left out, so readers never check again.
import { resolve } from 'node:path'
import type { Failure } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import type { Origin } from '../origin.ts'
import { parseAmount, parseDuration, parseSize } from '../sections/amounts.ts'
import { nearest } from '../../base/suggestion.ts'
import {
  emptyMap,
  type Entry,
  failureAt,
  type MapTree,
  plain,
  type Scalar,
  type ScalarTree,
  type Tree,
  treeOf,
} from '../reading/syntax-tree.ts'
import { expectation, finding } from './expectation.ts'
import type { Field, Fields, FieldsShape, Shape, TypeOf } from './shape.ts'

/** Collects what a check finds. */
export interface Notes {
  failures: Failure[]
  /** The origin of each part by its path, with keys as the definition spells them and list items by number. */
  origins?: Map<string, Origin>
  /** For each unknown key the nearest known one, if any. */
  meant?: (string | undefined)[]
  /** The path of each failure. */
  faults?: string[]
}

/** A path with keys as the user wrote them (`where`), and as the definition spells them. */
interface Spot {
  where: string
  path: string
}

/** Returns undefined if the tree as a whole does not fit. */
export function conform<S extends Shape>(shape: S, tree: Tree, path: string, notes: Notes): TypeOf<S> | undefined
export function conform(shape: Shape, tree: Tree, path: string, notes: Notes): unknown {
  return new Conformer(notes).read(shape, tree, { where: path, path })
}

/** Returns the defaults of a shape that requires nothing. */
export function blankOf<S extends Shape>(shape: S): TypeOf<S>
export function blankOf(shape: Shape): unknown {
  return new Conformer({ failures: [] }).read(shape, emptyMap(nowhere), { where: '', path: '' })
}

/** Checks what another program wrote. Returns the value, or the path of the first part that does not fit. */
export function conformValue<S extends Shape>(shape: S, value: Value): { value: TypeOf<S> } | { fault: string }
export function conformValue(shape: Shape, value: Value): { value: unknown } | { fault: string } {
  const faults: string[] = []
  const fitting = new Conformer({ failures: [], faults }).read(shape, treeOf(value, nowhere), { where: '', path: '' })
  const [fault] = faults
  return fault === undefined ? { value: fitting } : { fault }
}

/** Recognises a key with nothing behind it, as in `inputs:`. */
export const isNothing = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null

const nowhere = { origin: { from: 'argument', argument: 'the default' }, base: '/' } as const

class Conformer {
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  read(shape: Shape, tree: Tree, at: Spot): unknown {
    this.#notes.origins?.set(at.path, tree.place.origin)
    switch (shape.kind) {
      case 'any':
        return plain(tree)
      case 'either': {
        const fitting = shape.of.find((option) => fits(option, tree))
        // The words of one alternative are not all that may stand here, so they are not suggested.
        if (fitting === undefined || (fitting.kind === 'choice' && isFarFrom(fitting, tree)))
          return this.#wrong(shape, tree, at)
        return this.read(fitting, tree, at)
      }
      case 'list':
        return this.#list(shape, tree, at)
      case 'table':
        return this.#table(shape, tree, at)
      case 'fields':
        return this.#fields(shape, tree, at)
      default:
        return tree.kind === 'scalar' && fits(shape, tree)
          ? this.#scalar(shape, tree, at)
          : this.#wrong(shape, tree, at)
    }
  }

  #wrong(shape: Shape, tree: Tree, { where, path }: Spot): undefined {
    const wording = { where, expected: expectation(shape), found: finding(tree) }
    this.#fail(failureAt('wrong-type', wording, tree.place), path)
  }

  #fail(failure: Failure, path: string): void {
    this.#notes.failures.push(failure)
    this.#notes.faults?.push(path)
  }

  #scalar(shape: Shape, tree: ScalarTree, at: Spot): unknown {
    const { value, place } = tree
    switch (shape.kind) {
      case 'text':
        return shape.placed ? { text: value, place } : value
      case 'choice': {
        if (shape.of.includes(value)) return value
        if (shape.path && typeof value === 'string' && /^\.{0,2}\//.test(value)) return resolve(place.base, value)
        const [found, choices] = [String(value), shape.of.map(String)]
        const wording = { where: at.where, found, choices, near: nearest(found, choices) }
        return this.#fail(failureAt('wrong-choice', wording, place), at.path)
      }
      case 'number': {
        const isOff =
          typeof value !== 'number' ||
          (shape.whole && !Number.isInteger(value)) ||
          value < (shape.least ?? value) ||
          value > (shape.most ?? value)
        return isOff ? this.#wrong(shape, tree, at) : value
      }
      case 'size':
      case 'duration':
      case 'amount':
        return quantity(shape, value) ?? this.#wrong(shape, tree, at)
      default:
        return value
    }
  }

  #list(shape: Shape & { kind: 'list' }, tree: Tree, at: Spot): unknown {
    const items = tree.kind === 'list' ? tree.items : shape.single && fits(shape.of, tree) ? [tree] : undefined
    if (items === undefined) return this.#wrong(shape, tree, at)
    return items
      .map((item, index) => this.read(shape.of, item, { where: at.where, path: `${at.path}.${index}` }))
      .filter((item) => item !== undefined)
  }

  #table(shape: Shape & { kind: 'table' }, tree: Tree, at: Spot): unknown {
    if (tree.kind !== 'map') return this.#wrong(shape, tree, at)
    const entries = [...tree.entries.values()].flatMap(({ key, place, value: inside }) => {
      const value = this.read(shape.of, inside, below(at, key))
      return value === undefined ? [] : [{ key, place, value }]
    })
    return shape.placed ? entries : Object.fromEntries(entries.map(({ key, value }) => [key, value]))
  }

  #fields(shape: FieldsShape, tree: Tree, at: Spot): unknown {
    if (tree.kind === 'map') return this.#keys(shape, tree, at)
    if (!shape.short || !fits(shape, tree)) return this.#wrong(shape, tree, at)
    const { key } = shape.short
    const entry = { key, place: tree.place, value: tree }
    return this.#keys(shape, { ...tree, kind: 'map', entries: new Map([[key, entry]]) }, at)
  }

  #keys(shape: FieldsShape, tree: MapTree, at: Spot): unknown {
    const { fields, rest } = shape
    const found = new Map<string, unknown>()
    const others = new Map<string, unknown>()
    const spellings = new Map(Object.entries(fields).map(([name, field]) => [field.alias ?? name, name]))
    const meant: (string | undefined)[] = []
    for (const entry of tree.entries.values()) {
      const { key, value } = entry
      const name = Object.hasOwn(fields, key) ? key : spellings.get(key)
      const field = name === undefined ? rest?.of : fields[name]
      if (field === undefined) meant.push(...this.#strange(shape, entry, at))
      else if (name === undefined) others.set(key, this.read(field, value, below(at, key)))
      else if (found.has(name)) this.#twice(name, field, entry, at)
      else if (!(field.kind === 'table' && field.blank && isNothing(value)))
        found.set(name, this.read(field, value, below(at, key, name)))
    }
    this.#checkPresence(shape, tree, at, meant)
    if (!this.#fill(fields, found)) return undefined
    return { ...withoutGaps(found), ...(rest && { [rest.name]: withoutGaps(others) }) }
  }

  /** Reports a key that the shape does not know. Returns the nearest known one. */
  #strange({ fields, open }: FieldsShape, { key, place }: Entry, { where, path }: Spot): [string | undefined] | [] {
    if (open) return []
    const known = Object.keys(fields)
    const aliases = Object.values(fields).flatMap(({ alias }) => alias ?? [])
    const near = nearest(key, [...known, ...aliases])
    this.#notes.meant?.push(near)
    this.#fail(failureAt('key-unknown', { where, key, near, known }, place), path)
    return [near]
  }

  #twice(name: string, { alias = name }: Field, { key, place }: Entry, { where, path }: Spot): void {
    const other = key === name ? alias : name
    this.#fail(failureAt('key-twice', { where, key, other }, place), path)
  }

  /** `meant` holds the nearest known key of each unknown one. Such a key is not reported as missing as well. */
  #checkPresence(
    { fields, oneOf }: FieldsShape,
    { entries, place }: MapTree,
    { where, path }: Spot,
    meant: (string | undefined)[],
  ): void {
    const isRenamed = (key: string): boolean => meant.includes(undefined) || meant.includes(key)
    for (const [key, field] of Object.entries(fields))
      if (field.required && !entries.has(key) && !entries.has(field.alias ?? key) && !isRenamed(key))
        this.#fail(failureAt('key-missing', { where, key }, place), path === '' ? key : `${path}.${key}`)
    if (!oneOf) return
    const given = oneOf.filter((name) => entries.has(name))
    if (given.length === 1 || (given.length === 0 && oneOf.some(isRenamed))) return
    this.#fail(failureAt('key-choice', { where, choices: [...oneOf], given }, place), path)
  }

  /** Fills gaps with defaults. Returns false if a required key is missing or does not fit. */
  #fill(fields: Fields, found: Map<string, unknown>): boolean {
    for (const [name, field] of Object.entries(fields)) {
      if (found.get(name) !== undefined) continue
      if (field.required) return false
      if (field.default === undefined) continue
      const tree = treeOf(field.default, nowhere)
      found.set(name, new Conformer({ failures: [] }).read(field, tree, { where: '', path: '' }))
    }
    return true
  }
}

const withoutGaps = (found: Map<string, unknown>): { [key: string]: unknown } =>
  Object.fromEntries([...found].filter(([, value]) => value !== undefined))

function below({ where, path }: Spot, key: string, name = key): Spot {
  return path === '' ? { where: key, path: name } : { where: `${where}.${key}`, path: `${path}.${name}` }
}

function isFarFrom({ of }: Shape & { kind: 'choice' }, tree: Tree): boolean {
  const word = String(plain(tree))
  return !of.map(String).includes(word) && nearest(word, of.map(String)) === undefined
}

/** Compares only the kind of a tree. What is inside is checked once the kind is chosen. */
function fits(shape: Shape, tree: Tree): boolean {
  if (shape.kind === 'any') return true
  if (shape.kind === 'either') return shape.of.some((option) => fits(option, tree))
  if (tree.kind === 'map') return shape.kind === 'table' || (shape.kind === 'fields' && isOfKind(shape, tree))
  if (shape.kind === 'fields') {
    const alone = shape.short && shape.fields[shape.short.key]
    return alone !== undefined && fits(alone, tree)
  }
  if (tree.kind === 'list') return shape.kind === 'list'
  if (shape.kind === 'list') return shape.single === true && fits(shape.of, tree)
  return scalarFits(shape, tree.value)
}

function scalarFits(shape: Shape, value: Scalar): boolean {
  if (shape.kind === 'nothing') return value === null
  // Another word of the same type is taken for a misspelling.
  if (shape.kind === 'choice') return shape.of.some((one) => typeof one === typeof value)
  const isQuantity = shape.kind === 'size' || shape.kind === 'duration' || shape.kind === 'amount'
  switch (typeof value) {
    case 'string':
      return shape.kind === 'text' || isQuantity
    case 'number':
      return shape.kind === 'number' || isQuantity
    case 'boolean':
      return shape.kind === 'flag'
    default:
      return false
  }
}

/** Distinguishes objects by the keys that have a single choice. */
function isOfKind({ fields }: FieldsShape, tree: MapTree): boolean {
  return Object.entries(fields).every(([key, field]) => {
    if (field.kind !== 'choice' || field.of.length !== 1 || !field.required) return true
    const found = tree.entries.get(key)?.value
    return found?.kind === 'scalar' && found.value === field.of[0]
  })
}

function quantity(
  shape: Shape & { kind: 'size' | 'duration' | 'amount' },
  value: Scalar,
): ReturnType<typeof parseAmount> {
  if (typeof value === 'number') return value >= 0 ? value : undefined
  if (shape.kind === 'size') return parseSize(String(value))
  return shape.kind === 'duration' ? parseDuration(String(value)) : parseAmount(String(value), shape.unit)
}
