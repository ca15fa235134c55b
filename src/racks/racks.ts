// Holds goods that lose value with time on shelves with capacities and overflow, and applies a strategy when all are
// full. The fridge retains its results with it, and the order simulation its orders. It reads no clock: callers pass
// the time.
import { type Entry, RemovableHeap } from './removable-heap.ts'
import { type Change, type Decay, type Good, type HeldGood, type ShelfPlan, acceptsKind } from './goods.ts'
import { type LowestRank, momentOf, type PlacedGood, Shelf } from './rack-shelf.ts'
import { type Choose, type Ranking, type StrategyName, strategyOf } from './strategies.ts'

export type { Change, Decay, Good, HeldGood, Moment, ShelfPlan } from './goods.ts'
export { type Choose, type StrategyName, strategyNames } from './strategies.ts'

export interface RackPlan<G extends Good> {
  /** In the order in which they are tried. */
  shelves: readonly ShelfPlan[]
  decay: Decay<G>
  strategy: StrategyName | Choose<G>
}

/** The shelves that accept one kind, and which of them are overflow. */
interface Route<G extends Good> {
  /** Regular shelves first, then overflow. */
  places: Shelf<G>[]
  overflow: Shelf<G>[]
}

/** A good that is being put, and the time. */
interface Arrival<G> {
  good: G
  number: number
  now: number
}

/** Callers pass times that never decrease. Each call returns the changes it made. */
export class Racks<G extends Good> {
  readonly #shelves: Shelf<G>[]

  readonly #decay: Decay<G>
  readonly #strategy: Choose<G> | Ranking<G>
  readonly #routes = new Map<string, Route<G>>()
  readonly #placed = new Map<G, PlacedGood<G>>()
  readonly #spoiling = new RemovableHeap<PlacedGood<G>>()
  /** The goods on overflow by kind, the one whose value ends first in front. */
  readonly #waiting = new Map<string, RemovableHeap<PlacedGood<G>>>()
  #count = 0

  constructor({ shelves, decay, strategy }: RackPlan<G>) {
    this.#strategy = strategyOf(strategy)
    const ranking = typeof this.#strategy === 'function' ? undefined : this.#strategy
    this.#decay = decay
    const value = (held: HeldGood<G>, now: number): number => decay.value(held.good, momentOf(held, now))
    this.#shelves = shelves.map((plan) => new Shelf(plan, ranking, value))
  }

  get size(): number {
    return this.#placed.size
  }

  /** The time at which the next value ends if nothing else happens before. */
  get nextEnd(): number {
    return this.#spoiling.first?.key ?? Number.POSITIVE_INFINITY
  }

  /** Returns every shelf with its goods, in the order of the plan. */
  shelves(): { plan: ShelfPlan; used: number; held: HeldGood<G>[] }[] {
    return this.#shelves.map(({ plan, used, held }) => ({ plan, used, held: [...held] }))
  }

  find(good: G): HeldGood<G> | undefined {
    return this.#placed.get(good)
  }

  value(held: HeldGood<G>, now: number): number {
    return this.#decay.value(held.good, momentOf(held, now))
  }

  /** Removes goods whose value has ended, in the order in which it ended, and refills their places from overflow. */
  passTime(now: number): Change<G>[] {
    const changes: Change<G>[] = []
    this.#spoil(now, changes)
    return changes
  }

  put(good: G, now: number): Change<G>[] {
    const changes = this.passTime(now)
    const arrival = { good, number: this.#count++, now }
    const route = this.#route(good.kind)
    const place = firstWithRoom(route.places, good.size)
    if (place) this.#add(this.#place(arrival, place), place, changes)
    else this.#makeRoom(arrival, route, changes)
    return changes
  }

  /** Changes nothing if the good is gone. */
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
    const fitting = this.#shelves.filter(({ plan }) => acceptsKind(plan, kind))
    const overflow = fitting.filter(({ plan }) => plan.overflow)
    const route = { places: [...fitting.filter(({ plan }) => !plan.overflow), ...overflow], overflow }
    this.#routes.set(kind, route)
    return route
  }

