// What an order is worth: a formula, given as text or as a function of a module, and when a value so computed ends.
import type { Decay, Good, Moment } from '../racks/racks.ts'
import type { Order } from './order.ts'

export interface Variables extends Moment {
  shelfLife: number
  decayRate: number
}

export const variableNames = ['shelfLife', 'decayRate', 'age', 'wear', 'factor'] as const satisfies (keyof Variables)[]

export interface Formula {
  /** Before it is divided by the shelf life. */
  worth: (variables: Variables) => number
  /** A straight line over age and wear: where it ends can be computed instead of searched. */
  straight: boolean
}

/** An order on the racks. */
export interface Ticket extends Good {
  readonly order: Order
}

export function decayOf({ worth, straight }: Formula): Decay<Ticket> {
  const at = ({ order: { shelfLife, decayRate } }: Ticket, { age, wear, factor }: Moment, later: number): number =>
    worth({ shelfLife, decayRate, age: age + later, wear: wear + factor * later, factor })
  const remaining = straight ? lineEnd : searchedEnd
  return {
    value: (ticket, moment) => {
      const { shelfLife } = ticket.order
      return shelfLife > 0 ? Math.max(0, at(ticket, moment, 0) / shelfLife) : 0
    },
    lastAge: (ticket, moment) => {
      if (ticket.order.shelfLife <= 0) return moment.age
      return moment.age + remaining((later) => at(ticket, moment, later))
    },
  }
}

function lineEnd(worth: (later: number) => number): number {
  const now = worth(0)
  if (!(now > 0)) return 0
  const fall = now - worth(1)
  return fall > 0 ? now / fall : Number.POSITIVE_INFINITY
}

const longest = 2 ** 40

/** Looks ahead in steps that double, then halves the last one: a value that has ended must not rise again. */
function searchedEnd(worth: (later: number) => number): number {
  if (!(worth(0) > 0)) return 0
  let after = 1
  while (worth(after) > 0) {
    after *= 2
    if (after > longest) return Number.POSITIVE_INFINITY
  }
  let before = after > 1 ? after / 2 : 0
  for (;;) {
    const middle = (before + after) / 2
    if (middle <= before || middle >= after) return after
    if (worth(middle) > 0) before = middle
    else after = middle
  }
}
