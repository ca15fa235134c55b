// Steps and shelves for plans in memory: what a test does not name is what a cheffile that says nothing gets.
import { contentName } from '../../src/base/content-name.ts'
import type { Depends } from '../../src/base/event.ts'
import { canonical, type Value } from '../../src/base/value.ts'
import type { Input, Output, Step } from '../../src/config/configuration.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import {
  fileItem,
  flavourItem,
  type ItemContent,
  type ResourceShelf,
  type StockedShelf,
} from '../../src/plan/shelves.ts'
import type { JobRow } from '../../src/plan/step-table.ts'
import type { Model } from '../random/reference.ts'

const at = { file: 'cheffile.yml', line: 1, column: 1 }

export function stepOf(
  name: string,
  inputs: (Pick<Input, 'inner' | 'from'> & Partial<Input>)[],
  outputs: (Pick<Output, 'inner' | 'name'> & Partial<Output>)[],
): Step {
  return {
    name,
    type: 'collect',
    sources: [],
    inputs: inputs.map((input) => ({ field: [], at, ...input })),
    outputs: outputs.map((output) => ({ keep: true, at, ...output })),
    pours: [],
    only: [],
    exclude: [],
    env: [],
    tools: [],
    needs: { burners: {} },
    retries: 0,
    place: 'pan',
    isolate: false,
    warm: false,
    settings: {},
    folder: '/project',
    at,
  }
}

/** The shelf of a step that is a command. */
export function commandSource(name: string, reference = 'command:1'): ResourceShelf {
  const items = [{ label: 'command', reference, dependsText: JSON.stringify(reference) }]
  return { name, kind: 'step', items, isFixed: true, at }
}

/** Plans a random kitchen: all of its steps, over shelves that hold what its model says. */
export function planOf(model: Model, isKept: (output: { name: string }) => boolean = () => true): Plan {
  const shelves = new Map<string, StockedShelf>()
  for (const [name, values] of model.domains) shelves.set(name, shelfOf(name, values))
  const steps = model.steps.map(({ name, inputs, outputs, exclude, only }) => {
    const read = inputs.map(({ field, ...input }) => ({ ...input, ...(field !== undefined && { field: [field] }) }))
    const made = outputs.map((output) => ({ ...output, keep: isKept(output) }))
    return { ...stepOf(name, read, made), exclude, only }
  })
  const planned = makePlan({ steps, outside: new Set() }, shelves)
  if ('failures' in planned) throw new Error(`not planned: ${planned.failures[0]?.code}`)
  return planned.plan
}

/** In random kitchens a resource is called `r0`, a flavour `f0`, a step `s0`. */
function shelfOf(name: string, values: readonly Value[]): StockedShelf {
  if (name.startsWith('f')) return { name, kind: 'flavour', items: values.map(flavourItem), at }
  const items = values.map((label, place) => fileItem(String(label), contentAt(name, place)))
  return { name, kind: name.startsWith('r') ? 'resource' : 'step', items, isFixed: items.length === 1, at }
}

function contentAt(name: string, place: number): ItemContent {
  const hash = `${name.charCodeAt(0).toString(16)}${name.slice(1)}${place}`.padStart(16, '0')
  return { name: contentName('file', hash), size: 1, kind: 'file', path: `/project/${name}/${place}`, snapshot: true }
}

/** The rows of a plan by step and labels, as the reference names variants. */
export function rowsByVariant(plan: Plan): Map<string, JobRow> {
  return new Map(Array.from(plan, (row) => [variantKey(row.step.name, row.depends()), row]))
}

export function variantKey(step: string, depends: Depends): string {
  return `${step} ${canonical(depends)}`
}
