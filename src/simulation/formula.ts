// Computes the value of an order by a formula, given as text or as a function of a module, and the time at which that
// value ends.
import type { Decay, Good, Moment } from '../racks/racks.ts'
import type { SimulatedOrder } from './simulated-order.ts'

export interface Variables extends Moment {
  shelfLife: number
  decayRate: number
}

export const variableNames = ['shelfLife', 'decayRate', 'age', 'wear', 'factor'] as const satisfies (keyof Variables)[]

export interface Formula {
  /**
   * Computes the value before it is divided by the shelf life. The caller reuses the variables object once this
   * returns.
   */
  worth: (variables: Variables) => number
  /** True if the value is a straight line over age and wear. Its end is then computed instead of searched. */
  straight: boolean
}

/** An order on the racks. */
export interface ShelvedOrder extends Good {
  readonly order: SimulatedOrder
  readonly due: number
}

export function decayOf({ worth, straight }: Formula): Decay<ShelvedOrder> {
  // One object serves all calls: a formula is evaluated tens of times for each order that finds no room.
  const variables: Variables = { shelfLife: 0, decayRate: 0, age: 0, wear: 0, factor: 0 }
  const worthIn: Worth = ({ order }, { age, wear, factor }, later) => {
    variables.shelfLife = order.shelfLife
    variables.decayRate = order.decayRate
    variables.age = age + later
    variables.wear = wear + factor * later
    variables.factor = factor
    return worth(variables)
  }
  const remaining = straight ? lineEnd : searchedEnd
  return {
    value: (shelved, moment) => {
      const { shelfLife } = shelved.order
      return shelfLife > 0 ? Math.max(0, worthIn(shelved, moment, 0) / shelfLife) : 0
    },
    lastAge: (shelved, moment) =>
      shelved.order.shelfLife > 0 ? moment.age + remaining(worthIn, shelved, moment) : moment.age,
  }
}

/** Computes the value of an order some seconds later, if it stays where it is. */
type Worth = (shelved: ShelvedOrder, moment: Moment, later: number) => number

function lineEnd(worth: Worth, shelved: ShelvedOrder, moment: Moment): number {
  const now = worth(shelved, moment, 0)
  if (!(now > 0)) return 0
  const fall = now - worth(shelved, moment, 1)
  return fall > 0 ? now / fall : Number.POSITIVE_INFINITY
}

/** Seconds after which a value is taken to last for ever. */
const longestSearch = 2 ** 40

/** Looks ahead in doubling steps, then bisects the last one. A value that has ended must not rise again. */
function searchedEnd(worthOf: Worth, shelved: ShelvedOrder, moment: Moment): number {
  const worth = (later: number): number => worthOf(shelved, moment, later)
  if (!(worth(0) > 0)) return 0
  let after = 1
  while (worth(after) > 0) {
    after *= 2
    if (after > longestSearch) return Number.POSITIVE_INFINITY
  }
  let before = after > 1 ? after / 2 : 0
  for (;;) {
    const middle = (before + after) / 2
    if (middle <= before || middle >= after) return after
    if (worth(middle) > 0) before = middle
    else after = middle
  }
}
