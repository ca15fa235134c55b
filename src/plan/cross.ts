// Crosses one step with exactly the variants that reach it: its table of jobs.
import { elementAt } from '../base/element-at.ts'
import { Int32Column } from '../base/number-columns.ts'
import { canonical, fieldOf, type Value } from '../base/value.ts'
import type { Assignment, Input, Step } from '../config/configuration.ts'
import { groupBy, type Groups, join, merged, type Relation, shelfRelation } from './relation.ts'
import type { StockedShelf } from './shelves.ts'
import {
  CollectedInput,
  type FridgeShelf,
  type InputColumn,
  ResultInput,
  StepTable,
  StockedInput,
  VariantColumn,
} from './step-table.ts'

/** Gives the shelf of a name: one that was stocked, or that of a result whose table was made before. */
export type ShelfOf = (name: string) => FridgeShelf

const onlyRow = Int32Column.zeros(1)

/** A step on its way to a table. */
class Crossing {
  relation: { rows: number; columns: Map<string, Int32Column> }
  /** Shelves of all names that can become columns. */
  readonly shelves = new Map<string, StockedShelf>()
  /** Row numbers on the other side, for inputs that are taken up so far. */
  readonly #taken = new Map<Input, { rows: Int32Column; groups?: Groups }>()

  constructor(step: Step, shelfOf: ShelfOf) {
    for (const name of [step.name, ...step.inputs.map((input) => input.from)]) {
      const shelf = shelfOf(name)
      if (shelf.kind !== 'result') this.shelves.set(name, shelf)
      else for (const column of shelf.table.depends) this.shelves.set(column.name, column.shelf)
    }
    this.relation = relationOf(shelfOf(step.name))
  }

  /** Joins one more relation in, and lets what was taken before follow. */
  take(input: Input, right: Relation, groups?: Groups): void {
    if (!groups && this.#takeSingle(input, right)) return
    const joined = join(this.relation, right)
    for (const earlier of this.#taken.values()) earlier.rows = earlier.rows.pick(joined.left)
    this.#taken.set(input, groups ? { rows: joined.right, groups } : { rows: joined.right })
    this.relation = merged(this.relation, right, joined)
  }

  /**
   * Takes up a single variant where there is a single one so far: nothing is paired, so nothing is copied. A program that is
   * linked from a thousand objects would copy what it has a thousand times. False where the two disagree, or are more.
   */
  #takeSingle(input: Input, right: Relation): boolean {
    const { rows, columns } = this.relation
    if (rows !== 1 || right.rows !== 1) return false
    for (const [name, places] of right.columns) {
      const known = columns.get(name)
      if (known && known.get(0) !== places.get(0)) return false
    }
    for (const [name, places] of right.columns) if (!columns.has(name)) columns.set(name, places)
    this.#taken.set(input, { rows: onlyRow })
    return true
  }

  /** Variants that differ only in the collected names are one: a relation of groups, without those names. */
  takeCollected(input: Input, whole: Relation): void {
    const stays = [...whole.columns].filter(([name]) => input.collect !== 'all' && !input.collect?.includes(name))
    const groups = groupBy(
      whole.rows,
      stays.map(([, column]) => column),
    )
    const representatives = Int32Column.from(groups.count, (group) => groups.members.get(groups.offsets.get(group)))
    const columns = new Map(stays.map(([name, column]) => [name, column.pick(representatives)]))
    this.take(input, { rows: groups.count, columns }, groups)
  }

  keepOnly(rows: Int32Column): void {
    const columns = new Map([...this.relation.columns].map(([name, column]) => [name, column.pick(rows)]))
    this.relation = { rows: rows.length, columns }
    for (const earlier of this.#taken.values()) earlier.rows = earlier.rows.pick(rows)
  }

  depends(): VariantColumn[] {
    const { columns } = this.relation
    return [...columns.keys()].sort().map((name) => {
      const shelf = this.shelves.get(name)
      const places = columns.get(name)
      if (shelf === undefined || places === undefined) throw new Error(`no shelf for "${name}"`)
      return new VariantColumn(name, shelf, places)
    })
  }

  input(input: Input, shelf: FridgeShelf): InputColumn {
    const taken = this.#taken.get(input)
    if (taken?.groups) return new CollectedInput(input, shelf, { ...taken.groups, group: taken.rows })
    if (shelf.kind === 'result' && taken) return new ResultInput(input, shelf, taken.rows)
    const places = this.relation.columns.get(input.from)
    if (shelf.kind === 'result' || places === undefined) throw new Error(`"${input.from}" was not taken up`)
    return new StockedInput(input, shelf, places)
  }
}

export function crossStep(step: Step, shelfOf: ShelfOf, place: { index: number; first: number }): StepTable {
  const crossing = new Crossing(step, shelfOf)
  for (const input of step.inputs) {
    const shelf = shelfOf(input.from)
    if (input.collect !== undefined) crossing.takeCollected(input, relationOf(shelf))
    else if (shelf.kind === 'result') crossing.take(input, relationOf(shelf))
  }
  for (const input of step.inputs) {
    const shelf = shelfOf(input.from)
    if (input.collect !== undefined || shelf.kind === 'result' || crossing.relation.columns.has(input.from)) continue
    crossing.take(input, relationOf(shelf))
  }
  const kept = assigned(step, crossing)
  if (kept) crossing.keepOnly(kept)
  return new StepTable({
    step,
    ...place,
    rows: crossing.relation.rows,
    depends: crossing.depends(),
    inputs: step.inputs.map((input) => crossing.input(input, shelfOf(input.from))),
  })
}

/** The names that a shelf adds to a crossing: a result adds every name that it depends on. */
export function relationOf(shelf: FridgeShelf): Relation {
  if (shelf.kind !== 'result') return shelfRelation(shelf.name, shelf.items.length)
  const { rows, depends } = shelf.table
  return { rows, columns: new Map(depends.map(({ name, places }) => [name, places])) }
}

/** The rows that `only` asks for and `exclude` does not forbid; undefined where neither says anything. */
function assigned(step: Step, crossing: Crossing): Int32Column | undefined {
  if (step.only.length === 0 && step.exclude.length === 0) return undefined
  const only = step.only.map((assignment) => matcher(assignment, crossing))
  const exclude = step.exclude.map((assignment) => matcher(assignment, crossing))
  const kept: number[] = []
  for (let row = 0; row < crossing.relation.rows; row++) {
    if (only.length > 0 && !only.some((matches) => matches(row))) continue
    if (!exclude.some((matches) => matches(row))) kept.push(row)
  }
  return new Int32Column(Int32Array.from(kept))
}

function matcher(assignment: Assignment, { relation, shelves }: Crossing): (row: number) => boolean {
  const tests = Object.entries(assignment).map(([dotted, wanted]) => {
    const name = ownerOf(dotted, relation.columns.keys()) ?? ''
    const column = relation.columns.get(name)
    const shelf = shelves.get(name)
    if (column === undefined || shelf === undefined) return () => false
    const field = dotted === name ? [] : dotted.slice(name.length + 1).split('.')
    const matching = shelf.items.map((item) => matchesValue(item.label, field, wanted))
    return (row: number) => elementAt(matching, column.get(row))
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

/** A user's value means an item when their canonical texts are equal. */
function matchesValue(label: Value, field: readonly string[], wanted: Value): boolean {
  const value = fieldOf(label, field)
  return value !== undefined && canonical(value) === canonical(wanted)
}
