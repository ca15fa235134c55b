// Crosses a step with exactly the variants that reach it, and makes its table of jobs.
import { Int32Column } from '../base/number-columns.ts'
import { canonical, fieldOf, type Value } from '../base/value.ts'
import type { Assignment, Input, Step } from '../config/configuration.ts'
import { FixedShelves } from './fixed-shelves.ts'
import { groupBy, type Groups, join, merged, type Relation, shelfRelation } from './relation.ts'
import { type StockedShelf, valueOf } from './shelves.ts'
import {
  CollectedInput,
  type FridgeShelf,
  type InputColumn,
  pouredOf,
  ResultInput,
  StepTable,
  StockedInput,
  VariantColumn,
} from './step-table.ts'

/** Gives the shelf of a name: one that was stocked, or that of a result whose table was made before. */
export type ShelfOf = (name: string) => FridgeShelf

const onlyRow = Int32Column.zeros(1)

/** Builds the table of one step, input by input. */
class Crossing {
  /** True once an input collects a narrowed shelf, or is made of such a collection. */
  isPartial = false
  relation: { rows: number; columns: Map<string, Int32Column> }
  /** Shelves of all names that can become columns. */
  readonly shelves = new Map<string, StockedShelf>()
  /** Shelves of one item, of which no column is needed: no two variants ever disagree on them. */
  readonly #own = new Map<string, StockedShelf>()
  readonly #behind: FixedShelves[] = []
  /** Row numbers on the other side, for inputs that are taken up so far. */
  readonly #taken = new Map<Input, { rows: Int32Column; groups?: Groups }>()

  constructor(step: Step, shelfOf: ShelfOf) {
    this.relation = { rows: 1, columns: new Map() }
    for (const name of [step.name, ...step.inputs.map((input) => input.from)]) {
      const shelf = shelfOf(name)
      if (shelf.kind !== 'result') this.shelves.set(name, shelf)
      for (const column of tableBehind(shelf)?.columns ?? []) this.shelves.set(column.name, column.shelf)
    }
    const source = shelfOf(step.name)
    if (source.kind !== 'result') this.takeStocked(source)
  }

