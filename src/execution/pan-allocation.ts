// The pans of one build: every ticket gets a folder under a name of its own; it may be one that an earlier ticket left.
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

  /** What was taken is written: only now a pan can go whose receipt outlives this chef. */
  written(): void {
    for (const pan of this.#taken.splice(0)) clearAway(pan)
  }

  close(): void {
    this.written()
    for (const pan of this.#left) clearAway(pan)
  }
}

/** What cannot be removed stays for whoever cleans: the results are out of it. */
function clearAway(pan: string): void {
  try {
    clearPan(pan)
  } catch {
    // A read-only or broken disk is told of where something has to be written.
  }
}
