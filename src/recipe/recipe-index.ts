// Looks up in a configuration where something was written, and which names reach which step.
import { type Failure, failure, type Position } from '../base/failures/failure.ts'
import { canonical, fieldOf, isMap, type Value } from '../base/value.ts'
import type { Configuration, Input, Step } from '../config/configuration.ts'
import { nearest } from '../base/suggestion.ts'

export function placeOf(configuration: Configuration, path: string): Position | undefined {
  const origin = configuration.origins.get(path)
  return origin?.from === 'file' ? origin.at : undefined
}

export interface RecipeIndex {
  configuration: Configuration
  /** The step that makes each result. */
  producers: ReadonlyMap<string, Step>
  /** Names of steps that are known to be wrong, or that lie in a circle. */
  unsound: ReadonlySet<string>
  /** Tells whether a name that nothing makes may be a result of a wrong step. */
  isLost: (name: string) => boolean
}

export interface Reach {
  /** Resources, flavours and steps. */
  names: Set<string>
  /** False where a step on the way is wrong or reads what nothing makes: more names may reach the step then. */
  isWhole: boolean
}

/**
 * Returns the names in the records of a step's variants: the resources, flavours and steps that it depends on.
 * `collecting` includes the names that its own inputs collect. Few steps are queried, so nothing is cached: for a
 * long chain a cache would grow with the square of its length.
 */
export function namesReaching(index: RecipeIndex, step: Step, { collecting = false } = {}): Reach {
  const { configuration, producers, unsound } = index
  const names = new Set<string>()
  const seen = new Set<string>()
  const open: { step: Step; without: ReadonlySet<string> }[] = []
  let isWhole = true
  const take = ({ from }: Input, without: ReadonlySet<string>): void => {
    const producer = producers.get(from)
    if (producer !== undefined) open.push({ step: producer, without })
    const isName = producer === undefined || configuration.resources.has(from)
    if (isName && !without.has(from)) names.add(from)
    if (!producer && !configuration.resources.has(from) && !configuration.flavours.has(from)) isWhole = false
  }
  const takeInputs = (of: Step, without: ReadonlySet<string>, own: boolean): void => {
    if (unsound.has(of.name)) isWhole = false
    if (!without.has(of.name)) names.add(of.name)
    for (const input of of.inputs)
      if (input.collect === undefined || own) take(input, without)
      else if (input.collect !== 'all') take(input, new Set([...without, ...input.collect]))
  }
  takeInputs(step, new Set(), collecting)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const key = [next.step.name, ...[...next.without].sort()].join('\n')
    if (seen.has(key)) continue
    seen.add(key)
    takeInputs(next.step, next.without, false)
  }
  return { names, isWhole }
}

/** An empty flavour may receive values later. Any other must have the field in at least one value. */
export function fieldFailures(name: string, values: Value[], field: string[], at: Position): Failure[] {
  if (values.length === 0 || values.some((value) => fieldOf(value, field) !== undefined)) return []
  const known = [...new Set(values.flatMap((value) => (isMap(value) ? Object.keys(value) : [])))]
  return [failure('field-unknown', { name, field: field.join('.'), near: nearest(field[0]!, known), known }, at)]
}

/** Values passed to a step or used in a path need the field in every variant. */
export function missingFields(name: string, values: Value[], field: string[], at: Position): Failure[] {
  const none = fieldFailures(name, values, field, at)
  if (none.length > 0) return none
  const without = values.find((value) => fieldOf(value, field) === undefined)
  if (without === undefined) return []
  return [failure('field-missing', { name, field: field.join('.'), value: canonical(without) }, at)]
}
