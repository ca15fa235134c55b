// The four actors of the kitchen: each keeps what is its own and knows the others by name.
import type { Change, Racks } from '../racks/racks.ts'
import type { Ticket } from './formula.ts'
import type { ToCouriers, ToScheduler, ToShelves, ToSource } from './messages.ts'
import type { Counts, Order, Tell } from './simulated-order.ts'
import type { Actor, Alarm, Post } from './mailboxes.ts'

/** Receives orders from outside: at their recorded times, or at random intervals. */
export class Source implements Actor<ToSource> {
  readonly #orders: Iterator<Order>
  readonly #gap: () => number
  #coming: Order | undefined
  #ended = false

  constructor(orders: Iterator<Order>, gap: () => number) {
    this.#orders = orders
    this.#gap = gap
  }

  /** No order will come any more. */
  get ended(): boolean {
    return this.#ended
  }

  receive(_: ToSource, post: Post): void {
    if (this.#coming) post.send('scheduler', { type: 'order', order: this.#coming } satisfies ToScheduler)
    const next = this.#orders.next()
    this.#coming = next.done ? undefined : next.value
    this.#ended = next.done === true
    if (this.#coming)
      post.wake('source', this.#coming.at ?? post.now + this.#gap(), { type: 'next' } satisfies ToSource, true)
  }
}

/** Calls a courier for each order, has it shelved and handed over, and keeps the books: an order is closed once. */
export class Scheduler implements Actor<ToScheduler> {
  readonly #open = new Set<Ticket>()
  /** When an order last came or went. */
  last = 0
  /** Where events go, while somebody wants them. */
  tell: Tell | undefined
  readonly counts: Counts = {
    received: 0,
    delivered: 0,
    wasted: 0,
    spoiled: 0,
    dropped: 0,
    onShelves: 0,
    moved: 0,
    valueDelivered: 0,
  }

  receive(message: ToScheduler, post: Post): void {
    switch (message.type) {
      case 'order':
        this.last = post.now
        this.counts.received++
        this.counts.onShelves++
        post.send('couriers', { type: 'call', order: message.order } satisfies ToCouriers)
        return
      case 'coming': {
        const { ticket } = message
        this.#open.add(ticket)
        this.tell?.({ type: 'received', at: post.now, order: ticket.order, pickup: ticket.due as number })
        post.send('shelves', { type: 'shelve', ticket } satisfies ToShelves)
        return
      }
      case 'here':
        if (this.#open.has(message.ticket))
          post.send('shelves', { type: 'hand', ticket: message.ticket } satisfies ToShelves)
        return
      case 'changed':
        for (const change of message.changes) this.#enter(change, post)
    }
  }

  #enter(change: Change<Ticket>, post: Post): void {
    const { good, at } = change
    const { order } = good
    this.last = at
    switch (change.type) {
      case 'put':
        this.tell?.({ type: 'shelved', at, order, shelf: change.shelf })
        return
      case 'moved':
        this.counts.moved++
        this.tell?.({ type: 'moved', at, order, from: change.from, shelf: change.shelf })
        return
      case 'taken':
        this.#close(good)
        this.counts.delivered++
        this.counts.valueDelivered += change.value
        this.tell?.({ type: 'delivered', at, order, shelf: change.shelf, value: change.value })
        return
      default: {
        this.#close(good)
        this.counts.wasted++
        const spoiled = change.type === 'spoiled'
        if (spoiled) this.counts.spoiled++
        else this.counts.dropped++
        post.send('couriers', { type: 'call-off', ticket: good } satisfies ToCouriers)
        const value = spoiled ? 0 : change.value
        this.tell?.({ type: 'wasted', at, order, shelf: change.shelf, value, why: spoiled ? 'spoiled' : 'no room' })
      }
    }
  }

  #close(ticket: Ticket): void {
    if (!this.#open.delete(ticket)) throw new Error(`order ${ticket.order.id} was closed twice`)
    this.counts.onShelves--
  }
}

/** Keeps the racks, and wakes when the next value ends. */
export class Shelves implements Actor<ToShelves> {
  readonly #racks: Racks<Ticket>
  #alarm: Alarm | undefined

  constructor(racks: Racks<Ticket>) {
    this.#racks = racks
  }

  receive(message: ToShelves, post: Post): void {
    if (message.type === 'wake') this.#alarm = undefined
    const changes = this.#changes(message, post.now)
    if (changes.length > 0) post.send('scheduler', { type: 'changed', changes } satisfies ToScheduler)
    const next = this.#racks.nextEnd
    // An alarm that rings too early does no harm: it is set again.
    if (next >= (this.#alarm?.key ?? Number.POSITIVE_INFINITY)) return
    if (this.#alarm) post.callOff(this.#alarm)
    this.#alarm = post.wake('shelves', next, { type: 'wake' } satisfies ToShelves)
  }

  #changes(message: ToShelves, now: number): Change<Ticket>[] {
    if (message.type === 'shelve') return this.#racks.put(message.ticket, now)
    return message.type === 'hand' ? this.#racks.take(message.ticket, now) : this.#racks.passTime(now)
  }
}

/** Sends a courier for each order, unless it is called off. */
export class Couriers implements Actor<ToCouriers> {
  readonly #travel: () => number
  readonly #underWay = new Map<Ticket, Alarm>()

  constructor(travel: () => number) {
    this.#travel = travel
  }

  get count(): number {
    return this.#underWay.size
  }

  receive(message: ToCouriers, post: Post): void {
    if (message.type === 'call') {
      const { order } = message
      const ticket: Ticket = { order, kind: order.temp, size: 1, born: post.now, due: post.now + this.#travel() }
      const arrive = { type: 'arrive', ticket } satisfies ToCouriers
      this.#underWay.set(ticket, post.wake('couriers', ticket.due as number, arrive))
      post.send('scheduler', { type: 'coming', ticket } satisfies ToScheduler)
      return
    }
    const { ticket } = message
    const alarm = this.#underWay.get(ticket)
    if (!alarm) return
    this.#underWay.delete(ticket)
    if (message.type === 'arrive') post.send('scheduler', { type: 'here', ticket } satisfies ToScheduler)
    else post.callOff(alarm)
  }
}
