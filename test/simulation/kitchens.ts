// Simulated kitchens for tests, and what a run of one tells.
import fc from 'fast-check'
import { strategyNames } from '../../src/racks/racks.ts'
import type { PreparedKitchen } from '../../src/simulation/prepared-kitchen.ts'
import type { SimulatedOrder, SimulationEvent } from '../../src/simulation/simulated-order.ts'
import type { Turn } from '../../src/simulation/mailboxes.ts'
import { startSimulation } from '../../src/simulation/simulation.ts'

export function kitchenOf(more: Partial<PreparedKitchen> = {}): PreparedKitchen {
  return {
    shelves: [
      { name: 'hot', accepts: ['hot'], capacity: 2, factor: 1 },
      { name: 'cold', accepts: ['cold'], capacity: 2, factor: 1 },
      { name: 'overflow', capacity: 2, factor: 2, overflow: true },
    ],
    formula: {
      worth: ({ shelfLife, age, decayRate, factor }) => shelfLife - age - decayRate * age * factor,
      straight: true,
    },
    strategy: 'drop-new',
    rate: 3,
    couriers: { least: 0, most: 4 },
    seed: 1,
    until: Number.POSITIVE_INFINITY,
    ...more,
  }
}

/** `turns`: numbers that decide, one after the other, which mailbox is emptied next. */
export function turnBy(turns: number[]): Turn {
  let at = 0
  return (ready, due) => {
    const choices = due ? [...ready, -1] : ready
    return choices[(turns[at++ % turns.length] as number) % choices.length] as number
  }
}

export function run(
  kitchen: PreparedKitchen,
  orders: SimulatedOrder[],
  turn?: Turn,
): { events: SimulationEvent[]; left: number } {
  const events: SimulationEvent[] = []
  const simulation = startSimulation(kitchen, orders[Symbol.iterator](), turn)
  simulation.finish((event) => events.push(event))
  return { events, left: simulation.counts.onShelves }
}

const kinds = ['hot', 'cold']

export const kitchens: fc.Arbitrary<PreparedKitchen> = fc
  .record({
    own: fc.record({ hot: fc.integer({ min: 0, max: 3 }), cold: fc.integer({ min: 0, max: 3 }) }),
    overflow: fc.integer({ min: 0, max: 3 }),
    factor: fc.constantFrom(0, 1, 2, 5),
    strategy: fc.constantFrom(...strategyNames),
    rate: fc.constantFrom(0.5, 3, 20),
    most: fc.integer({ min: 0, max: 6 }),
    seed: fc.nat(),
    straight: fc.boolean(),
  })
  .map(({ own, overflow, factor, most, straight, ...rest }) =>
    kitchenOf({
      ...rest,
      shelves: [
        ...kinds.map((name) => ({ name, accepts: [name], capacity: own[name as 'hot'], factor: 1 })),
        { name: 'overflow', capacity: overflow, factor, overflow: true },
      ],
      couriers: { least: Math.min(most, 2), most },
      formula: { ...kitchenOf().formula, straight },
    }),
  )

/** Without times they come at the kitchen's rate; with them often several at once. */
export const ordersOf = (recorded: boolean): fc.Arbitrary<SimulatedOrder[]> =>
  fc
    .array(
      fc.record({
        temp: fc.constantFrom(...kinds),
        shelfLife: fc.integer({ min: 0, max: 12 }),
        decayRate: fc.constantFrom(0, 0.5, 1),
        wait: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 40 },
    )
    .map((given) => {
      let at = 0
      return given.map(({ wait, ...order }, number) => {
        at += wait
        return { id: `${number}`, name: '', ...order, at: recorded ? at : undefined }
      })
    })
