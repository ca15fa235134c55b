// The strategy that plays what will come before it drops. What would spoil before it is taken is lost in any case and goes
// first; where everything would be taken in time, that goes which would keep its place longest: others will need it.
import { Heap } from './removable-heap.ts'
import { type Good, type Held, type ShelfPlan, type Situation, takes } from './goods.ts'

export function lookahead<G extends Good>(situation: Situation<G>): Held<G> {
  const candidates = [...situation.candidates(), situation.incoming]
  const doomed = candidates.filter(endsBeforeItIsTaken)
  const certain = doomed.filter(({ shelf }) => !shelf.overflow)
  if (certain.length > 0) return last(certain, leaving)
  const rescued = doomed.length > 0 ? rescuedByMoving(situation) : new Set<Held<G>>()
  const lost = doomed.filter((held) => !rescued.has(held))
  if (lost.length === 0) return last(candidates, leaving)
  // Where nobody says when anything is taken, all is lost in the end: what is worth least goes first.
  const never = lost.every(({ good }) => good.due === undefined)
  return never ? last(lost, (held) => -situation.value(held)) : last(lost, leaving)
}

const dueOf = ({ good }: Held<Good>): number => good.due ?? Number.POSITIVE_INFINITY
const endsBeforeItIsTaken = (held: Held<Good>): boolean => held.end <= dueOf(held)
const leaving = (held: Held<Good>): number => Math.min(held.end, dueOf(held))

function last<H extends Held<Good>>(goods: readonly H[], key: (held: H) => number): H {
  let found = goods[0] as H
  let most = key(found)
  for (const held of goods) {
    const one = key(held)
    if (one < most || (one === most && held.number <= found.number)) continue
    found = held
    most = one
  }
  return found
}

/** Plays the shelves on without anything new: what moves back from overflow early enough lives until it is taken. */
function rescuedByMoving<G extends Good>({ held, decay, moment, now }: Situation<G>): Set<Held<G>> {
  const rescued = new Set<Held<G>>()
  const all = held()
  const waiting = all.filter(({ shelf }) => shelf.overflow).sort((one, other) => one.end - other.end)
  const places = new Heap<{ shelf: ShelfPlan; size: number }>()
  for (const one of all) if (!one.shelf.overflow) places.add({ shelf: one.shelf, size: one.good.size }, leaving(one), 0)
  while (places.first && waiting.length > 0) {
    const { key: at, item } = places.first
    places.remove(places.first)
    const next = waiting.findIndex(
      (one) => leaving(one) > at && one.good.size <= item.size && takes(item.shelf, one.good.kind),
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
