// Holds tickets that wait to be sent. It groups them by step and needs, cuts them into tasks, and holds tickets back
// while it learns the time of a step.
import type { Ticket, TicketNote } from '../../tickets/ticket.ts'
import { groupTickets, probes, type Room } from './ticket-grouping.ts'

export interface Waiting {
  ticket: Ticket & { action: string }
  note: TicketNote
}

/** One array: tickets of one step with equal needs, in the order of `tasks`. */
export interface Load<Entry extends Waiting> {
  entries: Entry[]
  tasks: number[][]
}

/** Milliseconds for which the rest of a step waits to learn how long the first tickets take. */
const learnMs = 30_000
/** This many receipts are enough to know the time of a step. */
const enough = 4

export class WaitingTickets<Entry extends Waiting> {
  readonly #classes = new Map<string, Entry[]>()
  readonly #times = new Map<string, { count: number; ms: number }>()
  readonly #probed = new Map<string, number>()
  size = 0

  add(entry: Entry): void {
    const { step, needs } = entry.ticket
    const key = JSON.stringify([step, needs, entry.note.sbatch ?? null])
    const held = this.#classes.get(key)
    if (held) held.push(entry)
    else this.#classes.set(key, [entry])
    this.size++
  }

  remove(entry: Entry): boolean {
    for (const held of this.#classes.values()) {
      const at = held.indexOf(entry)
      if (at < 0) continue
      held.splice(at, 1)
      this.size--
      return true
    }
    return false
  }

  /** Records how long a ticket of this step took. */
  learn(step: string, ms: number): void {
    const known = this.#times.get(step) ?? { count: 0, ms: 0 }
    this.#times.set(step, { count: known.count + 1, ms: known.ms + ms })
  }

  /**
   * Takes the tickets that can be sent now, in arrays of at most `most` tasks, and at most `room.tasks` tasks in all.
   */
  take(room: Room & { tasks: number; most: number }, now: number): Load<Entry>[] {
    const loads: Load<Entry>[] = []
    let left = room.tasks
    for (const [key, held] of this.#classes) {
      const sendable = this.#sendable(held, now)
      const cpu = Math.max(1, held[0]?.ticket.needs.cpu ?? 1)
      const times = held.slice(0, sendable).map((entry) => this.#expected(entry) ?? room.groupMs)
      const tasks = groupTickets(times, { ...room, slots: Math.max(1, Math.floor(room.slots / cpu)) }).slice(
        0,
        Math.max(0, left),
      )
      left -= tasks.length
      let taken = 0
      for (let at = 0; at < tasks.length; at += room.most) {
        const part = tasks.slice(at, at + room.most)
        const first = taken
        taken += part.reduce((sum, group) => sum + group.length, 0)
        loads.push({
          entries: held.slice(first, taken),
          tasks: part.map((group) => group.map((place) => place - first)),
        })
      }
      this.size -= taken
      if (taken === held.length) this.#classes.delete(key)
      else held.splice(0, taken)
    }
    return loads
  }

  /** Sends only a few of many tickets with unknown time first. */
  #sendable(held: readonly Entry[], now: number): number {
    const first = held[0]
    if (first === undefined) return 0
    if (held.length <= probes || held.every((entry) => this.#expected(entry) !== undefined)) return held.length
    const { step } = first.ticket
    const probed = this.#probed.get(step)
    if (probed === undefined) {
      this.#probed.set(step, now)
      return probes
    }
    return now - probed >= learnMs ? held.length : 0
  }

  #expected({ ticket, note }: Entry): number | undefined {
    const learned = this.#times.get(ticket.step)
    return note.expectedMs ?? (learned && learned.count >= enough ? learned.ms / learned.count : undefined)
  }

  clear(): Entry[] {
    const all = [...this.#classes.values()].flat()
    this.#classes.clear()
    this.size = 0
    return all
  }
}
