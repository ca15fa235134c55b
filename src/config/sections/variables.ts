// Converts the environment variables of a step, or of a kitchen, to those of the configuration and back.
import type { Value } from '../../base/value.ts'
import type { StepVariable } from '../configuration.ts'
import type { ConformedStep } from '../schema/cheffile-schema.ts'

export function readVariables(written: ConformedStep['env']): StepVariable[] {
  if (Array.isArray(written)) return [...new Set(written)].map((name) => ({ name, counts: true }))
  return Object.entries(written).map(([name, value]) =>
    typeof value === 'object' ? { name, counts: value.counts } : { name, value: String(value), counts: true },
  )
}

/** A step's own variables win over those of the kitchen. */
export function layVariables(kitchen: readonly StepVariable[], own: readonly StepVariable[]): StepVariable[] {
  return [...new Map([...kitchen, ...own].map((one) => [one.name, one])).values()]
}

/** Returns true where values of the environment decide a step's results. */
export function countsEnvironment({ env }: { env: readonly StepVariable[] }): boolean {
  return env.some(({ value, counts }) => value === undefined && counts)
}

/** As a cheffile would have them. */
export function writtenVariables(variables: readonly StepVariable[]): Value | undefined {
  if (variables.length === 0) return undefined
  if (variables.every(({ value, counts }) => value === undefined && counts)) return variables.map(({ name }) => name)
  return Object.fromEntries(
    variables.map(({ name, value, counts }): [string, Value] => [
      name,
      value ?? { from: 'environment', ...(!counts && { counts }) },
    ]),
  )
}
