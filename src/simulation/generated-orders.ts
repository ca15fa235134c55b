// Orders made up on the way: the same for the same seed, and never all at once in memory.
import { failure, Refusal } from '../base/failures/failure.ts'
import { seeded } from '../base/seeded.ts'
import type { ShelfPlan } from '../racks/racks.ts'
import type { Order } from './simulated-order.ts'

const dishes: { [temp: string]: readonly string[] } = {
  hot: ['Onion soup', 'Lentil curry', 'Cheese toast', 'Fried noodles', 'Baked potato', 'Mushroom risotto'],
  cold: ['Green salad', 'Cucumber soup', 'Rice rolls', 'Fruit cup', 'Potato salad', 'Iced tea'],
  frozen: ['Vanilla ice', 'Lemon sorbet', 'Frozen yoghurt', 'Raspberry ice', 'Ice pops', 'Coconut ice'],
}

/** For each temperature that some shelf is there for; a hundred orders keep for 20 to 400 seconds. */
export function* madeUpOrders(shelves: readonly ShelfPlan[], seed: number, count: number): Generator<Order> {
  const next = seeded(seed ^ 0x5bd1e995)
  const random = (least: number, most: number): number => least + Math.floor((next() / 2 ** 32) * (most - least + 1))
  const named = [...new Set(shelves.flatMap(({ accepts }) => accepts ?? []))]
  const temps = named.length > 0 ? named : ['hot']
  for (let number = 1; number <= count; number++) {
    const temp = temps[random(0, temps.length - 1)] as string
    const menu = Object.hasOwn(dishes, temp) ? (dishes[temp] as readonly string[]) : [`${temp} dish`]
    const name = menu[random(0, menu.length - 1)] as string
    yield { id: `${number}`, name, temp, shelfLife: random(20, 400), decayRate: random(10, 90) / 100 }
  }
}

/** The orders of a file over and over, until so many have come. */
export function* repeated(open: () => Iterable<Order>, count: number): Generator<Order> {
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
