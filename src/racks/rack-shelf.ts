// One shelf: the goods on it, how full it is, and which good would be removed first.
import { type Entry, RemovableHeap } from './removable-heap.ts'
import type { Good, HeldGood, Moment, ShelfPlan } from './goods.ts'
import type { Ranking } from './strategies.ts'

/** A good in its place, with its entries in the queues that know it. */
export interface PlacedGood<G extends Good> extends HeldGood<G> {
  shelf: ShelfPlan
  place: Shelf<G>
  since: number
  wear: number
  end: number
  spoiling?: Entry<PlacedGood<G>> | undefined
  waiting?: Entry<PlacedGood<G>> | undefined
  ranked?: Entry<PlacedGood<G>> | undefined
}

/** The good that a ranking removes first. */
export interface LowestRank<G extends Good> {
  item: PlacedGood<G>
  key: number
  tie: number
}

export function momentOf({ good, shelf, since, wear }: HeldGood<Good>, now: number): Moment {
  return { age: now - good.born, wear: wear + shelf.factor * (now - since), factor: shelf.factor }
}

type ValueOf<G> = (held: HeldGood<G>, now: number) => number

export class Shelf<G extends Good> {
  readonly plan: ShelfPlan
  readonly held = new Set<PlacedGood<G>>()
  used = 0
  readonly #ranking: Ranking<G> | undefined
  readonly #value: ValueOf<G>
  /** Created by the first query, and again when time has changed the ranks. */
  #order: RemovableHeap<PlacedGood<G>> | undefined
  #orderedAt = Number.NaN

  constructor(plan: ShelfPlan, ranking: Ranking<G> | undefined, value: ValueOf<G>) {
    this.plan = plan
    this.#ranking = ranking
    this.#value = value
  }

  hasRoom(size: number): boolean {
    return this.used + size <= this.plan.capacity
  }

  add(placed: PlacedGood<G>): void {
    this.held.add(placed)
    this.used += placed.good.size
    if (!this.#order || !this.#ranking) return
    if (this.#ranking.lasting || this.#orderedAt === placed.since)
      this.#rank(placed, this.#ranking, this.#order, placed.since)
    else this.#order = undefined
  }

  remove(placed: PlacedGood<G>): void {
    this.held.delete(placed)
    // Sums of fractions drift, so an empty shelf is set to exactly zero.
    this.used = this.held.size === 0 ? 0 : this.used - placed.good.size
    if (this.#order && placed.ranked) this.#order.remove(placed.ranked)
  }

  /** Returns the good that would be removed first. */
  first(now: number): LowestRank<G> | undefined {
    if (!this.#ranking) return undefined
    if (!this.#ranking.lasting && this.#orderedAt !== now) {
      // These ranks hold at this moment only. The first query at a moment scans the goods; a second one builds the
      // order.
      this.#order = undefined
      this.#orderedAt = now
      return this.#lowest(this.#ranking, now)
    }
    if (!this.#order) {
      this.#order = new RemovableHeap()
      for (const placed of this.held) this.#rank(placed, this.#ranking, this.#order, now)
    }
    return this.#order.first
  }

  #lowest({ rank }: Ranking<G>, now: number): LowestRank<G> | undefined {
    const value = (held: HeldGood<G>): number => this.#value(held, now)
    let item: PlacedGood<G> | undefined
    let key = 0
    for (const placed of this.held) {
      const own = rank(placed, value)
      if (item && (own > key || (own === key && placed.number > item.number))) continue
      item = placed
      key = own
    }
    return item && { item, key, tie: item.number }
  }

  #rank(placed: PlacedGood<G>, { rank }: Ranking<G>, order: RemovableHeap<PlacedGood<G>>, now: number): void {
    const key = rank(placed, (held) => this.#value(held, now))
    placed.ranked = order.add(placed, key, placed.number)
  }
}
