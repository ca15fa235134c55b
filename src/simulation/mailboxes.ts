// Carries messages between actors. Each actor has a mailbox and shares nothing with the others. The clock is virtual:
// it advances only when every mailbox is empty, to the next time at which an actor asked to be woken.
import { type Entry, RemovableHeap } from '../racks/removable-heap.ts'

export interface Actor<Message> {
  /** The only way in. An actor affects others by sending messages, and returns nothing. */
  receive(message: Message, post: Post): void
}

/** A queue of letters in a ring that grows, so that a letter costs no more memory than its message. */
class Mailbox {
  #messages: unknown[] = new Array(16).fill(undefined)
  #numbers: number[] = new Array(16).fill(0)
  #first = 0
  #size = 0

  /** The number of the oldest letter, counted over all mailboxes. Infinity if the mailbox is empty. */
  get oldest(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#numbers[this.#first] ?? Number.POSITIVE_INFINITY)
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
    const rotate = <Item>(items: Item[]): Item[] => [...items.slice(this.#first), ...items.slice(0, this.#first)]
    const room = this.#size
    this.#messages = [...rotate(this.#messages), ...new Array(room).fill(undefined)]
    this.#numbers = [...rotate(this.#numbers), ...new Array<number>(room).fill(0)]
    this.#first = 0
  }
}

export type Alarm = Entry<{ to: string; message: unknown }>

/**
 * Chooses the mailbox to empty next among those that hold something. It may return -1 if `due`: then the next alarm
 * rings.
 */
export type Turn = (ready: readonly number[], due: boolean) => number

/** An actor with its mailbox. Only the actor's peers know the type of its messages. */
interface Member {
  name: string
  mailbox: Mailbox
  receive(message: unknown, post: Post): void
}

export class Post {
  #now = 0
  #letters = 0
  #alarmsSet = 0
  readonly #members: Member[] = []
  readonly #alarms: RemovableHeap<{ to: string; message: unknown }> = new RemovableHeap()
  readonly #turn: Turn | undefined
  /** Counts letters for tests. */
  readonly counts = { sent: 0, received: 0 }

  constructor(turn?: Turn) {
    this.#turn = turn
  }

  get now(): number {
    return this.#now
  }

  /** The time of the next alarm. */
  get next(): number {
    return this.#alarms.first?.key ?? Number.POSITIVE_INFINITY
  }

  join<Message>(name: string, actor: Actor<Message>): void {
    this.#members.push({
      name,
      mailbox: new Mailbox(),
      receive: (message, post) => actor.receive(message as Message, post),
    })
  }

  send(to: string, message: unknown): void {
    const mailbox = this.#members.find((one) => one.name === to)?.mailbox
    if (!mailbox) throw new Error(`no actor is called ${to}`)
    this.counts.sent++
    mailbox.put(this.#letters++, message)
  }

  /** Sets an alarm. Alarms of one time ring in the order in which they were set, `last` ones after all others. */
  wake(to: string, at: number, message: unknown, last = false): Alarm {
    const tie = this.#alarmsSet++ + (last ? Number.MAX_SAFE_INTEGER / 2 : 0)
    return this.#alarms.add({ to, message }, Math.max(at, this.#now), tie)
  }

  cancel(alarm: Alarm): void {
    this.#alarms.remove(alarm)
  }

  /** Delivers everything up to `time`, which becomes the current time. */
  playTo(time: number): void {
    for (;;) {
      this.#deliver()
      const alarm = this.#alarms.first
      if (!alarm || alarm.key > time) break
      this.#ring(alarm)
    }
    if (time > this.#now && time < Number.POSITIVE_INFINITY) this.#now = time
  }

  #ring(alarm: Alarm): void {
    this.#alarms.remove(alarm)
    this.#now = alarm.key
    this.send(alarm.item.to, alarm.item.message)
  }

  #deliver(): void {
    for (;;) {
      const box = this.#turn ? this.#chosen(this.#turn) : this.#oldest()
      if (box === undefined) return
      if (box < 0 && this.#alarms.first) this.#ring(this.#alarms.first)
      const member = this.#members[box]
      if (!member) continue
      this.counts.received++
      member.receive(member.mailbox.take(), this)
    }
  }

  #oldest(): number | undefined {
    let found: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#members.length; index++) {
      const oldest = this.#members[index]?.mailbox.oldest ?? Number.POSITIVE_INFINITY
      if (oldest >= least) continue
      found = index
      least = oldest
    }
    return found
  }

  #chosen(turn: Turn): number | undefined {
    const ready = this.#members.flatMap(({ mailbox }, at) => (mailbox.oldest < Number.POSITIVE_INFINITY ? [at] : []))
    const due = this.next <= this.#now
    return ready.length === 0 ? undefined : turn(ready, due)
  }
}
