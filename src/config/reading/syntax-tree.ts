// The tree of a file or an argument: plain values that know where each of them was written.
import type { Failure, FailureCode, Position } from '../../base/failures/failure.ts'
import { failure } from '../../base/failures/failure.ts'
import type { FailureData } from '../../base/failures/wordings.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import type { Origin, Place } from '../origin.ts'

export interface Entry {
  key: string
  /** The place of the key. */
  place: Place
  value: Tree
}

export type Scalar = string | number | boolean | null
export type ScalarTree = { kind: 'scalar'; value: Scalar; place: Place }
export type ListTree = { kind: 'list'; items: Tree[]; place: Place }
export type MapTree = { kind: 'map'; entries: Map<string, Entry>; place: Place }
export type Tree = ScalarTree | ListTree | MapTree

export function plain(tree: Tree): Value {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(plain)
  const map: ValueMap = {}
  for (const { key, value } of tree.entries.values()) map[key] = plain(value)
  return map
}

/** The other way: a value that came as a whole from one place. */
export function treeOf(value: ValueMap, place: Place): MapTree
export function treeOf(value: Value, place: Place): Tree
export function treeOf(value: Value, place: Place): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => treeOf(item, place)), place }
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', value, place }
  const entries = new Map<string, Entry>()
  for (const [key, item] of Object.entries(value)) entries.set(key, { key, place, value: treeOf(item, place) })
  return { kind: 'map', entries, place }
}

export function emptyMap(place: Place): MapTree {
  return { kind: 'map', entries: new Map(), place }
}

export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined
}

export function entriesOf(tree: Tree | undefined): Entry[] {
  return tree?.kind === 'map' ? [...tree.entries.values()] : []
}

export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined
}

export function positionOf({ origin }: Pick<Place, 'origin'>): Position {
  return origin.from === 'file' ? origin.at : { file: origin.argument, line: 0, column: 0 }
}

/** A failure at a place in a file, or one that names the argument it came with. */
export function failureAt<Code extends FailureCode>(
  code: Code,
  data: FailureData<Code>,
  { origin }: { origin: Origin },
): Failure {
  if (origin.from === 'file') return failure(code, data, origin.at)
  const unplaced = failure(code, data)
  return origin.from === 'default' ? unplaced : { ...unplaced, message: `${origin.argument}: ${unplaced.message}` }
}
