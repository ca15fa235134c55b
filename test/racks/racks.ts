// Goods and decay for tests of the racks, and the books that every change is entered in.
import type { Change, Decay, Good, HeldGood, Racks, ShelfPlan } from '../../src/racks/racks.ts'

export interface Dish extends Good {
  name: string
  life: number
  rate: number
}

/** life - age - rate x wear, as a part of life: a straight line on each shelf. */
export const fading: Decay<Dish> = {
  value: ({ life, rate }, { age, wear }) => Math.max(0, (life - age - rate * wear) / life),
  lastAge: ({ life, rate }, { age, wear, factor }) => {
    const left = life - age - rate * wear
    return left <= 0 ? age : age + left / (1 + rate * factor)
  },
}

export function dish(name: string, more: Partial<Dish> = {}): Dish {
  return { name, kind: 'hot', size: 1, born: 0, life: 100, rate: 0, ...more }
}

export const oneEach: ShelfPlan[] = [
  { name: 'hot', accepts: ['hot'], capacity: 1, factor: 1 },
  { name: 'cold', accepts: ['cold'], capacity: 1, factor: 1 },
  { name: 'overflow', capacity: 1, factor: 2, overflow: true },
]

/** `put a hot`, `moved a overflow>hot`: a change as a line. */
export function line(change: Change<Dish>): string {
  const shelf = change.type === 'moved' ? `${change.from}>${change.shelf}` : (change.shelf ?? '-')
  return `${change.type} ${change.good.name} ${shelf}`
}

/** Every good is in exactly one state, and the racks agree with it. */
export class Books {
  readonly states = new Map<Dish, string>()

  enter(changes: Change<Dish>[]): void {
    for (const change of changes) {
      const before = this.states.get(change.good)
      const after = change.type === 'put' || change.type === 'moved' ? `on ${change.shelf}` : change.type
      if (change.type === 'put' && before !== undefined) throw new Error(`${line(change)}: was ${before}`)
      if (change.type === 'moved' && before !== `on ${change.from}`) throw new Error(`${line(change)}: was ${before}`)
      const expected = change.type !== 'put' && change.shelf !== undefined && change.type !== 'moved'
      if (expected && before !== `on ${change.shelf}`) throw new Error(`${line(change)}: was ${before}`)
      this.states.set(change.good, after)
    }
  }

  on(shelf: string): Dish[] {
    return [...this.states].filter(([, state]) => state === `on ${shelf}`).map(([good]) => good)
  }
}

export function heldBy(racks: Racks<Dish>): HeldGood<Dish>[] {
  return racks.shelves().flatMap(({ held }) => held)
}
