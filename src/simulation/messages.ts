// The messages between the actors. Shelved orders are passed by reference, and no receiver changes them.
import type { Change } from '../racks/racks.ts'
import type { ShelvedOrder } from './formula.ts'
import type { SimulatedOrder } from './simulated-order.ts'

export type SourceMessage = { type: 'next' }

export type SchedulerMessage =
  | { type: 'order'; order: SimulatedOrder }
  /** A courier is on its way and says when it will arrive. */
  | { type: 'coming'; shelved: ShelvedOrder }
  | { type: 'here'; shelved: ShelvedOrder }
  | { type: 'changed'; changes: Change<ShelvedOrder>[] }

export type ShelfMessage =
  | { type: 'shelve'; shelved: ShelvedOrder }
  | { type: 'hand'; shelved: ShelvedOrder }
  | { type: 'wake' }

export type CourierMessage =
  | { type: 'call'; order: SimulatedOrder }
  /** The courier's travel time is over. */
  | { type: 'arrive'; shelved: ShelvedOrder }
  /** The order is wasted, so the courier need not come. */
  | { type: 'call-off'; shelved: ShelvedOrder }
