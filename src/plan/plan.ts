// From targets to tables of jobs, in an order that works. Pure: shelves in, tables out.
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import { producersOf, topological } from '../recipe/step-order.ts'
import { crossStep, type InputColumn, type Source, type StepTable } from './cross.ts'
import { mostRows, TooManyVariants } from './relation.ts'
import type { BaseShelf } from './shelves.ts'

export interface Plan {
  /** Steps in an order in which every input is made before it is read. */
  tables: StepTable[]
  jobs: number
  /** Results by name: who makes them. */
  results: Map<string, { table: StepTable; output: number }>
}

/** The steps that the targets need, in the order in which they can be cooked, and the outside names they read. */
export interface Required {
  steps: Step[]
  outside: Set<string>
}

/** Walks back from every target; nothing is visited twice. Targets are results or steps that exist. */
export function required(configuration: Configuration, targets: readonly string[]): Required {
  const makerOf = producersOf(configuration.steps.values())
  const wanted = new Set<Step>()
  const outside = new Set<string>()
  const walk: Step[] = targets.map((target) => configuration.steps.get(target) ?? (makerOf.get(target) as Step))
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
export function emptyShelves({ steps }: Required, shelves: Map<string, BaseShelf>): Failure[] {
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

/** What is left to plan when steps that read an empty shelf are left out, and everything that reads their results. */
export function withoutEmpty({ steps, outside }: Required, shelves: Map<string, BaseShelf>): Required {
  const lost = new Set([...shelves.values()].filter((shelf) => shelf.items.length === 0).map((shelf) => shelf.name))
  const left = steps.filter((step) => {
    const whole = ![step.name, ...step.inputs.map((input) => input.from)].some((name) => lost.has(name))
    if (!whole) for (const output of step.outputs) lost.add(output.name)
    return whole
  })
  return { steps: left, outside }
}

export type Planned = { plan: Plan } | { failures: Failure[] }

export function makePlan({ steps }: Required, shelves: Map<string, BaseShelf>): Planned {
  const results: Plan['results'] = new Map()
  const tables: StepTable[] = []
  let jobs = 0
  const sourceOf = (name: string): Source => {
    const made = results.get(name)
    return made ? { kind: 'result', ...made } : { kind: 'base', shelf: shelves.get(name) as BaseShelf }
  }
  for (const step of steps) {
    let table: StepTable
    try {
      table = crossStep(step, sourceOf, { index: tables.length, first: jobs })
    } catch (error) {
      if (!(error instanceof TooManyVariants)) throw error
      return {
        failures: [failure('too-many-variants', { step: step.name, rows: error.rows, most: mostRows }, step.at)],
      }
    }
    tables.push(table)
    jobs += table.rows
    for (const [output, { name }] of step.outputs.entries()) results.set(name, { table, output })
  }
  return { plan: { tables, jobs, results } }
}

/** Steps that nothing is left of, though all they read is there: most often a word too many in `exclude`. */
export function stepsWithoutVariants({ tables }: Plan): Failure[] {
  return tables.flatMap(({ step, rows, inputs }) => {
    if (rows > 0 || inputs.some((column) => isBare(column))) return []
    const chosen = step.only.length > 0 || step.exclude.length > 0
    return [failure('step-no-variants', { step: step.name, chosen }, step.at)]
  })
}

function isBare(column: InputColumn): boolean {
  const source = column.kind === 'collected' ? column.source : column
  return source.kind === 'result' ? source.table.rows === 0 : source.shelf.items.length === 0
}

/** The table a job lies in. */
export function tableOf(plan: Plan, job: number): StepTable {
  let low = 0
  let high = plan.tables.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((plan.tables[middle] as StepTable).first <= job) low = middle
    else high = middle - 1
  }
  return plan.tables[low] as StepTable
}
