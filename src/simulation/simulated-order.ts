// An order of the simulated kitchen, and what happens to it, as data. Times are seconds of the simulation's own clock.

export interface Order {
  id: string
  name: string
  /** Which shelves take it. */
  temp: string
  /** Seconds it would keep its value for, if it only aged. */
  shelfLife: number
  decayRate: number
  /** When it was received, where that is recorded. */
  at?: number | undefined
}

/** Values are normalised: 1 when an order is received, 0 when it is spoiled. */
export type SimulationEvent =
  | { type: 'received'; at: number; order: Order; pickup: number }
  | { type: 'shelved'; at: number; order: Order; shelf: string }
  | { type: 'moved'; at: number; order: Order; from: string; shelf: string }
  | { type: 'delivered'; at: number; order: Order; shelf: string; value: number }
  | { type: 'wasted'; at: number; order: Order; shelf: string | undefined; value: number; why: 'spoiled' | 'no room' }

export type Tell = (event: SimulationEvent) => void

export interface Counts {
  received: number
  delivered: number
  /** Spoiled, or dropped because there was no room. */
  wasted: number
  spoiled: number
  dropped: number
  /** Received and neither delivered nor wasted. */
  onShelves: number
  moved: number
  /** The values of what was delivered, added up. */
  valueDelivered: number
}
