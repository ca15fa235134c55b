// From targets to tables of jobs, in an order that works. Pure: shelves in, tables out.
import { elementAt } from '../base/element-at.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import { producersOf, topological } from '../recipe/step-order.ts'
import { crossStep, type ShelfOf } from './cross.ts'
import type { JobId } from './job-id.ts'
import { mostRows, TooManyVariants } from './relation.ts'
import type { StockedShelf } from './shelves.ts'
import {
  type InputColumn,
  type JobRow,
  type PouredShelf,
  pouredOf,
  type ResultShelf,
  type StepTable,
} from './step-table.ts'

/** It grows while pieces of pours become known: tables are added behind the others, and nothing that is there changes. */
export class Plan {
  readonly #tables: StepTable[] = []
  readonly #firsts: number[] = []
  readonly #results = new Map<string, ResultShelf>()
  readonly #poured = new Map<string, PouredShelf>()
  /** Names that any step of the recipe reads, also one that is not planned yet. */
  readonly #read: ReadonlySet<string>
  #jobs = 0

  constructor(read: ReadonlySet<string>) {
    this.#read = read
  }

  /** Steps in an order in which every input is made before it is read. */
  get tables(): readonly StepTable[] {
    return this.#tables
  }

  get jobs(): number {
    return this.#jobs
  }

  /** The shelves of all results, by name. */
  get results(): ReadonlyMap<string, ResultShelf> {
    return this.#results
  }

  /** The shelves of all pours whose pieces are known, by name. */
  get poured(): ReadonlyMap<string, PouredShelf> {
    return this.#poured
  }

  pour(shelf: PouredShelf): void {
    this.#poured.set(shelf.name, shelf)
  }

  add(table: StepTable): void {
    this.#tables.push(table)
    this.#firsts.push(table.first)
    this.#jobs += table.rows
    for (const shelf of table.outputs) this.#results.set(shelf.name, shelf)
  }

  /** True for a result that is needed only on the way to others (`keep: false`). */
  isIntermediate({ isKept, name }: ResultShelf): boolean {
    return !isKept && this.#read.has(name)
  }

  at(job: JobId): JobRow {
    const table = this.tableOf(job)
    return table.at(table.rowOf(job))
  }

  tableOf(job: JobId): StepTable {
    let low = 0
    let high = this.#tables.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (elementAt(this.#firsts, middle) <= job) low = middle
      else high = middle - 1
    }
    return elementAt(this.#tables, low)
  }

  /** All jobs, in the order of the plan. */
  *[Symbol.iterator](): Iterator<JobRow> {
    for (const table of this.tables) yield* table
  }
}

/** The steps that the targets need, in the order in which they can be cooked, and the outside names they read. */
export interface Recipe {
  steps: Step[]
  outside: Set<string>
}

/** Walks back from every target; nothing is visited twice. Targets are results or steps that exist. */
export function required(configuration: Configuration, targets: readonly string[]): Recipe {
  const makerOf = producersOf(configuration.steps.values())
  const wanted = new Set<Step>()
  const outside = new Set<string>()
  const walk = targets.map((target) => configuration.steps.get(target) ?? makerOf.get(target))
  for (let step = walk.pop(); step !== undefined; step = walk.pop()) {
    if (wanted.has(step)) continue
    wanted.add(step)
    for (const input of step.inputs) {
      const maker = makerOf.get(input.from)
      if (maker === undefined) outside.add(input.from)
      else walk.push(maker)
    }
  }
  const declared = [...configuration.steps.values()].filter((step) => wanted.has(step))
  return { steps: topological(declared), outside }
}

/** Empty shelves that these steps cannot do without. */
export function emptyShelves({ steps }: Recipe, shelves: Map<string, StockedShelf>): Failure[] {
  const failures: Failure[] = []
  for (const step of steps) {
    for (const { name, at } of [
      { name: step.name, at: step.at },
      ...step.inputs.map((input) => ({ name: input.from, at: input.at })),
    ]) {
      const shelf = shelves.get(name)
      if (shelf === undefined || shelf.items.length > 0) continue
      const { kind, sought, standing } = shelf
      failures.push(failure('shelf-empty', { name, kind, step: step.name, pattern: sought, standing }, at))
    }
  }
  return failures
}

