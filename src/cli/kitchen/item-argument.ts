// Finds the item that an argument names: `z/<hash>`, the beginning of one, or the name of a shelf with a single item.
import { failure, Refusal } from '../../base/failures/failure.ts'
import { canonical } from '../../base/value.ts'
import type { JobId } from '../../plan/job-id.ts'
import type { Session } from '../../session/session.ts'
import { findItem, isFailed, itemViews } from '../../inspection/queries.ts'
import type { ItemView } from '../../inspection/views.ts'
import { nearest } from '../../base/suggestion.ts'

const shownCandidates = 6

export function knownItem(kitchen: Session, id: string): ItemView {
  const found = findItem(kitchen, id)
  if (found) return found
  const [name = ''] = id.split('/', 1)
  const step = kitchen.configuration.steps.get(name)
  const shelf = step?.outputs[0]?.name ?? name
  const beginning = (wanted?: (job: JobId) => boolean): ItemView[] => {
    const found: ItemView[] = []
    for (const item of itemViews(kitchen, shelf, wanted)) {
      if (`${name}${item.id.slice(item.id.indexOf('/'))}`.startsWith(id)) found.push(item)
      if (found.length === shownCandidates) break
    }
    return found
  }
  const candidates = beginning()
  if (candidates.length > 1) {
    // Of many items, users most often look for one that failed.
    const failed = beginning((job) => isFailed(kitchen, job))
    const some = (failed.length > 0 ? failed : candidates).map(
      (item) => `${name}${item.id.slice(item.id.indexOf('/'))}`,
    )
    const data = { id, some, failed: failed.length > 0, narrow: differingName(candidates) }
    throw new Refusal([failure('item-ambiguous', data)])
  }
  const names = [...kitchen.shelves.keys(), ...kitchen.plan.results.keys(), ...kitchen.configuration.steps.keys()]
  throw new Refusal([failure('item-unknown', { id, near: names.includes(name) ? undefined : nearest(name, names) })])
}

/** A name whose values differ among the items, so that `-f` can choose between them. */
function differingName([one, ...others]: ItemView[]): string | undefined {
  const { depends = {} } = one ?? {}
  return Object.keys(depends).find((name) =>
    others.some((other) => canonical(other.depends[name] ?? null) !== canonical(depends[name] ?? null)),
  )
}
