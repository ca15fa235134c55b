// Finds the batches of killed chefs. Their arrays continue, and a ticket for the same work gets its receipt from
// them.
import { changedSince } from '../relocation.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import { actionAt, type Batch, isTaken, leftBatches, removeBatch, sweepPans, ticketOf } from './batch.ts'

interface Place {
  batch: Batch
  number: number
}

/** Milliseconds after which a batch that nobody requested is dropped. */
const keptMs = 7 * 24 * 3600 * 1000

export class OrphanedBatches {
  readonly #fridge: string
  readonly #byKey = new Map<string, Place[]>()
  /** The number of tickets of each batch that are not requested yet. */
  readonly #left = new Map<Batch, number>()
  readonly #requested = new Set<Batch>()

  constructor(fridge: string) {
    this.#fridge = fridge
    const left = leftBatches(fridge)
    sweepPans(fridge, left)
    for (const batch of left) {
      if (Date.now() - batch.writtenAt > keptMs || isTaken(batch)) {
        removeBatch(batch)
        continue
      }
      this.#left.set(batch, batch.tickets.length)
      for (const [number, { key }] of batch.tickets.entries())
        this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), { batch, number }])
    }
  }

  /** Returns the place of an equal ticket whose input files are unchanged. */
  find({ key, action, outputs }: Ticket & { action: string }): Place | undefined {
    const places = this.#byKey.get(key) ?? []
    const at = places.findIndex(({ batch, number }) => actionAt(batch, number) === action)
    const found = places[at]
    const ticket = found && ticketOf(found.batch, found.number)
    if (found === undefined || ticket === undefined) return undefined
    places.splice(at, 1)
    this.#left.set(found.batch, (this.#left.get(found.batch) ?? 1) - 1)
    this.#requested.add(found.batch)
    const same = ticket.outputs.join('\n') === outputs.join('\n')
    return same && changedSince(ticket, found.batch.writtenAt, this.#fridge) === undefined ? found : undefined
  }

  /** True if tickets of this batch may still be requested. */
  holds(batch: Batch): boolean {
    return (this.#left.get(batch) ?? 0) > 0
  }

  /** Returns the jobs from which no ticket was requested. */
  unrequested(): string[] {
    return [...this.#left.keys()].flatMap((batch) => (this.#requested.has(batch) ? [] : (batch.job ?? [])))
  }
}
