// Actors and what carries their messages: each has a mailbox and nothing in common with another. The clock is virtual:
// it goes on only when every mailbox is empty, to the next time that somebody asked to be woken at.
import { type Entry, Heap } from '../racks/heap.ts'

export interface Actor<Message> {
  /** The one way in. What it does to others it sends; nothing is given back. */
  receive(message: Message, post: Post): void
}

interface Letter {
  /** Counts all letters: the older has the smaller one. */
  number: number
  message: unknown
}

/** Letters in the order in which they came. */
class Mailbox {
  #letters: Letter[] = []
  #read = 0

  get first(): Letter | undefined {
    return this.#letters[this.#read]
  }

  put(letter: Letter): void {
    this.#letters.push(letter)
  }

  take(): Letter {
    const letter = this.#letters[this.#read++] as Letter
    if (this.#read === this.#letters.length) {
      this.#letters.length = 0
      this.#read = 0
    } else if (this.#read === 1024) {
      this.#letters = this.#letters.slice(this.#read)
      this.#read = 0
    }
    return letter
  }
}

export type Alarm = Entry<{ to: string; message: unknown }>

/** Which of the mailboxes that hold something is emptied next; -1, which is there only if `due`, wakes whoever is due now. */
export type Turn = (ready: readonly number[], due: boolean) => number

export class Post {
  #now = 0
  #letters = 0
  #alarms = 0
  readonly #names: string[] = []
  readonly #actors: Actor<never>[] = []
  readonly #boxes: Mailbox[] = []
  readonly #alarm: Heap<{ to: string; message: unknown }> = new Heap()
  readonly #turn: Turn | undefined
  /** For tests: what was sent and what arrived. */
  readonly counts = { sent: 0, received: 0 }

  constructor(turn?: Turn) {
    this.#turn = turn
  }

  get now(): number {
    return this.#now
  }

  /** When somebody is to be woken next. */
  get next(): number {
    return this.#alarm.first?.key ?? Number.POSITIVE_INFINITY
  }

  join(name: string, actor: Actor<never>): void {
    this.#names.push(name)
    this.#actors.push(actor)
    this.#boxes.push(new Mailbox())
  }

  send(to: string, message: unknown): void {
    const box = this.#boxes[this.#names.indexOf(to)]
    if (!box) throw new Error(`nobody is called ${to}`)
    this.counts.sent++
    box.put({ number: this.#letters++, message })
  }

  /** Alarms of one time ring in the order in which they were set, `last` ones after all others. */
  wake(to: string, at: number, message: unknown, last = false): Alarm {
    const tie = this.#alarms++ + (last ? Number.MAX_SAFE_INTEGER / 2 : 0)
    return this.#alarm.add({ to, message }, Math.max(at, this.#now), tie)
  }

  callOff(alarm: Alarm): void {
    this.#alarm.remove(alarm)
  }

  /** Everything up to a time, which is then the time it is. */
  playTo(time: number): void {
    for (;;) {
      this.#deliver()
      if (this.next > time) break
      this.#ring()
    }
    if (time > this.#now && time < Number.POSITIVE_INFINITY) this.#now = time
  }

  #ring(): void {
    const alarm = this.#alarm.first as Alarm
    this.#alarm.remove(alarm)
    this.#now = alarm.key
    this.send(alarm.item.to, alarm.item.message)
  }

  #deliver(): void {
    for (;;) {
      const box = this.#turn ? this.#chosen(this.#turn) : this.#oldest()
      if (box === undefined) return
      if (box < 0) this.#ring()
      else {
        const { message } = (this.#boxes[box] as Mailbox).take()
        this.counts.received++
        this.#actors[box]?.receive(message as never, this)
      }
    }
  }

  #oldest(): number | undefined {
    let found: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (let box = 0; box < this.#boxes.length; box++) {
      const number = this.#boxes[box]?.first?.number ?? Number.POSITIVE_INFINITY
      if (number >= least) continue
      found = box
      least = number
    }
    return found
  }

  #chosen(turn: Turn): number | undefined {
    const ready = this.#boxes.flatMap((box, at) => (box.first ? [at] : []))
    const due = this.next <= this.#now
    return ready.length === 0 ? undefined : turn(ready, due)
  }
}