/** Leaves out the steps that read an empty shelf, and everything that reads their results. */
export function withoutEmpty({ steps, outside }: Recipe, shelves: Map<string, StockedShelf>): Recipe {
  const lost = new Set([...shelves.values()].filter((shelf) => shelf.items.length === 0).map((shelf) => shelf.name))
  const left = steps.filter((step) => {
    const whole = ![step.name, ...step.inputs.map((input) => input.from)].some((name) => lost.has(name))
    if (!whole) for (const { name } of [...step.outputs, ...step.pours]) lost.add(name)
    return whole
  })
  return { steps: left, outside }
}

/** `waiting`: steps that read a pour whose pieces are not known yet, and those behind them. */
export type Planned = { plan: Plan; waiting: Step[] } | { failures: Failure[] }

export function makePlan({ steps }: Recipe, stocked: ReadonlyMap<string, StockedShelf>): Planned {
  const read = steps.flatMap(({ inputs }) => inputs.map(({ from }) => from))
  const plan = new Plan(new Set(read))
  const grown = growPlan(plan, steps, stocked)
  return 'failures' in grown ? grown : { plan, ...grown }
}

/** Adds the tables of all steps whose inputs are there by now. */
export function growPlan(
  plan: Plan,
  steps: readonly Step[],
  stocked: ReadonlyMap<string, StockedShelf>,
): { waiting: Step[] } | { failures: Failure[] } {
  const shelfOf: ShelfOf = (name) => {
    const shelf = plan.results.get(name) ?? plan.poured.get(name) ?? stocked.get(name)
    if (shelf === undefined) throw new Error(`no shelf for "${name}"`)
    return shelf
  }
  const waiting: Step[] = []
  const awaited = new Set<string>()
  for (const { pours } of [...steps, ...plan.tables.map(({ step }) => step)])
    for (const { name } of pours) if (!plan.poured.has(name)) awaited.add(name)
  for (const step of steps) {
    if (step.inputs.some(({ from }) => awaited.has(from))) {
      waiting.push(step)
      for (const { name } of step.outputs) awaited.add(name)
      continue
    }
    try {
      plan.add(crossStep(step, shelfOf, { index: plan.tables.length, first: plan.jobs }))
    } catch (error) {
      if (!(error instanceof TooManyVariants)) throw error
      return {
        failures: [failure('too-many-variants', { step: step.name, rows: error.rows, most: mostRows }, step.at)],
      }
    }
  }
  return { waiting }
}

/** Steps that nothing is left of, though all they read is there: most often a word too many in `exclude`. */
export function stepsWithoutVariants({ tables }: Plan): Failure[] {
  return tables.flatMap((table) => {
    const { step, rows, inputs } = table
    if (rows > 0 || isBehindPour(table) || inputs.some((column) => isBare(column))) return []
    const chosen = step.only.length > 0 || step.exclude.length > 0
    return [failure('step-no-variants', { step: step.name, chosen }, step.at)]
  })
}

/** True where the number of variants follows from what a step poured: none is no mistake. */
export function isBehindPour({ inputs, columns }: StepTable): boolean {
  return (
    columns.some(({ shelf }) => pouredOf(shelf)) ||
    inputs.some(({ shelf }) => (shelf.kind === 'result' ? isBehindPour(shelf.table) : pouredOf(shelf) !== undefined))
  )
}

/** The step that keeps a step without variants from having any: itself, or one whose result it reads. */
export function firstWithoutVariants(table: StepTable): StepTable {
  for (const { shelf } of table.inputs)
    if (shelf.kind === 'result' && shelf.table.rows === 0) return firstWithoutVariants(shelf.table)
  return table
}

function isBare({ shelf }: InputColumn): boolean {
  return (shelf.kind === 'result' ? shelf.table.rows : shelf.items.length) === 0
}
