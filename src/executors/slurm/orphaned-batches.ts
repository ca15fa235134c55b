// Batches of a chef that was killed: their arrays go on, and whoever asks for the same work gets it from them.
import { changedSince } from '../relocation.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import { actionAt, type Batch, isTaken, leftBatches, removeBatch, sweepPans, ticketOf } from './batch.ts'

interface Place {
  batch: Batch
  number: number
}

/** What nobody asked for so long is given up. */
const keptMs = 7 * 24 * 3600 * 1000

export class OrphanedBatches {
  readonly #fridge: string
  readonly #byKey = new Map<string, Place[]>()
  /** Tickets of a batch that nobody has asked for yet. */
  readonly #left = new Map<Batch, number>()
  readonly #asked = new Set<Batch>()

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

  /** The place of a ticket that means the same work, read from files that are what they were. */
  find({ key, action, outputs }: Ticket & { action: string }): Place | undefined {
    const places = this.#byKey.get(key) ?? []
    const at = places.findIndex(({ batch, number }) => actionAt(batch, number) === action)
    const found = places[at]
    const ticket = found && ticketOf(found.batch, found.number)
    if (found === undefined || ticket === undefined) return undefined
    places.splice(at, 1)
    this.#left.set(found.batch, (this.#left.get(found.batch) ?? 1) - 1)
    this.#asked.add(found.batch)
    const same = ticket.outputs.join('\n') === outputs.join('\n')
    return same && changedSince(ticket, found.batch.writtenAt, this.#fridge) === undefined ? found : undefined
  }

  /** Whether tickets of this batch may still be asked for. */
  holds(batch: Batch): boolean {
    return (this.#left.get(batch) ?? 0) > 0
  }

  /** Jobs that no ticket came from. */
  unasked(): string[] {
    return [...this.#left.keys()].flatMap((batch) => (this.#asked.has(batch) ? [] : (batch.job ?? [])))
  }
}
