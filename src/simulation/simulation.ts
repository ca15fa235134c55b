// The order simulation without any effect: given a kitchen and orders, it is played on to a time, and asked what is there.
//
//   const kitchen = await equip(await loadSimulationKitchen({ folder, settings: [], free: [] }))
//   const simulation = startSimulation(kitchen, orders)     any iterator of orders: menu.ts makes some up
//   simulation.playTo(12.5, (event) => ...)                 everything up to second 12.5, each event as it happens
//   simulation.snapshot()                                   shelves with their orders and what they are worth now
//   simulation.finish()                                     to the end, as fast as it can
//
// In real time a server calls playTo(speed x seconds since the start) with each frame it sends; pausing is not to call it. The same
// kitchen, orders and seed give the same events, however the time is cut into calls.
import { Racks } from '../racks/racks.ts'
import { seeded } from '../base/seeded.ts'
import { Couriers, Scheduler, Shelves, Source } from './actors.ts'
import type { EquippedKitchen } from './prepared-kitchen.ts'
import { decayOf, type Ticket } from './formula.ts'
import type { Counts, Order, Tell } from './simulated-order.ts'
import { Post, type Turn } from './mailboxes.ts'

export interface ShelfView {
  name: string
  /** Empty: all. */
  accepts: readonly string[]
  capacity: number
  factor: number
  overflow: boolean
  /** In the order in which they came to the shelf. `pickup` and `spoils` are times. */
  orders: { id: string; name: string; temp: string; value: number; pickup: number; spoils: number }[]
}

export interface Snapshot extends Counts {
  now: number
  ended: boolean
  /** Couriers under way. */
  couriers: number
  shelves: ShelfView[]
}

export interface Simulation {
  readonly now: number
  /** When an order last came or went. */
  readonly last: number
  /** Nothing will happen any more. */
  readonly ended: boolean
  readonly counts: Readonly<Counts>
  playTo(time: number, tell?: Tell): void
  finish(tell?: Tell): void
  snapshot(): Snapshot
}

/** `turn` decides which actor reads its mail next; without it, the one whose letter is the oldest. */
export function startSimulation(kitchen: EquippedKitchen, orders: Iterator<Order>, turn?: Turn): Simulation {
  const { shelves, formula, strategy, rate, couriers: span, seed, until } = kitchen
  const racks = new Racks<Ticket>({ shelves, decay: decayOf(formula), strategy })
  const post = new Post(turn)
  const source = new Source(orders, intervals(rate, stream(seed, 1)))
  const scheduler = new Scheduler()
  const random = stream(seed, 2)
  const couriers = new Couriers(() => span.least + (span.most - span.least) * random())
  post.join('source', source)
  post.join('scheduler', scheduler)
  post.join('shelves', new Shelves(racks))
  post.join('couriers', couriers)
  post.send('source', { type: 'next' })

  const ended = (): boolean => post.now >= until || (source.ended && scheduler.counts.onShelves === 0)
  const play = (time: number, tell: Tell | undefined): void => {
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

function shelfViews(racks: Racks<Ticket>, now: number): ShelfView[] {
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
      pickup: one.good.due as number,
      spoils: one.end,
    })),
  }))
}

/** Numbers from 0 to 1, without 1: each use of a seed has its own. */
function stream(seed: number, use: number): () => number {
  const next = seeded(seeded(seed + use * 0x9e3779b9)())
  return () => next() / 2 ** 32
}

/** Times between events of a Poisson process. */
function intervals(rate: number, random: () => number): () => number {
  return () => -Math.log(1 - random()) / rate
}
