// What holds of every simulated kitchen, whoever's turn it is, and a case worked out by hand.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Variables } from '../../src/simulation/formula.ts'
import type { SimulatedOrder, SimulationEvent } from '../../src/simulation/simulated-order.ts'
import { startSimulation } from '../../src/simulation/simulation.ts'
import { kitchenOf, kitchens, ordersOf, run, turnBy } from './kitchens.ts'

const turns = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 50 })

/** Every order was received once, then delivered or wasted once, and in between lay where it was last said to lie. */
function checkStories(orders: SimulatedOrder[], events: SimulationEvent[]): void {
  const stories = new Map<SimulatedOrder, SimulationEvent[]>(orders.map((order) => [order, []]))
  for (const event of events) stories.get(event.order)?.push(event)
  for (const [order, story] of stories) {
    const types = story.map(({ type }) => type).join(' ')
    expect(types, order.id).toMatch(/^received( shelved( moved)* (delivered|wasted)| wasted)$/)
    let shelf: string | undefined
    for (const event of story) {
      if (event.type === 'received') continue
      if (event.type === 'moved') expect(event.from).toBe(shelf)
      if (event.type === 'delivered' || event.type === 'wasted') expect(event.shelf).toBe(shelf)
      shelf = event.shelf
    }
  }
}

test('received is delivered and wasted, each order once, whoever reads its mail first', () => {
  fc.assert(
    fc.property(kitchens, ordersOf(true), turns, (kitchen, orders, given) => {
      const { events, left } = run(kitchen, orders, turnBy(given))
      checkStories(orders, events)
      expect(left).toBe(0)
    }),
    { numRuns: 300 },
  )
})

test('where no two things happen at once, it makes no difference who reads its mail first', () => {
  fc.assert(
    fc.property(kitchens, ordersOf(false), turns, (kitchen, orders, given) => {
      expect(run(kitchen, orders, turnBy(given))).toEqual(run(kitchen, orders))
    }),
    { numRuns: 300 },
  )
})

test('the clock may be stopped anywhere: the same things happen, and nothing gets lost', () => {
  const stops = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 10 })
  fc.assert(
    fc.property(kitchens, ordersOf(false), stops, (kitchen, orders, given) => {
      const events: SimulationEvent[] = []
      const simulation = startSimulation(kitchen, orders[Symbol.iterator]())
      for (const time of given.sort((one, other) => one - other)) {
        simulation.playTo(time, (event) => events.push(event))
        const { received, delivered, wasted, onShelves, shelves, now } = simulation.snapshot()
        expect(received).toBe(delivered + wasted + onShelves)
        expect(shelves.flatMap(({ orders }) => orders)).toHaveLength(onShelves)
        expect(now).toBe(time)
        for (const { orders } of shelves)
          for (const { value, spoils, pickup } of orders) {
            expect(value > 0 && value <= 1).toBe(true)
            expect(spoils > now && pickup >= now).toBe(true)
          }
      }
      simulation.finish((event) => events.push(event))
      expect(events).toEqual(run(kitchen, orders).events)
      expect(simulation.ended).toBe(true)
    }),
  )
})

test('the same seed gives the same run, another seed another one', () => {
  const orders: SimulatedOrder[] = Array.from({ length: 20 }, (_, number) => {
    return { id: `${number}`, name: '', temp: 'hot', shelfLife: 10, decayRate: 1 }
  })
  expect(run(kitchenOf({ seed: 3 }), orders)).toEqual(run(kitchenOf({ seed: 3 }), orders))
  expect(run(kitchenOf({ seed: 3 }), orders)).not.toEqual(run(kitchenOf({ seed: 4 }), orders))
})

