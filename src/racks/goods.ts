// The data types of the rack library: shelves, goods, their decay and the changes that happen to them.

export interface ShelfPlan {
  name: string
  /** The kinds of goods that the shelf accepts. Undefined accepts all. */
  accepts?: readonly string[] | undefined
  /** In the unit of `Good.size`: bytes, or 1 for each good. */
  capacity: number
  /** Goods wear this many times as fast on this shelf. */
  factor: number
  /** Goods are put here only while every regular shelf that accepts them is full. */
  overflow?: boolean | undefined
}

export function acceptsKind({ accepts }: ShelfPlan, kind: string): boolean {
  return accepts === undefined || accepts.includes(kind)
}

export interface Good {
  kind: string
  size: number
  /** The time at which it began to age. All times share one unit. */
  born: number
  /** The time at which somebody will take it, if that is known. */
  due?: number | undefined
}

/**
 * The state of a good at one time: its age, the sum of time times factor over the shelves it lay on, and the current
 * factor.
 */
export interface Moment {
  age: number
  wear: number
  factor: number
}

/** Computes the value of a good and when that value ends. */
export interface Decay<G> {
  value(good: G, moment: Moment): number
  /** The age at which the good loses its last value if it stays on its shelf. Infinity if it never does. */
  lastAge(good: G, moment: Moment): number
}

/** A good together with its place. */
export interface HeldGood<G> {
  readonly good: G
  /** Counts every good that was ever put, so an older good has a smaller number. */
  readonly number: number
  readonly shelf: ShelfPlan
  /** The time at which it came to this shelf. */
  readonly since: number
  /** The time at which its value ends if it stays here. */
  readonly end: number
  /** The sum of time times factor over the shelves before this one. */
  readonly wear: number
}

/**
 * A change to a good. Every good that is put ends as `taken`, as `spoiled` (its value ended), as `wasted` (no room),
 * or is still on a shelf. A spoiled good's `at` is the time at which its value ended.
 */
export type Change<G> =
  | { type: 'put'; good: G; shelf: string; at: number }
  | { type: 'moved'; good: G; from: string; shelf: string; at: number }
  | { type: 'taken'; good: G; shelf: string; value: number; at: number }
  | { type: 'spoiled'; good: G; shelf: string | undefined; at: number }
  | { type: 'wasted'; good: G; shelf: string | undefined; value: number; at: number }

/** The input of a strategy's choice: the new good, and every good whose removal would make room for it. */
export interface Situation<G extends Good> {
  readonly incoming: HeldGood<G>
  /** Excludes the new good. */
  candidates(): HeldGood<G>[]
  /** Every good on every shelf. */
  held(): HeldGood<G>[]
  readonly decay: Decay<G>
  readonly now: number
  value(held: HeldGood<G>): number
  moment(held: HeldGood<G>): Moment
}
