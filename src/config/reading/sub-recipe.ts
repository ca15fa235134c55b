// Includes a sub-kitchen under the name of the step that calls it: the step `trim` of `prepare` becomes `prepare.trim`.
import type { Failure } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import type { Assignment, Step } from '../configuration.ts'
import type { Origin } from '../origin.ts'
import type { ConformedStep } from '../schema/cheffile-schema.ts'
import { namesOf, type Parts, splitReference } from '../dotted-names.ts'
import { nearest } from '../../base/suggestion.ts'
import { failureAt } from './syntax-tree.ts'

export interface Calling {
  /** The step of type recipe. */
  name: string
  /** Name in the sub-kitchen: name out here, with where it is said. */
  inputs: ConformedStep['inputs']
  outputs: ConformedStep['outputs']
}

export interface Laid extends Parts {
  origins: Map<string, Origin>
}

/** Changes nothing of `sub`; what is replaced from outside is gone, everything else has the prefix. */
export function layIn(calling: Calling, sub: Laid): Laid {
  const outer = new Map(calling.inputs.map(({ key, value }) => [key, value.from.text]))
  const results = new Map(calling.outputs.map(({ key, value }) => [key, value.name.text]))
  const names = new Set([...namesOf(sub), ...outer.keys()])
  const rename = (name: string): string => outer.get(name) ?? results.get(name) ?? `${calling.name}.${name}`
  const renameReference = (text: string): string => {
    const { from, field } = splitReference(text, names)
    return [rename(from), ...field].join('.')
  }
  const renameAssignment = (assignment: Assignment): Assignment =>
    Object.fromEntries(
      Object.entries(assignment).map(([name, value]): [string, Value] => [renameReference(name), value]),
    )
  const steps = sub.steps.map(
    (step): Step => ({
      ...step,
      name: `${calling.name}.${step.name}`,
      inputs: step.inputs.map((input) => ({
        ...input,
        from: rename(input.from),
        ...(Array.isArray(input.collect) && { collect: input.collect.map(renameReference) }),
      })),
      outputs: step.outputs.map((output) => ({ ...output, name: rename(output.name) })),
      pours: step.pours.map((pour) => ({ ...pour, name: rename(pour.name) })),
      only: step.only.map(renameAssignment),
      exclude: step.exclude.map(renameAssignment),
    }),
  )
  return {
    resources: renameKeys(sub.resources, outer, rename),
    flavours: renameKeys(sub.flavours, outer, rename),
    steps,
    origins: renameOrigins(calling.name, sub.origins),
  }
}

function renameKeys<Named extends { name: string }>(
  all: Map<string, Named>,
  replaced: Map<string, string>,
  rename: (name: string) => string,
): Map<string, Named> {
  const kept = [...all].filter(([name]) => !replaced.has(name))
  return new Map(kept.map(([name, one]) => [rename(name), { ...one, name: rename(name) }]))
}

/** `recipe.trim.timeout` becomes `recipe.prepare.trim.timeout`. Settings of a sub-kitchen count for nothing here. */
function renameOrigins(prefix: string, origins: Map<string, Origin>): Map<string, Origin> {
  const renamed = new Map<string, Origin>()
  for (const [path, origin] of origins) {
    const section = /^(recipe|resources|flavours)\./.exec(path)?.[0]
    if (section) renamed.set(`${section}${prefix}.${path.slice(section.length)}`, origin)
  }
  return renamed
}

/** Names that the sub-kitchen does not have: `inputs` may also fill what its steps read and nothing there makes. */
export function checkCalling(calling: Calling, sub: Parts): Failure[] {
  const results = new Set(sub.steps.flatMap(({ outputs, pours }) => [...outputs, ...pours].map(({ name }) => name)))
  const read = sub.steps.flatMap((step) => step.inputs.map((input) => input.from))
  const open = new Set([...sub.resources.keys(), ...sub.flavours.keys(), ...read.filter((name) => !results.has(name))])
  const step = calling.name
  return [
    ...calling.inputs
      .filter(({ key }) => !open.has(key))
      .map(({ key, place }) => failureAt('sub-input-unknown', { step, name: key, near: nearest(key, open) }, place)),
    ...calling.outputs
      .filter(({ key }) => !results.has(key))
      .map(({ key, place }) =>
        failureAt('sub-output-unknown', { step, name: key, near: nearest(key, results) }, place),
      ),
  ]
}
