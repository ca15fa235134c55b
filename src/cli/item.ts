// Items as they are typed: `z/<hash>`, the beginning of one, or the name of a shelf with a single item.
import { failure, Refusal } from '../base/failure.ts'
import type { Kitchen } from '../build/kitchen.ts'
import { findItem, itemViews } from '../build/queries.ts'
import type { ItemView } from '../build/views.ts'
import { nearest } from '../config/near.ts'

const shownCandidates = 6

export function knownItem(kitchen: Kitchen, id: string): ItemView {
  const found = findItem(kitchen, id)
  if (found) return found
  const [name = ''] = id.split('/', 1)
  const step = kitchen.configuration.steps.get(name)
  const shelf = step?.outputs[0]?.name ?? name
  const candidates: string[] = []
  for (const item of itemViews(kitchen, shelf)) {
    const candidate = `${name}${item.id.slice(item.id.indexOf('/'))}`
    if (candidate.startsWith(id)) candidates.push(candidate)
    if (candidates.length === shownCandidates) break
  }
  if (candidates.length > 1) throw new Refusal([failure('item-ambiguous', { id, some: candidates })])
  const names = [...kitchen.shelves.keys(), ...kitchen.plan.results.keys(), ...kitchen.configuration.steps.keys()]
  throw new Refusal([failure('item-unknown', { id, near: names.includes(name) ? undefined : nearest(name, names) })])
}
