// What an order is worth: a formula, given as text or as a function of a module, and when a value so computed ends.
import type { Decay, Good, Moment } from '../racks/racks.ts'
import type { Order } from './simulated-order.ts'

export interface Variables extends Moment {
  shelfLife: number
  decayRate: number
}

export const variableNames = ['shelfLife', 'decayRate', 'age', 'wear', 'factor'] as const satisfies (keyof Variables)[]

export interface Formula {
  /** Before it is divided by the shelf life. The variables are another's as soon as it returns. */
  worth: (variables: Variables) => number
  /** A straight line over age and wear: where it ends can be computed instead of searched. */
  straight: boolean
}

/** An order on the racks. */
export interface Ticket extends Good {
  readonly order: Order
}

export function decayOf({ worth, straight }: Formula): Decay<Ticket> {
  // One for all calls: a formula is asked tens of times for each order that finds no room.
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
    value: (ticket, moment) => {
      const { shelfLife } = ticket.order
      return shelfLife > 0 ? Math.max(0, worthIn(ticket, moment, 0) / shelfLife) : 0
    },
    lastAge: (ticket, moment) =>
      ticket.order.shelfLife > 0 ? moment.age + remaining(worthIn, ticket, moment) : moment.age,
  }
}

/** What a ticket is worth some seconds later, if it stays where it is. */
type Worth = (ticket: Ticket, moment: Moment, later: number) => number

function lineEnd(worth: Worth, ticket: Ticket, moment: Moment): number {
  const now = worth(ticket, moment, 0)
  if (!(now > 0)) return 0
  const fall = now - worth(ticket, moment, 1)
  return fall > 0 ? now / fall : Number.POSITIVE_INFINITY
}

const longest = 2 ** 40

/** Looks ahead in steps that double, then halves the last one: a value that has ended must not rise again. */
function searchedEnd(worthOf: Worth, ticket: Ticket, moment: Moment): number {
  const worth = (later: number): number => worthOf(ticket, moment, later)
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
