// One shelf: what lies on it, how full it is, and who on it would go first.
import { type Entry, Heap } from './removable-heap.ts'
import type { Good, Held, Moment, ShelfPlan } from './goods.ts'
import type { Ranking } from './strategies.ts'

/** A good in its place, with its entries in the lists that know it. */
export interface Placed<G extends Good> {
  readonly good: G
  readonly number: number
  shelf: ShelfPlan
  since: number
  /** Age times factor, all shelves before this one together. */
  wear: number
  end: number
  spoiling?: Entry<Placed<G>> | undefined
  waiting?: Entry<Placed<G>> | undefined
  ranked?: Entry<Placed<G>> | undefined
}

export interface First<G extends Good> {
  item: Placed<G>
  key: number
  tie: number
}

export function momentOf({ good, shelf, since, wear }: Placed<Good>, now: number): Moment {
  return { age: now - good.born, wear: wear + shelf.factor * (now - since), factor: shelf.factor }
}

export class Shelf<G extends Good> {
  readonly plan: ShelfPlan
  readonly held = new Set<Placed<G>>()
  used = 0
  readonly #ranking: Ranking<G> | undefined
  readonly #value: (placed: Placed<G>, now: number) => number
  /** Made when it is first asked for, and anew when ranks have changed with time. */
  #order: Heap<Placed<G>> | undefined
  #orderedAt = Number.NaN

  constructor(plan: ShelfPlan, ranking: Ranking<G> | undefined, value: (placed: Placed<G>, now: number) => number) {
    this.plan = plan
    this.#ranking = ranking
    this.#value = value
  }

  hasRoom(size: number): boolean {
    return this.used + size <= this.plan.capacity
  }

  add(placed: Placed<G>): void {
    this.held.add(placed)
    this.used += placed.good.size
    if (!this.#order || !this.#ranking) return
    if (this.#ranking.lasting || this.#orderedAt === placed.since) this.#rank(placed, this.#order, placed.since)
    else this.#order = undefined
  }

  remove(placed: Placed<G>): void {
    this.held.delete(placed)
    // Sums of fractions drift: an empty shelf is empty.
    this.used = this.held.size === 0 ? 0 : this.used - placed.good.size
    if (this.#order && placed.ranked) this.#order.remove(placed.ranked)
  }

  /** Who would go first. */
  first(now: number): First<G> | undefined {
    if (!this.#ranking) return undefined
    if (!this.#ranking.lasting && this.#orderedAt !== now) {
      // Ranks of this moment alone: whoever asks once is told by a look at each, whoever asks again has them in order.
      this.#order = undefined
      this.#orderedAt = now
      return this.#lowest(this.#ranking, now)
    }
    if (!this.#order) {
      this.#order = new Heap()
      for (const placed of this.held) this.#rank(placed, this.#order, now)
    }
    return this.#order.first
  }

  #lowest({ rank }: Ranking<G>, now: number): First<G> | undefined {
    const value = (placed: Held<G>): number => this.#value(placed as Placed<G>, now)
    let item: Placed<G> | undefined
    let key = 0
    for (const placed of this.held) {
      const one = rank(placed, value)
      if (item && (one > key || (one === key && placed.number > item.number))) continue
      item = placed
      key = one
    }
    return item && { item, key, tie: item.number }
  }

  #rank(placed: Placed<G>, order: Heap<Placed<G>>, now: number): void {
    const rank = (this.#ranking as Ranking<G>).rank(placed, (held) => this.#value(held as Placed<G>, now))
    placed.ranked = order.add(placed, rank, placed.number)
  }
}