test('a clock that stops early leaves orders on the shelves', () => {
  const orders: SimulatedOrder[] = [0, 1, 2].map((at) => ({
    id: `${at}`,
    name: '',
    temp: 'hot',
    shelfLife: 99,
    decayRate: 0,
    at,
  }))
  const kitchen = kitchenOf({ couriers: { least: 1.5, most: 1.5 }, until: 2 })
  const { events, left } = run(kitchen, orders)
  expect(left).toBe(2)
  expect(events.map(({ type, order }) => `${type} ${order.id}`)).toEqual([
    'received 0',
    'shelved 0',
    'received 1',
    'shelved 1',
    'delivered 0',
    'received 2',
    'shelved 2',
  ])
})

describe('ten orders by hand', () => {
  const shelves = [
    { name: 'hot', accepts: ['hot'], capacity: 1, factor: 1 },
    { name: 'cold', accepts: ['cold'], capacity: 1, factor: 1 },
    { name: 'overflow', capacity: 1, factor: 2, overflow: true },
  ]
  const given: [id: string, temp: string, at: number, shelfLife: number, decayRate: number][] = [
    ['A', 'hot', 0, 100, 0], // on the hot shelf until its courier comes at 4: 100 - 4 = 96
    ['B', 'hot', 1, 100, 0.5], // on overflow; to the hot shelf at 4; at 5: 100 - 4 - 0.5 x 4 = 94
    ['C', 'cold', 2, 3, 0.5], // 3 = age x 1.5 at age 2: spoiled at 4
    ['D', 'hot', 3, 50, 0.5], // hot shelf and overflow are full
    ['E', 'cold', 5, 10, 1], // at 9: 10 - 4 - 4 = 2
    ['F', 'hot', 5.5, 10, 0.5], // at 9.5: 10 - 4 - 2 = 4
    ['G', 'cold', 6, 10, 0.25], // on overflow; to the cold shelf at 9; at 10: 10 - 4 - 1 = 5
    ['H', 'hot', 7, 50, 0.5], // full again
    ['I', 'hot', 9.25, 8, 1], // on overflow; to the hot shelf at 9.5; 8 = 2 x age at age 4, when its courier comes: too late
    ['J', 'cold', 12, 20, 0], // at 16: 20 - 4 = 16
  ]
  const orders = given.map(([id, temp, at, shelfLife, decayRate]) => ({ id, name: '', temp, at, shelfLife, decayRate }))
  const kitchen = kitchenOf({ shelves, couriers: { least: 4, most: 4 } })
  const endOf = (id: string, events: SimulationEvent[]): string => {
    const last = events.findLast(({ order }) => order.id === id)!
    if (last.type === 'delivered') return `${id} delivered at ${last.at} worth ${last.value}`
    return last.type === 'wasted' ? `${id} ${last.why} at ${last.at}` : last.type
  }

  test('drop-new', () => {
    const { events } = run(kitchen, orders)
    expect(orders.map(({ id }) => endOf(id, events))).toEqual([
      'A delivered at 4 worth 0.96',
      'B delivered at 5 worth 0.94',
      'C spoiled at 4',
      'D no room at 3',
      'E delivered at 9 worth 0.2',
      'F delivered at 9.5 worth 0.4',
      'G delivered at 10 worth 0.5',
      'H no room at 7',
      'I spoiled at 13.25',
      'J delivered at 16 worth 0.8',
    ])
    const moved = events.filter(({ type }) => type === 'moved').map(({ order, at }) => `${order.id} at ${at}`)
    expect(moved).toEqual(['B at 4', 'G at 9', 'I at 9.5'])
  })

  test('a formula that remembers where an order lay', () => {
    const worth = ({ shelfLife, age, decayRate, wear }: Variables) => shelfLife - age - decayRate * wear
    const { events } = run({ ...kitchen, formula: { worth, straight: true } }, orders)
    // B: 3 s on overflow at 2, 1 s on its own shelf: 100 - 4 - 0.5 x 7. G: the same, 10 - 4 - 0.25 x 7.
    expect(['B', 'G', 'I'].map((id) => endOf(id, events))).toEqual([
      'B delivered at 5 worth 0.925',
      'G delivered at 10 worth 0.425',
      // 8 - 0.25 - 0.5 on overflow, then 2 a second: 3.625 s more.
      'I spoiled at 13.125',
    ])
  })
})
