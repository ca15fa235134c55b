// Allocates the pans of one build: every ticket gets a folder of its own name, new or left by an earlier ticket.
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { clearPan } from '../steps/pan.ts'
import type { Receipt, Ticket, Executor } from '../tickets/ticket.ts'

export class Pans {
  readonly #folder: string
  readonly #stove: Executor
  readonly #left: string[] = []
  readonly #taken: string[] = []
  #count = 0

  constructor(fridgeFolder: string, stove: Executor) {
    this.#folder = join(fridgeFolder, 'pans')
    this.#stove = stove
  }

  /** Never given before: whatever still knows an earlier name of the folder writes into nothing. */
  name(): string {
    return this.#stove.pan?.() ?? join(this.#folder, `${process.pid}-${this.#count++}`)
  }

  /** Puts a pan that is done with under the ticket's name, where there is one: its cook takes over what it can use. */
  ready({ pan }: Ticket): void {
    const left = this.#left.pop()
    if (left === undefined) return
    try {
      renameSync(left, pan)
    } catch {
      // Somebody took it away: the cook makes a new one.
    }
  }

  done(ticket: Ticket, { ok }: Pick<Receipt, 'ok'>): void {
    if (ok && this.#stove.sweeps?.(ticket)) this.#left.push(ticket.pan)
    else if (this.#stove.pan) this.#taken.push(ticket.pan)
    else clearAway(ticket.pan)
  }

  /** Removes the pans of receipts that outlive this chef. Runs once the results are written. */
  written(): void {
    for (const pan of this.#taken.splice(0)) clearAway(pan)
  }

  close(): void {
    this.written()
    for (const pan of this.#left) clearAway(pan)
  }
}

/** A pan that cannot be removed is left for `chef gc`: its results have been taken out. */
function clearAway(pan: string): void {
  try {
    clearPan(pan)
  } catch {
    // A read-only or broken disk is told of where something has to be written.
  }
}
