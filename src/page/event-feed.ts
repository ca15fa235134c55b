// Sends the events of builds to every open page. A late page first gets a snapshot; a page that does not read is
// disconnected.
import type { KitchenEvent } from '../base/event.ts'
import { advanceLive, beginBuild, beginLive, endLive, type Live, type StampedEvent } from './live-build.ts'
import type { SeenBuild } from './now/build-runs.ts'
import type { ToPage } from './page-protocol.ts'

/** The feed's view of a page. */
export interface Listener {
  send(text: string): void
  /** The number of bytes that were sent but not read. */
  readonly waiting: number
  drop(): void
}

/** Milliseconds between sends: often enough to look live, and seldom enough to cost a fast build nothing. */
const pauseMs = 80
/** With more events than this, a snapshot is shorter. */
const mostAtOnce = 150
const mostWaiting = 1_000_000

export class EventFeed {
  live: Live = beginLive()
  /** The builds that were seen here, the latest last. */
  readonly seen: SeenBuild[] = []
  readonly #listeners = new Set<Listener>()
  #held: StampedEvent[] = []
  #surpassed = false
  #timer: NodeJS.Timeout | undefined
  readonly #clock: () => number

  constructor(clock: () => number = Date.now) {
    this.#clock = clock
  }

  get listeners(): number {
    return this.#listeners.size
  }

  join(listener: Listener): void {
    this.#flush()
    listener.send(JSON.stringify(this.#snapshot()))
    this.#listeners.add(listener)
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  begin(builder: string): void {
    this.live = beginBuild(builder, this.#clock())
    this.seen.push({ command: builder, startedAt: this.live.startedAt })
    this.#held = []
    this.#surpassed = true
    this.#wake()
  }

  event(event: KitchenEvent): void {
    const stamped = { at: this.#clock(), event }
    advanceLive(this.live, stamped)
    if (event.type === 'summary') this.#note(stamped.at)
    if (this.#listeners.size === 0) return
    // Events are held only for pages. Past this many, pages get the state instead.
    if (this.#held.length < mostAtOnce) this.#held.push(stamped)
    else this.#surpassed = true
    this.#wake()
  }

  /** The builder has ended, with or without a summary. */
  end(message?: string): void {
    endLive(this.live, this.#clock())
    this.#note(this.#clock())
    if (message) this.live.messages.push(message)
    this.#surpassed = true
    this.#wake()
  }

  say(message: ToPage): void {
    this.#send(JSON.stringify(message))
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const listener of this.#listeners) listener.drop()
  }

  #note(endedAt: number): void {
    const last = this.seen.at(-1)
    if (last) last.endedAt ??= endedAt
  }

  #snapshot(): ToPage {
    return { type: 'snapshot', at: this.#clock(), live: this.live }
  }

  #wake(): void {
    this.#timer ??= setTimeout(() => this.#flush(), pauseMs)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#surpassed && this.#held.length === 0) return
    const message: ToPage = this.#surpassed ? this.#snapshot() : { type: 'events', events: this.#held }
    this.#held = []
    this.#surpassed = false
    this.#send(JSON.stringify(message))
  }

  #send(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.waiting <= mostWaiting) {
        listener.send(text)
        continue
      }
      this.#listeners.delete(listener)
      listener.drop()
    }
  }
}
