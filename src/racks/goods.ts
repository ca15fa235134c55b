// What lies on racks, what the racks are, and what happens there: the words of this library, as data.

export interface ShelfPlan {
  name: string
  /** The kinds it takes; all, where nothing is said. */
  accepts?: readonly string[] | undefined
  /** In the unit that goods have their size in: bytes, or 1 for each. */
  capacity: number
  /** How many times as fast goods wear here. */
  factor: number
  /** Goods lie here only while the shelves of their own are full. */
  overflow?: boolean | undefined
}

export function takes({ accepts }: ShelfPlan, kind: string): boolean {
  return accepts === undefined || accepts.includes(kind)
}

export interface Good {
  kind: string
  size: number
  /** When it began to age. All times are in one unit. */
  born: number
  /** When it will be taken, where that is known. */
  due?: number | undefined
}

/** How long a good has aged, how long times the factors of the shelves it lay on, and the factor where it lies. */
export interface Moment {
  age: number
  wear: number
  factor: number
}

/** What a good is worth, and when that ends. */
export interface Decay<G> {
  value(good: G, moment: Moment): number
  /** The age at which a good that stays where it is has no value left; Infinity where that never comes. */
  lastAge(good: G, moment: Moment): number
}

/** A good in its place. */
export interface Held<G> {
  readonly good: G
  /** Counts everything that was ever put: the older has the smaller one. */
  readonly number: number
  readonly shelf: ShelfPlan
  /** When it came to this shelf. */
  readonly since: number
  /** When its value ends if it stays here. */
  readonly end: number
}

/**
 * What happened, in the order in which it did. Everything put is in the end `taken`, `spoiled` (its value ended), `wasted`
 * (there was no room for it), or still there. `at` of a spoiled good is when its value ended.
 */
export type Change<G> =
  | { type: 'put'; good: G; shelf: string; at: number }
  | { type: 'moved'; good: G; from: string; shelf: string; at: number }
  | { type: 'taken'; good: G; shelf: string; value: number; at: number }
  | { type: 'spoiled'; good: G; shelf: string | undefined; at: number }
  | { type: 'wasted'; good: G; shelf: string | undefined; value: number; at: number }

/** What a choice is made from: the new good and everything whose place, or whose leaving, would make room for it. */
export interface Situation<G extends Good> {
  readonly incoming: Held<G>
  /** Without the new one. */
  candidates(): Held<G>[]
  /** All there is, on all shelves. */
  held(): Held<G>[]
  readonly decay: Decay<G>
  readonly now: number
  value(held: Held<G>): number
  /** How it stands with a good now. */
  moment(held: Held<G>): Moment
}
