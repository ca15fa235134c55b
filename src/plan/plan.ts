// From targets to tables of jobs, in an order that works. Pure: shelves in, tables out.
import { elementAt } from '../base/element-at.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { Int32Column } from '../base/number-columns.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import { producersOf, topological } from '../recipe/step-order.ts'
import { crossStep, type ShelfOf } from './cross.ts'
import type { JobId } from './job-id.ts'
import { mostRows, TooManyVariants } from './relation.ts'
import type { StockedShelf } from './shelves.ts'
import type { InputColumn, JobRow, ResultShelf, StepTable } from './step-table.ts'

export class Plan {
  /** Steps in an order in which every input is made before it is read. */
  readonly tables: readonly StepTable[]
  readonly jobs: number
  /** The shelves of all results, by name. */
  readonly results: ReadonlyMap<string, ResultShelf>
  readonly #firsts: Int32Column

  constructor(tables: readonly StepTable[]) {
    this.tables = tables
    this.jobs = tables.reduce((jobs, { rows }) => jobs + rows, 0)
    this.results = new Map(tables.flatMap(({ outputs }) => outputs.map((shelf) => [shelf.name, shelf])))
    this.#firsts = Int32Column.from(tables.length, (index) => elementAt(tables, index).first)
  }

  at(job: JobId): JobRow {
    const table = this.tableOf(job)
    return table.at(table.rowOf(job))
  }

  tableOf(job: JobId): StepTable {
    let low = 0
    let high = this.tables.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#firsts.get(middle) <= job) low = middle
      else high = middle - 1
    }
    return elementAt(this.tables, low)
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
    if (!whole) for (const output of step.outputs) lost.add(output.name)
    return whole
  })
  return { steps: left, outside }
}

export type Planned = { plan: Plan } | { failures: Failure[] }

export function makePlan({ steps }: Recipe, stocked: ReadonlyMap<string, StockedShelf>): Planned {
  const results = new Map<string, ResultShelf>()
  const tables: StepTable[] = []
  let first = 0
  const shelfOf: ShelfOf = (name) => {
    const shelf = results.get(name) ?? stocked.get(name)
    if (shelf === undefined) throw new Error(`no shelf for "${name}"`)
    return shelf
  }
  for (const step of steps) {
    let table: StepTable
    try {
      table = crossStep(step, shelfOf, { index: tables.length, first })
    } catch (error) {
      if (!(error instanceof TooManyVariants)) throw error
      return {
        failures: [failure('too-many-variants', { step: step.name, rows: error.rows, most: mostRows }, step.at)],
      }
    }
    tables.push(table)
    first += table.rows
    for (const shelf of table.outputs) results.set(shelf.name, shelf)
  }
  return { plan: new Plan(tables) }
}

/** Steps that nothing is left of, though all they read is there: most often a word too many in `exclude`. */
export function stepsWithoutVariants({ tables }: Plan): Failure[] {
  return tables.flatMap(({ step, rows, inputs }) => {
    if (rows > 0 || inputs.some((column) => isBare(column))) return []
    const chosen = step.only.length > 0 || step.exclude.length > 0
    return [failure('step-no-variants', { step: step.name, chosen }, step.at)]
  })
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
