// Resolves results from arguments: by their names, or by the name of a step with a single output.
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { nearest } from '../base/suggestion.ts'

export function resultsNamed({ steps }: Configuration, names: readonly string[]): string[] {
  const results = [...steps.values()].flatMap((step) => step.outputs.map((output) => output.name))
  const failures: Failure[] = []
  const found = names.flatMap((name) => {
    if (results.includes(name)) return [name]
    const [only, ...more] = steps.get(name)?.outputs ?? []
    if (only && more.length === 0) return [only.name]
    failures.push(failure('result-unknown', { name, near: nearest(name, results) }))
    return []
  })
  if (failures.length > 0) throw new Refusal(failures)
  return [...new Set(found)]
}
