// The plan of random kitchens, as the binary tells it, is the plan of the brute-force reference.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, plainText, type Value } from '../../src/base/value.ts'
import { type Line, rig } from '../rig.ts'
import { kitchenOf, modelOf, type Shape, shapes } from './kitchens.ts'
import {
  type Assignment,
  emptyShelves,
  makerOf,
  membersOf,
  type Model,
  type ModelStep,
  requiredSteps,
  variantsOf,
} from './reference.ts'
import { laneOf, lanes, laneTimeout } from './runs.ts'

interface Case {
  shape: Shape
  targets: number[]
}

function pickTargets(model: Model, targets: number[]): string[] {
  const results = model.steps.flatMap((step) => step.outputs.map((output) => output.name))
  return [...new Set(targets.map((target) => results[target % results.length] as string))]
}

function variantText(step: string, depends: Assignment): string {
  return `${step} ${canonical(depends)}`
}

/** The input of one job is what the reference says: a value by its label, a result by the job that makes it. */
function expectInputs(model: Model, step: ModelStep, line: Line, byId: Map<string, Line>): void {
  expect(Object.keys(line.inputs).sort()).toEqual(step.inputs.map((input) => input.inner).sort())
  for (const input of step.inputs) {
    const told = line.inputs[input.inner]
    const maker = makerOf(model, input.from)
    if (!maker) {
      const value = line.depends[input.from] as Value
      const shown = input.field ? ((value as Assignment)[input.field] as Value) : value
      expect(told).toBe(`${input.from}${input.field ? `.${input.field}` : ''}/${plainText(shown)}`)
      continue
    }
    const references = (input.collect ? told : [told]) as string[]
    const makers = references.map((reference) => {
      expect(reference.startsWith(`${input.from}/`)).toBe(true)
      const made = byId.get(`${maker.name}/${reference.slice(input.from.length + 1)}`)
      return variantText(maker.name, made?.depends ?? {})
    })
    const members = membersOf(model, input, line.depends)
    expect(makers.sort()).toEqual(members.map((member) => variantText(maker.name, member)).sort())
  }
}

async function expectSamePlan({ shape, targets }: Case): Promise<void> {
  const model = modelOf(shape, 60)
  const { cheffile, files } = kitchenOf(shape, model)
  const wanted = pickTargets(model, targets)
  const steps = wanted.length > 0 ? requiredSteps(model, wanted) : model.steps
  await using kitchen = await rig(cheffile, files)
  const { exit, lines, summary, stderr } = await kitchen.plan(...wanted)
  const missing = emptyShelves(model, steps)
  if (missing.length > 0) {
    expect(exit).toBe(2)
    for (const name of missing) expect(stderr).toContain(`"${name}"`)
    return
  }
  expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' })
  const expected = steps.flatMap((step) => variantsOf(model, step).map((variant) => variantText(step.name, variant)))
  const jobs = lines.filter((line) => line.type === 'job')
  expect(jobs.map((line) => variantText(line.step, line.depends)).sort()).toEqual(expected.sort())
  expect(summary).toMatchObject({ jobs: expected.length, fresh: 0 })
  // Every job is told after the jobs that make its inputs.
  const byId = new Map<string, Line>()
  for (const line of jobs) {
    const step = model.steps.find((one) => one.name === line.step) as ModelStep
    expect(byId.has(line.id)).toBe(false)
    expectInputs(model, step, line, byId)
    byId.set(line.id, line)
    expect(line.outputs).toEqual(step.outputs.map((output) => output.name))
    expect(line.verdict).not.toBe('fresh')
  }
}

const oneCase: fc.Arbitrary<Case> = fc.record({
  shape: shapes(8),
  targets: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(20), { maxLength: 2 }) },
  ),
})

describe('random kitchens are planned as by brute force, as thousands are in test/plan', () => {
  for (const lane of lanes) {
    test.concurrent(`lane ${lane}`, { timeout: laneTimeout }, async () => {
      await fc.assert(fc.asyncProperty(oneCase, expectSamePlan), laneOf(lane, 9, 90))
    })
  }
})
