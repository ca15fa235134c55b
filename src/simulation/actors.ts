// The four actors of the simulated kitchen. Each owns its state and knows the others by name only.
import type { Change, Racks } from '../racks/racks.ts'
import type { ShelvedOrder } from './formula.ts'
import type { CourierMessage, SchedulerMessage, ShelfMessage, SourceMessage } from './messages.ts'
import type { OrderCounts, SimulatedOrder, EventListener } from './simulated-order.ts'
import type { Actor, Alarm, Post } from './mailboxes.ts'

/** Receives orders from outside, at their recorded times or at random intervals. */
export class OrderSource implements Actor<SourceMessage> {
  readonly #orders: Iterator<SimulatedOrder>
  readonly #gap: () => number
  #next: SimulatedOrder | undefined
  #ended = false

  constructor(orders: Iterator<SimulatedOrder>, gap: () => number) {
    this.#orders = orders
    this.#gap = gap
  }

  /** True once no order will come any more. */
  get ended(): boolean {
    return this.#ended
  }

  receive(_: SourceMessage, post: Post): void {
    if (this.#next) post.send('scheduler', { type: 'order', order: this.#next } satisfies SchedulerMessage)
    const { done, value } = this.#orders.next()
    this.#next = done ? undefined : value
    this.#ended = done === true
    if (this.#next)
      post.wake('source', this.#next.at ?? post.now + this.#gap(), { type: 'next' } satisfies SourceMessage, true)
  }
}

/**
 * Calls a courier for each order, has the order shelved and handed over, and keeps the counts. It closes each order
 * once.
 */
export class OrderScheduler implements Actor<SchedulerMessage> {
  readonly #open = new Set<ShelvedOrder>()
  /** The time at which an order last came or went. */
  last = 0
  /** Receives the events while somebody listens. */
  tell: EventListener | undefined
  readonly counts: OrderCounts = {
    received: 0,
    delivered: 0,
    wasted: 0,
    spoiled: 0,
    dropped: 0,
    onShelves: 0,
    moved: 0,
    valueDelivered: 0,
  }

  receive(message: SchedulerMessage, post: Post): void {
    switch (message.type) {
      case 'order':
        this.last = post.now
        this.counts.received++
        this.counts.onShelves++
        post.send('couriers', { type: 'call', order: message.order } satisfies CourierMessage)
        return
      case 'coming': {
        const { shelved } = message
        this.#open.add(shelved)
        this.tell?.({ type: 'received', at: post.now, order: shelved.order, pickup: shelved.due })
        post.send('shelves', { type: 'shelve', shelved } satisfies ShelfMessage)
        return
      }
      case 'here':
        if (this.#open.has(message.shelved))
          post.send('shelves', { type: 'hand', shelved: message.shelved } satisfies ShelfMessage)
        return
      case 'changed':
        for (const change of message.changes) this.#enter(change, post)
    }
  }

  #enter(change: Change<ShelvedOrder>, post: Post): void {
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
        post.send('couriers', { type: 'call-off', shelved: good } satisfies CourierMessage)
        const value = spoiled ? 0 : change.value
        this.tell?.({ type: 'wasted', at, order, shelf: change.shelf, value, why: spoiled ? 'spoiled' : 'no room' })
      }
    }
  }

  #close(shelved: ShelvedOrder): void {
    if (!this.#open.delete(shelved)) throw new Error(`order ${shelved.order.id} was closed twice`)
    this.counts.onShelves--
  }
}

/** Owns the racks, and wakes when the next value ends. */
export class ShelfKeeper implements Actor<ShelfMessage> {
  readonly #racks: Racks<ShelvedOrder>
  #alarm: Alarm | undefined

  constructor(racks: Racks<ShelvedOrder>) {
    this.#racks = racks
  }

  receive(message: ShelfMessage, post: Post): void {
    if (message.type === 'wake') this.#alarm = undefined
    const changes = this.#changes(message, post.now)
    if (changes.length > 0) post.send('scheduler', { type: 'changed', changes } satisfies SchedulerMessage)
    const next = this.#racks.nextEnd
    // An alarm that rings too early does no harm, because it is set again.
    if (next >= (this.#alarm?.key ?? Number.POSITIVE_INFINITY)) return
    if (this.#alarm) post.cancel(this.#alarm)
    this.#alarm = post.wake('shelves', next, { type: 'wake' } satisfies ShelfMessage)
  }

  #changes(message: ShelfMessage, now: number): Change<ShelvedOrder>[] {
    if (message.type === 'shelve') return this.#racks.put(message.shelved, now)
    return message.type === 'hand' ? this.#racks.take(message.shelved, now) : this.#racks.passTime(now)
  }
}

/** Sends a courier for each order, unless the order is cancelled first. */
export class Couriers implements Actor<CourierMessage> {
  readonly #travel: () => number
  readonly #underWay = new Map<ShelvedOrder, Alarm>()

  constructor(travel: () => number) {
    this.#travel = travel
  }

  get count(): number {
    return this.#underWay.size
  }

  receive(message: CourierMessage, post: Post): void {
    if (message.type === 'call') {
      const { order } = message
      const shelved: ShelvedOrder = { order, kind: order.temp, size: 1, born: post.now, due: post.now + this.#travel() }
      const arrive = { type: 'arrive', shelved } satisfies CourierMessage
      this.#underWay.set(shelved, post.wake('couriers', shelved.due, arrive))
      post.send('scheduler', { type: 'coming', shelved } satisfies SchedulerMessage)
      return
    }
    const { shelved } = message
    const alarm = this.#underWay.get(shelved)
    if (!alarm) return
    this.#underWay.delete(shelved)
    if (message.type === 'arrive') post.send('scheduler', { type: 'here', shelved } satisfies SchedulerMessage)
    else post.cancel(alarm)
  }
}
