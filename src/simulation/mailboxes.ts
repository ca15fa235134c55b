// Actors and what carries their messages: each has a mailbox and nothing in common with another. The clock is virtual:
// it goes on only when every mailbox is empty, to the next time that somebody asked to be woken at.
import { type Entry, Heap } from '../racks/removable-heap.ts'

export interface Actor<Message> {
  /** The one way in. What it does to others it sends; nothing is given back. */
  receive(message: Message, post: Post): void
}

/** Letters in the order in which they came, in a ring that grows: none of them costs more memory than its message. */
class Mailbox {
  #messages: unknown[] = new Array(16).fill(undefined)
  #numbers: number[] = new Array(16).fill(0)
  #first = 0
  #size = 0

  /** The number of the oldest letter: they are counted over all boxes. Infinity where there is none. */
  get oldest(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#numbers[this.#first] as number)
  }

  put(number: number, message: unknown): void {
    if (this.#size === this.#messages.length) this.#grow()
    const at = (this.#first + this.#size++) & (this.#messages.length - 1)
    this.#messages[at] = message
    this.#numbers[at] = number
  }

  take(): unknown {
    const message = this.#messages[this.#first]
    this.#messages[this.#first] = undefined
    this.#first = (this.#first + 1) & (this.#messages.length - 1)
    this.#size--
    return message
  }

  #grow(): void {
    const turned = <Item>(items: Item[]): Item[] => [...items.slice(this.#first), ...items.slice(0, this.#first)]
    const room = this.#size
    this.#messages = [...turned(this.#messages), ...new Array(room).fill(undefined)]
    this.#numbers = [...turned(this.#numbers), ...new Array<number>(room).fill(0)]
    this.#first = 0
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
    box.put(this.#letters++, message)
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
      const alarm = this.#alarm.first
      if (!alarm || alarm.key > time) break
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
        this.counts.received++
        this.#actors[box]?.receive((this.#boxes[box] as Mailbox).take() as never, this)
      }
    }
  }

  #oldest(): number | undefined {
    let found: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (let box = 0; box < this.#boxes.length; box++) {
      const { oldest } = this.#boxes[box] as Mailbox
      if (oldest >= least) continue
      found = box
      least = oldest
    }
    return found
  }

  #chosen(turn: Turn): number | undefined {
    const ready = this.#boxes.flatMap((box, at) => (box.oldest < Number.POSITIVE_INFINITY ? [at] : []))
    const due = this.next <= this.#now
    return ready.length === 0 ? undefined : turn(ready, due)
  }
}