  #place({ good, number, now }: Arrival<G>, place: Shelf<G>): PlacedGood<G> {
    const { plan } = place
    const age = now - good.born
    const wear = plan.factor * age
    const end = good.born + this.#decay.lastAge(good, { age, wear, factor: plan.factor })
    const entries = { spoiling: undefined, waiting: undefined, ranked: undefined }
    return { good, number, shelf: plan, place, since: now, wear, end, ...entries }
  }

  #add(placed: PlacedGood<G>, shelf: Shelf<G>, changes: Change<G>[]): void {
    const { good, since: at } = placed
    if (placed.end <= at) {
      changes.push({ type: 'spoiled', good, shelf: undefined, at })
      return
    }
    changes.push({ type: 'put', good, shelf: shelf.plan.name, at })
    this.#placed.set(good, placed)
    this.#enter(placed, shelf)
  }

  #enter(placed: PlacedGood<G>, shelf: Shelf<G>): void {
    shelf.add(placed)
    if (placed.end < Number.POSITIVE_INFINITY) placed.spoiling = this.#spoiling.add(placed, placed.end, placed.number)
    if (shelf.plan.overflow) placed.waiting = this.#queue(placed.good.kind).add(placed, placed.end, placed.number)
  }

  /** Removes the good from its shelf and from every queue. */
  #leave(placed: PlacedGood<G>): Shelf<G> {
    const shelf = placed.place
    shelf.remove(placed)
    if (placed.spoiling) this.#spoiling.remove(placed.spoiling)
    if (placed.waiting) this.#queue(placed.good.kind).remove(placed.waiting)
    placed.spoiling = placed.waiting = placed.ranked = undefined
    return shelf
  }

  #queue(kind: string): RemovableHeap<PlacedGood<G>> {
    const known = this.#waiting.get(kind)
    if (known) return known
    const created = new RemovableHeap<PlacedGood<G>>()
    this.#waiting.set(kind, created)
    return created
  }

  #remove(placed: PlacedGood<G>, now: number, changes: Change<G>[]): void {
    this.#placed.delete(placed.good)
    const shelf = this.#leave(placed)
    if (!shelf.plan.overflow) this.#refill(shelf, now, changes)
  }

  /** Moves goods that fit back from overflow, the one that would spoil first in front. */
  #refill(shelf: Shelf<G>, now: number, changes: Change<G>[]): void {
    for (;;) {
      const first = this.#firstWaiting(shelf.plan)
      if (!first || !shelf.hasRoom(first.item.good.size)) return
      const placed = first.item
      const { age, wear } = momentOf(placed, now)
      const from = placed.shelf.name
      this.#leave(placed)
      placed.shelf = shelf.plan
      placed.place = shelf
      placed.since = now
      placed.wear = wear
      placed.end = placed.good.born + this.#decay.lastAge(placed.good, { age, wear, factor: shelf.plan.factor })
      this.#enter(placed, shelf)
      changes.push({ type: 'moved', good: placed.good, from, shelf: shelf.plan.name, at: now })
    }
  }

  #firstWaiting(plan: ShelfPlan): Entry<PlacedGood<G>> | undefined {
    let found: Entry<PlacedGood<G>> | undefined
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

  /** Drops goods until the new one finds a place or is itself dropped. */
  #makeRoom(arrival: Arrival<G>, route: Route<G>, changes: Change<G>[]): void {
    const { good, now } = arrival
    const fitting = route.places.filter(({ plan }) => good.size <= plan.capacity)
    const worst = fitting.at(-1)
    if (!worst) {
      changes.push({ type: 'wasted', good, shelf: undefined, value: this.#newValue(good, now), at: now })
      return
    }
    const incoming = this.#place(arrival, worst)
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
      if (place) return this.#add(this.#place(arrival, place), place, changes)
    }
  }

  #newValue(good: G, now: number): number {
    return this.#decay.value(good, { age: now - good.born, wear: now - good.born, factor: 1 })
  }

  /** Returns the good's own shelves, and those that would take a good back from the overflow it could lie on. */
  #helping(route: Route<G>, fitting: Shelf<G>[]): Shelf<G>[] {
    const overflowing = route.overflow.some((shelf) => shelf.held.size > 0)
    return this.#shelves.filter(
      (shelf) =>
        fitting.includes(shelf) || (overflowing && !shelf.plan.overflow && this.#waitsFor(shelf.plan, route.overflow)),
    )
  }

  #waitsFor(plan: ShelfPlan, overflow: Shelf<G>[]): boolean {
    const first = this.#firstWaiting(plan)?.item
    return first !== undefined && overflow.includes(first.place)
  }

  #victim(incoming: PlacedGood<G>, shelves: Shelf<G>[], now: number): PlacedGood<G> {
    if (typeof this.#strategy === 'function') return this.#chosen(this.#strategy, incoming, shelves, now)
    const rank = this.#strategy.rank(incoming, (held) => this.value(held, now))
    let found: LowestRank<G> = { item: incoming, key: rank, tie: incoming.number }
    for (const shelf of shelves) {
      const first = shelf.first(now)
      if (first && (first.key < found.key || (first.key === found.key && first.tie < found.tie))) found = first
    }
    return found.item
  }

  #chosen(choose: Choose<G>, incoming: PlacedGood<G>, shelves: Shelf<G>[], now: number): PlacedGood<G> {
    const chosen = choose({
      incoming,
      candidates: () => shelves.flatMap(({ held }) => [...held]),
      held: () => [...this.#placed.values()],
      decay: this.#decay,
      now,
      value: (held) => this.value(held, now),
      moment: (held) => momentOf(held, now),
    })
    const victim = chosen === incoming ? incoming : this.#placed.get(chosen?.good)
    if (victim === incoming || (victim && shelves.includes(victim.place))) return victim
    throw new RangeError('a strategy chose a good whose leaving makes no room')
  }
}

function firstWithRoom<G extends Good>(shelves: Shelf<G>[], size: number): Shelf<G> | undefined {
  for (const shelf of shelves) if (shelf.hasRoom(size)) return shelf
  return undefined
}
