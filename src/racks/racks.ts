// Racks: shelves with capacities, overflow, goods that lose value with time, and a strategy for when all is full.
// The fridge keeps its results by it and the order simulation its orders. It knows no clock: whoever calls says when.
import { type Entry, Heap } from './removable-heap.ts'
import { type Change, type Decay, type Good, type Held, type ShelfPlan, takes } from './goods.ts'
import { type First, momentOf, type Placed, Shelf } from './rack-shelf.ts'
import { type Choose, type Ranking, type StrategyName, strategyOf } from './strategies.ts'

export type { Change, Decay, Good, Held, Moment, ShelfPlan } from './goods.ts'
export { type Choose, type StrategyName, strategyNames } from './strategies.ts'

export interface RackPlan<G extends Good> {
  /** In the order in which they are tried. */
  shelves: readonly ShelfPlan[]
  decay: Decay<G>
  strategy: StrategyName | Choose<G>
}

/** Where a kind may lie, and which shelves make room for it by taking something back from overflow. */
interface Route<G extends Good> {
  /** Own shelves first, then overflow. */
  places: Shelf<G>[]
  overflow: Shelf<G>[]
}

/** Times handed in must not go back. Each call says what it changed. */
export class Racks<G extends Good> {
  readonly #shelves: Shelf<G>[]
  readonly #byPlan = new Map<ShelfPlan, Shelf<G>>()
  readonly #decay: Decay<G>
  readonly #ranking: Ranking<G> | undefined
  readonly #choose: Choose<G> | undefined
  readonly #routes = new Map<string, Route<G>>()
  readonly #placed = new Map<G, Placed<G>>()
  readonly #spoiling = new Heap<Placed<G>>()
  /** What lies on overflow, by kind, the one whose value ends first in front. */
  readonly #waiting = new Map<string, Heap<Placed<G>>>()
  #count = 0

  constructor({ shelves, decay, strategy }: RackPlan<G>) {
    const meant = strategyOf(strategy)
    if (typeof meant === 'function') this.#choose = meant
    else this.#ranking = meant
    this.#decay = decay
    const value = (placed: Placed<G>, now: number): number => decay.value(placed.good, momentOf(placed, now))
    this.#shelves = shelves.map((plan) => new Shelf(plan, this.#ranking, value))
    for (const shelf of this.#shelves) this.#byPlan.set(shelf.plan, shelf)
  }

  get size(): number {
    return this.#placed.size
  }

  /** When the next value ends, if nothing happens before. */
  get nextEnd(): number {
    return this.#spoiling.first?.key ?? Number.POSITIVE_INFINITY
  }

  /** What lies on each shelf, in the order of the plan. */
  shelves(): { plan: ShelfPlan; used: number; held: Held<G>[] }[] {
    return this.#shelves.map(({ plan, used, held }) => ({ plan, used, held: [...held] }))
  }

  find(good: G): Held<G> | undefined {
    return this.#placed.get(good)
  }

  value(held: Held<G>, now: number): number {
    return this.#decay.value(held.good, momentOf(held as Placed<G>, now))
  }

  /** Lets go what has no value left, in the order in which that happens; what overflowed moves to the places. */
  passTime(now: number): Change<G>[] {
    const changes: Change<G>[] = []
    this.#spoil(now, changes)
    return changes
  }

  put(good: G, now: number): Change<G>[] {
    const changes = this.passTime(now)
    const number = this.#count++
    const route = this.#route(good.kind)
    const place = firstWithRoom(route.places, good.size)
    if (place) this.#add(this.#place(good, number, place, now), place, changes)
    else this.#makeRoom(good, number, route, now, changes)
    return changes
  }

  /** Nothing where it is not there any more. */
  take(good: G, now: number): Change<G>[] {
    const changes = this.passTime(now)
    const placed = this.#placed.get(good)
    if (!placed) return changes
    const value = this.value(placed, now)
    changes.push({ type: 'taken', good, shelf: placed.shelf.name, value, at: now })
    this.#remove(placed, now, changes)
    return changes
  }

  #route(kind: string): Route<G> {
    const known = this.#routes.get(kind)
    if (known) return known
    const fitting = this.#shelves.filter(({ plan }) => takes(plan, kind))
    const overflow = fitting.filter(({ plan }) => plan.overflow)
    const route = { places: [...fitting.filter(({ plan }) => !plan.overflow), ...overflow], overflow }
    this.#routes.set(kind, route)
    return route
  }