  /** A resource, a flavour, or the source of the step. */
  takeStocked(shelf: StockedShelf): void {
    const { name } = shelf
    if (this.#own.has(name) || this.relation.columns.has(name)) return
    if (isFixed(shelf)) this.#own.set(name, shelf)
    else this.#join(shelfRelation(name, shelf.items.length))
  }

  /** A result, or what was poured from one. */
  takeMade(input: Input, shelf: FridgeShelf, { fixed, isPartial }: StepTable): void {
    this.isPartial ||= isPartial
    this.#behind.push(fixed)
    this.#take(input, wholeRelationOf(shelf))
  }

  #take(input: Input, right: Relation, groups?: Groups): void {
    if (!groups && this.#takeSingle(input, right)) return
    const rows = this.#join(right)
    this.#taken.set(input, groups ? { rows, groups } : { rows })
  }

  /** Joins one more relation in, and lets what was taken before follow. Returns the rows of the right side. */
  #join(right: Relation): Int32Column {
    const joined = join(this.relation, right)
    for (const earlier of this.#taken.values()) earlier.rows = earlier.rows.pick(joined.left)
    this.relation = merged(this.relation, right, joined)
    return joined.right
  }

  /**
   * Joins one variant with one variant without copying, because a program that is linked from a thousand objects would copy
   * what it has a thousand times. Returns false if the two disagree, or if there are more.
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
  takeCollected(input: Input, shelf: FridgeShelf): void {
    const { collect = 'all' } = input
    const whole = wholeRelationOf(shelf)
    const isCollected = (name: string): boolean => collect === 'all' || collect.includes(name)
    const stays = [...whole.columns].filter(([name]) => !isCollected(name))
    const table = tableBehind(shelf)
    if (shelf.kind !== 'result') this.isPartial ||= shelf.isNarrowed === true && isCollected(shelf.name)
    if (table)
      this.isPartial ||= table.isPartial || table.columns.some((one) => one.shelf.isNarrowed && isCollected(one.name))
    if (table && collect !== 'all') this.#behind.push(table.fixed.without(collect))
    const groups = groupBy(
      whole.rows,
      stays.map(([, column]) => column),
    )
    const representatives = Int32Column.from(groups.count, (group) => groups.members.get(groups.offsets.get(group)))
    const columns = new Map(stays.map(([name, column]) => [name, column.pick(representatives)]))
    const isMember = memberTest(shelf)
    this.#take(input, { rows: groups.count, columns }, isMember ? withMembers(groups, isMember) : groups)
  }

  keepOnly(rows: Int32Column): void {
    const columns = new Map([...this.relation.columns].map(([name, column]) => [name, column.pick(rows)]))
    this.relation = { rows: rows.length, columns }
    for (const earlier of this.#taken.values()) earlier.rows = earlier.rows.pick(rows)
  }

  columns(): VariantColumn[] {
    const { columns } = this.relation
    return [...columns].map(([name, places]) => {
      const shelf = this.shelves.get(name)
      if (shelf === undefined) throw new Error(`no shelf for "${name}"`)
      return new VariantColumn(name, shelf, places)
    })
  }

  fixed(): FixedShelves {
    return new FixedShelves([...this.#own.values()], this.#behind)
  }

  input(input: Input, shelf: FridgeShelf, zeros: Int32Column): InputColumn {
    const taken = this.#taken.get(input)
    const poured = pouredOf(shelf)
    if (taken?.groups) {
      const { offsets, members } = taken.groups
      const places = poured ? poured.places.pick(members) : members
      const pourers = poured?.rows.pick(members)
      return new CollectedInput(input, shelf, { group: taken.rows, offsets, members: places, pourers })
    }
    if (shelf.kind === 'result') {
      if (taken === undefined) throw new Error(`"${input.from}" was not taken up`)
      return new ResultInput(input, shelf, taken.rows)
    }
    const places = this.relation.columns.get(input.from) ?? zeros
    return new StockedInput(input, shelf, places, taken && poured?.rows.pick(taken.rows))
  }

  /** Sets the variants apart that a pour gave no piece for, and returns them. */
  splitVoids(): Relation | undefined {
    const poured = [...this.relation.columns].flatMap(([name, places]) => {
      const shelf = this.shelves.get(name)
      return shelf && pouredOf(shelf) ? [{ places, end: shelf.items.length }] : []
    })
    if (poured.length === 0) return undefined
    const isVoid = (row: number): boolean => poured.some(({ places, end }) => places.get(row) >= end)
    const all = Int32Column.counting(this.relation.rows)
    const rows = new Int32Column(all.array.filter(isVoid))
    if (rows.length === 0) return undefined
    const columns = new Map([...this.relation.columns].map(([name, one]) => [name, one.pick(rows)]))
    this.keepOnly(new Int32Column(all.array.filter((row) => !isVoid(row))))
    return { rows: rows.length, columns }
  }

  /** The shelves of all names that the step depends on. */
  dependsOn(): Map<string, StockedShelf> {
    const shelves = new Map(Array.from(this.fixed(), (shelf) => [shelf.name, shelf]))
    for (const { name, shelf } of this.columns()) shelves.set(name, shelf)
    return shelves
  }
}

/** The table that the variants of a shelf come from; undefined for what was stocked before planning. */
function tableBehind(shelf: FridgeShelf): StepTable | undefined {
  return shelf.kind === 'result' ? shelf.table : pouredOf(shelf)?.from.table
}

/** All names that a shelf adds to a crossing, with the variants that a pour gave no piece for behind the others. */
function wholeRelationOf(shelf: FridgeShelf): Relation {
  if (shelf.kind === 'result') return withVoids(columnsOf(shelf.table), shelf.table.voids)
  const poured = pouredOf(shelf)
  if (poured === undefined) return shelfRelation(shelf.name, shelf.items.length)
  const { from, rows, places } = poured
  const { columns } = wholeRelationOf(from)
  const picked = new Map([...columns].map(([name, column]) => [name, column.pick(rows)]))
  return { rows: rows.length, columns: picked.set(shelf.name, places) }
}

function withVoids(own: Relation, voids: Relation | undefined): Relation {
  if (voids === undefined) return own
  const columns = [...own.columns].map(([name, column]): [string, Int32Column] => {
    const both = new Int32Array(own.rows + voids.rows)
    both.set(column.array)
    both.set(voids.columns.get(name)?.array ?? [], own.rows)
    return [name, new Int32Column(both)]
  })
  return { rows: own.rows + voids.rows, columns: new Map(columns) }
}

/** Tells the variants that are there from those that a pour gave no piece for; undefined where all are there. */
function memberTest(shelf: FridgeShelf): ((row: number) => boolean) | undefined {
  if (shelf.kind === 'result') return shelf.table.voids && ((row) => row < shelf.table.rows)
  const { items } = shelf
  const poured = pouredOf(shelf)
  return poured && ((row) => poured.places.get(row) < items.length)
}

/** Leaves only such members in groups, some of which have none then. */
function withMembers({ count, groupOf, offsets, members }: Groups, isMember: (row: number) => boolean): Groups {
  const kept: number[] = []
  const places = Int32Column.zeros(count + 1)
  for (let group = 0; group < count; group++) {
    for (let at = offsets.get(group); at < offsets.get(group + 1); at++)
      if (isMember(members.get(at))) kept.push(members.get(at))
    places.set(group + 1, kept.length)
  }
  return { count, groupOf, offsets: places, members: new Int32Column(Int32Array.from(kept)) }
}

/** A shelf that no other kitchen and no narrowing can give a second item, and that is not empty. */
function isFixed(shelf: StockedShelf): boolean {
  return shelf.isFixed === true && shelf.items.length === 1
}

export function crossStep(step: Step, shelfOf: ShelfOf, place: { index: number; first: number }): StepTable {
  const crossing = new Crossing(step, shelfOf)
  for (const input of step.inputs) {
    const shelf = shelfOf(input.from)
    const table = tableBehind(shelf)
    if (input.collect !== undefined) crossing.takeCollected(input, shelf)
    else if (table) crossing.takeMade(input, shelf, table)
  }
  for (const input of step.inputs) {
    const shelf = shelfOf(input.from)
    if (input.collect === undefined && shelf.kind !== 'result' && !tableBehind(shelf)) crossing.takeStocked(shelf)
  }
  const kept = assigned(step, crossing)
  if (kept) crossing.keepOnly(kept)
  const voids = crossing.splitVoids()
  const { rows } = crossing.relation
  const zeros = rows === 1 ? onlyRow : Int32Column.zeros(rows)
  return new StepTable({
    step,
    ...place,
    rows,
    zeros,
    voids,
    isPartial: crossing.isPartial,
    columns: crossing.columns(),
    fixed: crossing.fixed(),
    inputs: step.inputs.map((input) => crossing.input(input, shelfOf(input.from), zeros)),
  })
}

/** The names in which the jobs of a table may differ. */
export function columnsOf({ rows, columns }: StepTable): Relation {
  return { rows, columns: new Map(columns.map(({ name, places }) => [name, places])) }
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

function matcher(assignment: Assignment, crossing: Crossing): (row: number) => boolean {
  const shelves = crossing.dependsOn()
  const tests = Object.entries(assignment).map(([dotted, wanted]) => {
    const name = ownerOf(dotted, shelves.keys()) ?? ''
    const shelf = shelves.get(name)
    if (shelf === undefined) return () => false
    const field = dotted === name ? [] : dotted.slice(name.length + 1).split('.')
    const matching = shelf.items.map((item) =>
      matchesValue(field.length > 0 ? valueOf(item) : item.label, field, wanted),
    )
    const places = crossing.relation.columns.get(name)
    // A variant that a pour gave no piece for agrees with nothing.
    return (row: number) => matching[places?.get(row) ?? 0] ?? false
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
