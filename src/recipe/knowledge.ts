// What the checks ask of a configuration: where something was written, and which names reach which step.
import type { Position } from '../base/failure.ts'
import type { Configuration, Input, Step } from '../config/configuration.ts'
import { producersOf, topological } from './order.ts'

export function placeOf(configuration: Configuration, path: string): Position | undefined {
  const origin = configuration.origins.get(path)
  return origin?.from === 'file' ? origin.at : undefined
}

export interface Reach {
  /** Names in the records of a step's variants: its `depends`. */
  of(step: Step): Set<string>
  /** The same with what the step itself collects. */
  before(step: Step): Set<string>
}

/** Only for recipes without circles. */
export function reachOf(configuration: Configuration): Reach {
  const producers = producersOf(configuration.steps.values())
  const after = new Map<Step, Set<string>>()
  const before = new Map<Step, Set<string>>()
  const ofInput = ({ from }: Input): Iterable<string> => {
    const producer = producers.get(from)
    return producer === undefined ? [from] : (after.get(producer) ?? [])
  }
  for (const step of topological(configuration)) {
    const all = new Set([step.name])
    const left = new Set([step.name])
    for (const input of step.inputs)
      for (const name of ofInput(input)) {
        all.add(name)
        if (input.collect === undefined || (input.collect !== 'all' && !input.collect.includes(name))) left.add(name)
      }
    before.set(step, all)
    after.set(step, left)
  }
  return { of: (step) => after.get(step)!, before: (step) => before.get(step)! }
}
