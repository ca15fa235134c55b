// The plan by brute force: every assignment of every name that reaches a step is tried, and kept where all of its
// inputs have it. Slow and plain on purpose: it shares nothing with the planner it is compared with.
import { canonical, type Value } from '../../src/base/value.ts'

export type Assignment = { [name: string]: Value }

export interface Model {
  /** Variants of every resource, flavour and step source, by label or value. */
  domains: Map<string, Value[]>
  /** In an order in which every result is made before it is read. */
  steps: ModelStep[]
}

export interface ModelStep {
  name: string
  inputs: ModelInput[]
  outputs: { inner: string; name: string }[]
  exclude: Assignment[]
  only: Assignment[]
}

export interface ModelInput {
  inner: string
  from: string
  field?: string
  collect?: 'all' | string[]
}

export function makerOf(model: Model, result: string): ModelStep | undefined {
  return model.steps.find((step) => step.outputs.some((output) => output.name === result))
}

/** The names an input brings with it. */
function namesOfInput(model: Model, { from, collect }: ModelInput): string[] {
  const maker = makerOf(model, from)
  const all = maker ? namesOf(model, maker) : [from]
  if (collect === undefined) return all
  return collect === 'all' ? [] : all.filter((name) => !collect.includes(name))
}

function namesOf(model: Model, step: ModelStep): string[] {
  return [...new Set([step.name, ...step.inputs.flatMap((input) => namesOfInput(model, input))])].sort()
}

function domainOf(model: Model, name: string): Value[] {
  return model.domains.get(name) ?? []
}

export function productSize(model: Model, step: ModelStep): number {
  return namesOf(model, step).reduce((size, name) => size * domainOf(model, name).length, 1)
}

function restrict(assignment: Assignment, names: string[]): string {
  return canonical(Object.fromEntries(names.map((name) => [name, assignment[name] as Value])))
}

function matches(assignment: Assignment, rule: Assignment): boolean {
  return Object.entries(rule).every(([dotted, wanted]) => {
    const [name, field] = dotted.split('.') as [string, string | undefined]
    const value = assignment[name] as Value
    return canonical(field ? ((value as Assignment)[field] as Value) : value) === canonical(wanted)
  })
}

const known = new WeakMap<ModelStep, Assignment[]>()

/** All variants of a step. */
export function variantsOf(model: Model, step: ModelStep): Assignment[] {
  const before = known.get(step)
  if (before) return before
  const fits = step.inputs.map((input) => {
    const maker = makerOf(model, input.from)
    if (!maker) return () => true
    const names = namesOfInput(model, input)
    const there = new Set(variantsOf(model, maker).map((variant) => restrict(variant, names)))
    return (assignment: Assignment) => there.has(restrict(assignment, names))
  })
  const variants = assignments(model, namesOf(model, step)).filter(
    (assignment) =>
      fits.every((fit) => fit(assignment)) &&
      (step.only.length === 0 || step.only.some((rule) => matches(assignment, rule))) &&
      !step.exclude.some((rule) => matches(assignment, rule)),
  )
  known.set(step, variants)
  return variants
}

function assignments(model: Model, names: string[]): Assignment[] {
  let all: Assignment[] = [{}]
  for (const name of names) {
    all = all.flatMap((assignment) => domainOf(model, name).map((value) => ({ ...assignment, [name]: value })))
  }
  return all
}

/** The variants of a result that an input of this variant takes: one, or all members of a collected one. */
export function membersOf(model: Model, input: ModelInput, variant: Assignment): Assignment[] {
  const maker = makerOf(model, input.from) as ModelStep
  const names = namesOfInput(model, input)
  const wanted = restrict(variant, names)
  return variantsOf(model, maker).filter((member) => restrict(member, names) === wanted)
}

/** The steps that the targets need. */
export function requiredSteps(model: Model, targets: string[]): ModelStep[] {
  const needed = new Set<ModelStep>()
  const visit = (step: ModelStep): void => {
    needed.add(step)
    for (const { from } of step.inputs) {
      const maker = makerOf(model, from)
      if (maker && !needed.has(maker)) visit(maker)
    }
  }
  for (const target of targets) visit(makerOf(model, target) as ModelStep)
  return model.steps.filter((step) => needed.has(step))
}

/** Names of empty shelves that the steps cannot do without. */
export function emptyShelves(model: Model, steps: ModelStep[]): string[] {
  const read = steps.flatMap((step) => step.inputs.map((input) => input.from))
  return [...new Set(read)].filter((name) => model.domains.get(name)?.length === 0)
}
