// Runs the order simulation without effects: it plays a kitchen and its orders to a time, and returns its state.
//
//   const kitchen = await prepareKitchen(await loadSimulationKitchen({ folder, settings: [], free: [] }))
//   const simulation = startSimulation(kitchen, orders)     any iterator of orders; generated-orders.ts makes some up
//   simulation.playTo(12.5, (event) => ...)                 everything up to second 12.5, each event as it happens
//   simulation.snapshot()                                   the shelves with their orders and current values
//   simulation.finish()                                     to the end, as fast as possible
//
// In real time a server calls playTo(speed x seconds since the start) with each frame it sends, and pauses by not
// calling it. Equal kitchens, orders and seeds give equal events, however the time is divided into calls.
import { Racks } from '../racks/racks.ts'
import { seeded } from '../base/seeded.ts'
import { Couriers, OrderScheduler, ShelfKeeper, OrderSource } from './actors.ts'
import type { PreparedKitchen } from './prepared-kitchen.ts'
import { decayOf, type ShelvedOrder } from './formula.ts'
import type { OrderCounts, SimulatedOrder, EventListener } from './simulated-order.ts'
import { Post, type Turn } from './mailboxes.ts'

export interface ShelfView {
  name: string
  /** Empty if the shelf accepts every temperature. */
  accepts: readonly string[]
  capacity: number
  factor: number
  overflow: boolean
  /** In the order in which they came to the shelf. `pickup` and `spoils` are times. */
  orders: { id: string; name: string; temp: string; value: number; pickup: number; spoils: number }[]
}

export interface Snapshot extends OrderCounts {
  now: number
  ended: boolean
  /** The number of couriers under way. */
  couriers: number
  shelves: ShelfView[]
}

export interface Simulation {
  readonly now: number
  /** The time at which an order last came or went. */
  readonly last: number
  /** True once nothing can happen any more. */
  readonly ended: boolean
  readonly counts: Readonly<OrderCounts>
  playTo(time: number, tell?: EventListener): void
  finish(tell?: EventListener): void
  snapshot(): Snapshot
}

/** `turn` chooses the actor that reads its mail next. Without it, the actor with the oldest letter does. */
export function startSimulation(kitchen: PreparedKitchen, orders: Iterator<SimulatedOrder>, turn?: Turn): Simulation {
  const { shelves, formula, strategy, rate, couriers: span, seed, until } = kitchen
  const racks = new Racks<ShelvedOrder>({ shelves, decay: decayOf(formula), strategy })
  const post = new Post(turn)
  const source = new OrderSource(orders, intervals(rate, stream(seed, 1)))
  const scheduler = new OrderScheduler()
  const random = stream(seed, 2)
  const couriers = new Couriers(() => span.least + (span.most - span.least) * random())
  post.join('source', source)
  post.join('scheduler', scheduler)
  post.join('shelves', new ShelfKeeper(racks))
  post.join('couriers', couriers)
  post.send('source', { type: 'next' })

  const ended = (): boolean => post.now >= until || (source.ended && scheduler.counts.onShelves === 0)
  const play = (time: number, tell: EventListener | undefined): void => {
    scheduler.tell = tell
    try {
      post.playTo(Math.min(time, until))
    } finally {
      scheduler.tell = undefined
    }
  }
  return {
    get now() {
      return post.now
    },
    get last() {
      return scheduler.last
    },
    get ended() {
      return ended()
    },
    counts: scheduler.counts,
    playTo: play,
    finish: (tell) => play(Number.POSITIVE_INFINITY, tell),
    snapshot: () => ({
      ...scheduler.counts,
      now: post.now,
      ended: ended(),
      couriers: couriers.count,
      shelves: shelfViews(racks, post.now),
    }),
  }
}

function shelfViews(racks: Racks<ShelvedOrder>, now: number): ShelfView[] {
  return racks.shelves().map(({ plan, held }) => ({
    name: plan.name,
    accepts: plan.accepts ?? [],
    capacity: plan.capacity,
    factor: plan.factor,
    overflow: plan.overflow ?? false,
    orders: held.map((one) => ({
      id: one.good.order.id,
      name: one.good.order.name,
      temp: one.good.order.temp,
      value: racks.value(one, now),
      pickup: one.good.due,
      spoils: one.end,
    })),
  }))
}

/** Returns random numbers from 0 up to but excluding 1. Each use of a seed has a stream of its own. */
function stream(seed: number, use: number): () => number {
  const next = seeded(seeded(seed + use * 0x9e3779b9)())
  return () => next() / 2 ** 32
}

/** Returns the times between the events of a Poisson process. */
function intervals(rate: number, random: () => number): () => number {
  return () => -Math.log(1 - random()) / rate
}
