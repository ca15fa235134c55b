// The orders of the simulated kitchen and their events, as data. Times are seconds on the simulation's own clock.

export interface SimulatedOrder {
  id: string
  name: string
  /** Decides which shelves accept it. */
  temp: string
  /** Seconds for which it would keep its value if it only aged. */
  shelfLife: number
  decayRate: number
  /** The time at which it was received, if that is recorded. */
  at?: number | undefined
}

/** Values are normalised: 1 when an order is received, 0 when it is spoiled. */
export type SimulationEvent =
  | { type: 'received'; at: number; order: SimulatedOrder; pickup: number }
  | { type: 'shelved'; at: number; order: SimulatedOrder; shelf: string }
  | { type: 'moved'; at: number; order: SimulatedOrder; from: string; shelf: string }
  | { type: 'delivered'; at: number; order: SimulatedOrder; shelf: string; value: number }
  | {
      type: 'wasted'
      at: number
      order: SimulatedOrder
      shelf: string | undefined
      value: number
      why: 'spoiled' | 'no room'
    }

export type EventListener = (event: SimulationEvent) => void

export interface OrderCounts {
  received: number
  delivered: number
  /** Spoiled orders, and those dropped for lack of room. */
  wasted: number
  spoiled: number
  dropped: number
  /** Received, but neither delivered nor wasted. */
  onShelves: number
  moved: number
  /** The sum of the values of the delivered orders. */
  valueDelivered: number
}
