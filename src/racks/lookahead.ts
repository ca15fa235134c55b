// Plays the coming changes before it drops a good. Goods that would spoil before they are taken are lost anyway and
// go first. If none would spoil, the good that would occupy its place longest goes, because others will need the
// place.
import { RemovableHeap } from './removable-heap.ts'
import { type Good, type HeldGood, type ShelfPlan, type Situation, acceptsKind } from './goods.ts'

export function lookahead<G extends Good>(situation: Situation<G>): HeldGood<G> {
  const candidates = [...situation.candidates(), situation.incoming]
  const doomed = candidates.filter(endsBeforeDue)
  const certain = doomed.filter(({ shelf }) => !shelf.overflow)
  if (certain.length > 0) return last(certain, leaving)
  const rescued = doomed.length > 0 ? rescuedByMoving(situation) : new Set<HeldGood<G>>()
  const lost = doomed.filter((held) => !rescued.has(held))
  if (lost.length === 0) return last(candidates, leaving)
  // If no due time is known, every good is lost in the end, so the one worth least goes first.
  const never = lost.every(({ good }) => good.due === undefined)
  return never ? last(lost, (held) => -situation.value(held)) : last(lost, leaving)
}

const dueOf = ({ good }: HeldGood<Good>): number => good.due ?? Number.POSITIVE_INFINITY
const endsBeforeDue = (held: HeldGood<Good>): boolean => held.end <= dueOf(held)
const leaving = (held: HeldGood<Good>): number => Math.min(held.end, dueOf(held))

function last<H extends HeldGood<Good>>(goods: readonly H[], key: (held: H) => number): H {
  let found: H | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const held of goods) {
    const own = key(held)
    if (found && (own < highest || (own === highest && held.number <= found.number))) continue
    found = held
    highest = own
  }
  if (!found) throw new Error('a choice among no goods')
  return found
}

/**
 * Plays the shelves forward without new goods. A good that moves back from overflow early enough survives until it is
 * taken.
 */
function rescuedByMoving<G extends Good>({ held, decay, moment, now }: Situation<G>): Set<HeldGood<G>> {
  const rescued = new Set<HeldGood<G>>()
  const all = held()
  const waiting = all.filter(({ shelf }) => shelf.overflow).sort((one, other) => one.end - other.end)
  const places = new RemovableHeap<{ shelf: ShelfPlan; size: number }>()
  for (const one of all) if (!one.shelf.overflow) places.add({ shelf: one.shelf, size: one.good.size }, leaving(one), 0)
  while (places.first && waiting.length > 0) {
    const { key: at, item } = places.first
    places.remove(places.first)
    const next = waiting.findIndex(
      (one) => leaving(one) > at && one.good.size <= item.size && acceptsKind(item.shelf, one.good.kind),
    )
    const [moved] = next < 0 ? [] : waiting.splice(next, 1)
    if (moved === undefined) continue
    const { age, wear, factor } = moment(moved)
    const later = { age: age + at - now, wear: wear + factor * (at - now), factor: item.shelf.factor }
    const end = moved.good.born + decay.lastAge(moved.good, later)
    if (end > dueOf(moved)) rescued.add(moved)
    places.add(item, Math.min(end, dueOf(moved)), 0)
  }
  return rescued
}
