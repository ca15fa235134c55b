// Crosses one step with exactly the variants that reach it: its table of jobs.
import type { ContentName } from '../base/content-name.ts'
import { canonical, fieldOf, type Value } from '../base/value.ts'
import type { Assignment, Input, Step } from '../config/configuration.ts'
import { groupBy, type Groups, join, merged, pick, type Relation, shelfRelation } from './relation.ts'
import type { BaseShelf } from './shelves.ts'

/** All jobs of a step as columns: a job is a row number, and in the whole plan `first` + row. */
export interface StepTable {
  step: Step
  /** Place of this table in the plan. */
  index: number
  /** Number of the first job in the whole plan. */
  first: number
  rows: number
  /** Names of `depends` in canonical order, each with its shelf and the item of every row. */
  names: string[]
  shelves: BaseShelf[]
  columns: Int32Array[]
  /** In the order of `step.inputs`. */
  inputs: InputColumn[]
  /** The name of every row's record on its shelf; filled when records are named. */
  items: ContentName[]
}

export type InputColumn =
  /** A resource, flavour, or field of one. */
  | { kind: 'base'; input: Input; shelf: BaseShelf; column: Int32Array }
  | { kind: 'result'; input: Input; table: StepTable; output: number; rows: Int32Array }
  /** Members of row r: `members` from `offsets[group[r]]` to `offsets[group[r] + 1]`. */
  | {
      kind: 'collected'
      input: Input
      source: Source
      group: Int32Array
      offsets: Int32Array
      members: Int32Array
    }

/** Where the inputs of a step come from: a shelf filled from outside, or an output of a table made before. */
export type Source = { kind: 'base'; shelf: BaseShelf } | { kind: 'result'; table: StepTable; output: number }

interface Crossing {
  relation: Relation
  /** Row numbers on the other side, for inputs that are taken up so far. */
  taken: Map<Input, { rows: Int32Array; groups?: Groups }>
}

export function crossStep(
  step: Step,
  sourceOf: (name: string) => Source,
  place: { index: number; first: number },
): StepTable {
  const own = sourceOf(step.name) as { shelf: BaseShelf }
  const crossing: Crossing = { relation: shelfRelation(step.name, own.shelf.items.length), taken: new Map() }
  for (const input of step.inputs) {
    const source = sourceOf(input.from)
    if (input.collect !== undefined) takeCollected(crossing, input, source)
    else if (source.kind === 'result') take(crossing, input, tableRelation(source.table))
  }
  for (const input of step.inputs) {
    const source = sourceOf(input.from)
    if (input.collect !== undefined || source.kind !== 'base' || crossing.relation.columns.has(input.from)) continue
    take(crossing, input, shelfRelation(input.from, source.shelf.items.length))
  }
  const shelfOf = shelvesBehind(step, sourceOf)
  keepOnly(crossing, assigned(step, crossing.relation, shelfOf))
  return tabulate(step, crossing, sourceOf, shelfOf, place)
}

/** Joins one more relation in, and lets what was taken before follow. */
function take(crossing: Crossing, input: Input, right: Relation, groups?: Groups): void {
  const joined = join(crossing.relation, right)
  for (const earlier of crossing.taken.values()) earlier.rows = pick(earlier.rows, joined.left)
  crossing.taken.set(input, groups ? { rows: joined.right, groups } : { rows: joined.right })
  crossing.relation = merged(crossing.relation, right, joined)
}

/** Variants that differ only in the collected names are one: a relation of groups, without those names. */
function takeCollected(crossing: Crossing, input: Input, source: Source): void {
  const whole =
    source.kind === 'base' ? shelfRelation(input.from, source.shelf.items.length) : tableRelation(source.table)
  const stays = [...whole.columns.keys()].filter((name) => input.collect !== 'all' && !input.collect?.includes(name))
  const groups = groupBy(whole, stays)
  const representatives = Int32Array.from(
    { length: groups.count },
    (_, group) => groups.members[groups.offsets[group] as number] as number,
  )
  const columns = new Map(stays.map((name) => [name, pick(whole.columns.get(name) as Int32Array, representatives)]))
  take(crossing, input, { rows: groups.count, columns }, groups)
}