  #place(good: G, number: number, { plan }: Shelf<G>, now: number): Placed<G> {
    const age = now - good.born
    const wear = plan.factor * age
    const end = good.born + this.#decay.lastAge(good, { age, wear, factor: plan.factor })
    const entries = { spoiling: undefined, waiting: undefined, ranked: undefined }
    return { good, number, shelf: plan, since: now, wear, end, ...entries }
  }

  #add(placed: Placed<G>, shelf: Shelf<G>, changes: Change<G>[]): void {
    const { good, since: at } = placed
    if (placed.end <= at) {
      changes.push({ type: 'spoiled', good, shelf: undefined, at })
      return
    }
    changes.push({ type: 'put', good, shelf: shelf.plan.name, at })
    this.#placed.set(good, placed)
    this.#enter(placed, shelf)
  }

  #enter(placed: Placed<G>, shelf: Shelf<G>): void {
    shelf.add(placed)
    if (placed.end < Number.POSITIVE_INFINITY) placed.spoiling = this.#spoiling.add(placed, placed.end, placed.number)
    if (shelf.plan.overflow) placed.waiting = this.#queue(placed.good.kind).add(placed, placed.end, placed.number)
  }

  /** Out of its shelf and every list. */
  #leave(placed: Placed<G>): Shelf<G> {
    const shelf = this.#byPlan.get(placed.shelf) as Shelf<G>
    shelf.remove(placed)
    if (placed.spoiling) this.#spoiling.remove(placed.spoiling)
    if (placed.waiting) this.#queue(placed.good.kind).remove(placed.waiting)
    placed.spoiling = placed.waiting = placed.ranked = undefined
    return shelf
  }

  #queue(kind: string): Heap<Placed<G>> {
    const known = this.#waiting.get(kind)
    if (known) return known
    const made = new Heap<Placed<G>>()
    this.#waiting.set(kind, made)
    return made
  }

  #remove(placed: Placed<G>, now: number, changes: Change<G>[]): void {
    this.#placed.delete(placed.good)
    const shelf = this.#leave(placed)
    if (!shelf.plan.overflow) this.#refill(shelf, now, changes)
  }

  /** Takes back from overflow what fits, what would spoil first in front. */
  #refill(shelf: Shelf<G>, now: number, changes: Change<G>[]): void {
    for (;;) {
      const first = this.#firstWaiting(shelf.plan)
      if (!first || !shelf.hasRoom(first.item.good.size)) return
      const placed = first.item
      const { age, wear } = momentOf(placed, now)
      const from = placed.shelf.name
      this.#leave(placed)
      placed.shelf = shelf.plan
      placed.since = now
      placed.wear = wear
      placed.end = placed.good.born + this.#decay.lastAge(placed.good, { age, wear, factor: shelf.plan.factor })
      this.#enter(placed, shelf)
      changes.push({ type: 'moved', good: placed.good, from, shelf: shelf.plan.name, at: now })
    }
  }

  #firstWaiting(plan: ShelfPlan): Entry<Placed<G>> | undefined {
    let found: Entry<Placed<G>> | undefined
    for (const kind of plan.accepts ?? this.#waiting.keys()) {
      const first = this.#waiting.get(kind)?.first
      if (first && (!found || first.key < found.key || (first.key === found.key && first.tie < found.tie)))
        found = first
    }
    return found
  }

  #spoil(now: number, changes: Change<G>[]): void {
    for (let first = this.#spoiling.first; first && first.key <= now; first = this.#spoiling.first) {
      const { item: placed, key: at } = first
      changes.push({ type: 'spoiled', good: placed.good, shelf: placed.shelf.name, at })
      this.#remove(placed, at, changes)
    }
  }

  /** Drops until the new good has a place or is itself what goes. */
  #makeRoom(good: G, number: number, route: Route<G>, now: number, changes: Change<G>[]): void {
    const fitting = route.places.filter(({ plan }) => good.size <= plan.capacity)
    const worst = fitting.at(-1)
    if (!worst) {
      changes.push({ type: 'wasted', good, shelf: undefined, value: this.#newValue(good, now), at: now })
      return
    }
    const incoming = this.#place(good, number, worst, now)
    if (incoming.end <= now) {
      changes.push({ type: 'spoiled', good, shelf: undefined, at: now })
      return
    }
    for (;;) {
      const victim = this.#victim(incoming, this.#helping(route, fitting), now)
      if (victim === incoming) {
        changes.push({ type: 'wasted', good, shelf: undefined, value: this.value(incoming, now), at: now })
        return
      }
      const value = this.value(victim, now)
      changes.push({ type: 'wasted', good: victim.good, shelf: victim.shelf.name, value, at: now })
      this.#remove(victim, now, changes)
      const place = firstWithRoom(fitting, good.size)
      if (place) return this.#add(this.#place(good, number, place, now), place, changes)
    }
  }

  #newValue(good: G, now: number): number {
    return this.#decay.value(good, { age: now - good.born, wear: now - good.born, factor: 1 })
  }

  /** The good's own places, and shelves that would take something back from the overflow it could lie on. */
  #helping(route: Route<G>, fitting: Shelf<G>[]): Shelf<G>[] {
    const overflowing = route.overflow.some((shelf) => shelf.held.size > 0)
    return this.#shelves.filter(
      (shelf) =>
        fitting.includes(shelf) || (overflowing && !shelf.plan.overflow && this.#waitsFor(shelf.plan, route.overflow)),
    )
  }

  #waitsFor(plan: ShelfPlan, overflow: Shelf<G>[]): boolean {
    const first = this.#firstWaiting(plan)?.item
    return first !== undefined && overflow.some((shelf) => shelf.plan === first.shelf)
  }

  #victim(incoming: Placed<G>, shelves: Shelf<G>[], now: number): Placed<G> {
    if (this.#choose) return this.#chosen(this.#choose, incoming, shelves, now)
    const rank = (this.#ranking as Ranking<G>).rank(incoming, (held) => this.value(held, now))
    let found: First<G> = { item: incoming, key: rank, tie: incoming.number }
    for (const shelf of shelves) {
      const first = shelf.first(now)
      if (first && (first.key < found.key || (first.key === found.key && first.tie < found.tie))) found = first
    }
    return found.item
  }

  #chosen(choose: Choose<G>, incoming: Placed<G>, shelves: Shelf<G>[], now: number): Placed<G> {
    const chosen = choose({
      incoming,
      candidates: () => shelves.flatMap(({ held }) => [...held]),
      held: () => [...this.#placed.values()],
      decay: this.#decay,
      now,
      value: (held) => this.value(held, now),
      moment: (held) => momentOf(held as Placed<G>, now),
    })
    const victim = chosen === incoming ? incoming : this.#placed.get(chosen?.good)
    if (victim === incoming || (victim && shelves.some(({ plan }) => plan === victim.shelf))) return victim
    throw new RangeError('a strategy chose a good whose leaving makes no room')
  }
}

function firstWithRoom<G extends Good>(shelves: Shelf<G>[], size: number): Shelf<G> | undefined {
  for (const shelf of shelves) if (shelf.hasRoom(size)) return shelf
  return undefined
}
