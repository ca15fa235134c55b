// Warns of misspelled needs. Users may name burners of their own, so `cpus` would be one, with room for a single job.
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { KitchenSettings, Step } from '../configuration.ts'
import type { Origin } from '../origin.ts'
import { nearest } from '../../base/suggestion.ts'

const known = ['cpu', 'mem', 'gpu', 'time']

/** The names that other tools use. */
const elsewhere: { [name: string]: string } = {
  cores: 'cpu',
  threads: 'cpu',
  memory: 'mem',
  mem_mb: 'mem',
  ram: 'mem',
  runtime: 'time',
  walltime: 'time',
}

export function strangeNeeds(steps: Step[], named: KitchenSettings['named'], origins: Map<string, Origin>): Failure[] {
  return steps.flatMap(({ name: step, needs, ...its }) =>
    Object.keys(needs.burners).flatMap((name) => {
      const origin = origins.get(`recipe.${step}.needs.${name}`)
      const at = origin?.from === 'file' ? origin.at : its.at
      const meant = Object.hasOwn(elsewhere, name) ? elsewhere[name] : nearest(name, [...known, ...Object.keys(named)])
      return meant === undefined || Object.hasOwn(named, name)
        ? []
        : [failure('needs-unknown', { step, name, meant }, at)]
    }),
  )
}
