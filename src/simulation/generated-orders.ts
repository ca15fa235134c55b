// Generates orders one at a time, so that they are never all in memory. Equal seeds give equal orders.
import { failure, Refusal } from '../base/failures/failure.ts'
import { seeded } from '../base/seeded.ts'
import type { ShelfPlan } from '../racks/racks.ts'
import type { SimulatedOrder } from './simulated-order.ts'

const dishes: { [temp: string]: readonly string[] } = {
  hot: ['Onion soup', 'Lentil curry', 'Cheese toast', 'Fried noodles', 'Baked potato', 'Mushroom risotto'],
  cold: ['Green salad', 'Cucumber soup', 'Rice rolls', 'Fruit cup', 'Potato salad', 'Iced tea'],
  frozen: ['Vanilla ice', 'Lemon sorbet', 'Frozen yoghurt', 'Raspberry ice', 'Ice pops', 'Coconut ice'],
}

/** Generates orders for every temperature that some shelf accepts. They keep for 20 to 400 seconds. */
export function* madeUpOrders(shelves: readonly ShelfPlan[], seed: number, count: number): Generator<SimulatedOrder> {
  const next = seeded(seed ^ 0x5bd1e995)
  const random = (least: number, most: number): number => least + Math.floor((next() / 2 ** 32) * (most - least + 1))
  const pick = (words: readonly string[]): string => words[random(0, words.length - 1)] ?? ''
  const accepted = [...new Set(shelves.flatMap(({ accepts }) => accepts ?? []))]
  const temps = accepted.length > 0 ? accepted : ['hot']
  for (let number = 1; number <= count; number++) {
    const temp = pick(temps)
    const menu = (Object.hasOwn(dishes, temp) ? dishes[temp] : undefined) ?? [`${temp} dish`]
    const name = pick(menu)
    yield { id: `${number}`, name, temp, shelfLife: random(20, 400), decayRate: random(10, 90) / 100 }
  }
}

/** Repeats the orders of a file until `count` have come. */
export function* repeated(open: () => Iterable<SimulatedOrder>, count: number): Generator<SimulatedOrder> {
  let number = 0
  for (let round = 1; number < count; round++) {
    const before = number
    for (const order of open()) {
      if (number === count) return
      if (round > 1 && order.at !== undefined) throw new Refusal([failure('simulation-repeat', {})])
      number++
      yield round === 1 ? order : { ...order, id: `${order.id}#${round}` }
    }
    if (number === before) return
  }
}