function tableRelation(table: StepTable): Relation {
  return { rows: table.rows, columns: new Map(table.names.map((name, at) => [name, table.columns[at] as Int32Array])) }
}

function shelvesBehind(step: Step, sourceOf: (name: string) => Source): Map<string, BaseShelf> {
  const shelves = new Map<string, BaseShelf>()
  for (const name of [step.name, ...step.inputs.map((input) => input.from)]) {
    const source = sourceOf(name)
    if (source.kind === 'base') shelves.set(name, source.shelf)
    else
      for (const [at, inherited] of source.table.names.entries())
        shelves.set(inherited, source.table.shelves[at] as BaseShelf)
  }
  return shelves
}

/** The rows that `only` asks for and `exclude` does not forbid; undefined where neither says anything. */
function assigned(step: Step, relation: Relation, shelfOf: Map<string, BaseShelf>): Int32Array | undefined {
  if (step.only.length === 0 && step.exclude.length === 0) return undefined
  const only = step.only.map((assignment) => matcher(assignment, relation, shelfOf))
  const exclude = step.exclude.map((assignment) => matcher(assignment, relation, shelfOf))
  const kept: number[] = []
  for (let row = 0; row < relation.rows; row++) {
    if (only.length > 0 && !only.some((matches) => matches(row))) continue
    if (!exclude.some((matches) => matches(row))) kept.push(row)
  }
  return Int32Array.from(kept)
}

function matcher(
  assignment: Assignment,
  relation: Relation,
  shelfOf: Map<string, BaseShelf>,
): (row: number) => boolean {
  const tests = Object.entries(assignment).map(([dotted, wanted]) => {
    const name = ownerOf(dotted, relation.columns.keys())
    const column = name === undefined ? undefined : relation.columns.get(name)
    if (name === undefined || column === undefined) return () => false
    const field = dotted === name ? [] : dotted.slice(name.length + 1).split('.')
    const items = (shelfOf.get(name) as BaseShelf).items.map((item) => matchesValue(item.label, field, wanted))
    return (row: number) => items[column[row] as number] as boolean
  })
  return (row) => tests.every((test) => test(row))
}

/** The longest name that the dotted text is or begins with: names of sub-kitchens have dots themselves. */
export function ownerOf(dotted: string, names: Iterable<string>): string | undefined {
  let longest: string | undefined
  for (const name of names) {
    if (dotted !== name && !dotted.startsWith(`${name}.`)) continue
    if (longest === undefined || name.length > longest.length) longest = name
  }
  return longest
}

/** Whether an item is meant by a value of the user's: by its canonical text. */
function matchesValue(label: Value, field: readonly string[], wanted: Value): boolean {
  const value = fieldOf(label, field)
  return value !== undefined && canonical(value) === canonical(wanted)
}

function keepOnly(crossing: Crossing, rows: Int32Array | undefined): void {
  if (rows === undefined) return
  const columns = new Map([...crossing.relation.columns].map(([name, column]) => [name, pick(column, rows)]))
  crossing.relation = { rows: rows.length, columns }
  for (const earlier of crossing.taken.values()) earlier.rows = pick(earlier.rows, rows)
}

function tabulate(
  step: Step,
  { relation, taken }: Crossing,
  sourceOf: (name: string) => Source,
  shelfOf: Map<string, BaseShelf>,
  place: { index: number; first: number },
): StepTable {
  const names = [...relation.columns.keys()].sort()
  const inputs = step.inputs.map((input): InputColumn => {
    const source = sourceOf(input.from)
    const taking = taken.get(input)
    if (taking?.groups) {
      const { offsets, members } = taking.groups
      return { kind: 'collected', input, source, group: taking.rows, offsets, members }
    }
    if (source.kind === 'result') {
      return { kind: 'result', input, table: source.table, output: source.output, rows: taking?.rows as Int32Array }
    }
    return { kind: 'base', input, shelf: source.shelf, column: relation.columns.get(input.from) as Int32Array }
  })
  return {
    step,
    ...place,
    rows: relation.rows,
    names,
    shelves: names.map((name) => shelfOf.get(name) as BaseShelf),
    columns: names.map((name) => relation.columns.get(name) as Int32Array),
    inputs,
    items: [],
  }
}
