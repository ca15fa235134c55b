// Needs may name burners of the user's own, so a slip in `cpu` is one as well, and lets one job at a time through.
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { KitchenSettings, Step } from '../configuration.ts'
import type { Origin } from '../origin.ts'
import { nearest } from '../../base/suggestion.ts'

const known = ['cpu', 'mem', 'gpu', 'time']

/** What other tools call them. */
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
