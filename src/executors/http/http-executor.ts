// Sends tickets to cooks over HTTP, spreads them by load, notices cooks that die, and sends their tickets to others.
import { type Failure, failure, Refusal } from '../../base/failures/failure.ts'
import { clearPan, type HostEnvironment } from '../../steps/pan.ts'
import { refusalIn } from '../../steps/process-cook.ts'
import { unstarted } from '../../steps/receipt.ts'
import type { DirectExecutor, Receipt, Ticket } from '../../tickets/ticket.ts'
import { type Packed, packTicket } from '../portable/portable-ticket.ts'
import type { CookAddress } from './cook-addresses.ts'
import { askStatus, type CookAnswer, type SentTicket, sendTicket } from './cook-client.ts'
import { type FleetCook, fleetBurners, freestCook, newCook } from './cook-fleet.ts'

export interface HttpExecutorOptions {
  addresses: readonly CookAddress[]
  variables: HostEnvironment
  warn: (failure: Failure) => void
}

/** Cooks that are dead or busy are asked again after so many milliseconds. */
const askAgainMs = 500
/** With no cook alive, tickets wait so long for one. */
const patienceMs = 20_000
/** A ticket that so many cooks died of is not sent again. */
const mostDeaths = 4
/** At the end, running tickets get so long to be ended by their cooks. */
const closeMs = 5000

interface Cook extends FleetCook {
  address: CookAddress
  /** That it is dead was said since it was last alive. */
  isToldOf: boolean
}

interface Sending {
  ticket: Ticket
  packed: Packed<Ticket>
  resolve: (receipt: Receipt) => void
  deaths: number
  cancelled: boolean
  sent?: SentTicket
}

/** Refuses where no cook answers. */
export async function openHttpExecutor(options: HttpExecutorOptions): Promise<DirectExecutor> {
  const kitchen = new HttpKitchen(options)
  await kitchen.ask()
  if (kitchen.burners === 0) throw new Refusal([failure('cooks-none', { why: kitchen.lastWhy })], 1)
  return kitchen
}

class HttpKitchen implements DirectExecutor {
  readonly name = 'http'
  readonly measures = true
  readonly #options: HttpExecutorOptions
  readonly #cooks: Cook[]
  readonly #waiting: Sending[] = []
  readonly #open = new Map<string, Sending>()
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #isAsking = false
  #deadSince: number | undefined
  lastWhy = 'kitchen.cooks names none'

  constructor(options: HttpExecutorOptions) {
    this.#options = options
    this.#cooks = options.addresses.map((address) => ({
      ...newCook(address.url.origin),
      address,
      isToldOf: false,
    }))
  }

  get burners(): number {
    return fleetBurners(this.#cooks)
  }

  /** Looks for cooks that came, or came back. */
  async ask(): Promise<void> {
    const dead = this.#cooks.filter(({ state }) => state === 'dead')
    await Promise.all(
      dead.map(async (cook) => {
        const status = await askStatus(cook.address)
        if ('burners' in status) Object.assign(cook, { state: 'alive', burners: status.burners, isToldOf: false })
        else this.#note(cook, status)
      }),
    )
  }

  cook(ticket: Ticket): Promise<Receipt> {
    let packed: Packed<Ticket>
    try {
      packed = packTicket(ticket, this.#options.variables)
    } catch (error) {
      return Promise.resolve(unstarted(ticket, refusalIn(error)))
    }
    return new Promise((resolve) => {
      const sending: Sending = { ticket, packed, resolve, deaths: 0, cancelled: false }
      this.#open.set(ticket.id, sending)
      this.#waiting.push(sending)
      this.#send()
    })
  }

  cancel(id: string): void {
    const sending = this.#open.get(id)
    if (sending === undefined) return
    sending.cancelled = true
    if (sending.sent) sending.sent.cancel()
    else this.#end(sending, unstarted(sending.ticket, failure('cook-cancelled', {})))
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    for (const id of [...this.#open.keys()]) this.cancel(id)
    const late = setTimeout(() => {
      for (const { sent } of this.#open.values()) sent?.abort()
    }, closeMs)
    await Promise.all(this.#running)
    clearTimeout(late)
  }

  /** Gives waiting tickets to cooks while both last. */
  #send(): void {
    for (;;) {
      const [sending] = this.#waiting
      if (sending === undefined) return
      const cook = freestCook(this.#cooks, Date.now())
      if (cook === undefined) break
      this.#waiting.shift()
      this.#track(this.#give(sending, cook))
    }
    if (this.#cooks.every(({ state }) => state === 'distrusted')) this.#giveUp()
    else this.#timer ??= setTimeout(() => this.#track(this.#askAgain()), askAgainMs)
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  async #askAgain(): Promise<void> {
    this.#timer = undefined
    if (this.#isAsking) return
    this.#isAsking = true
    await this.ask()
    this.#isAsking = false
    this.#deadSince = this.burners > 0 ? undefined : (this.#deadSince ?? Date.now())
    if (this.#deadSince !== undefined && Date.now() - this.#deadSince > patienceMs) this.#giveUp()
    this.#send()
  }

  #giveUp(): void {
    for (const sending of this.#waiting.splice(0))
      this.#end(sending, unstarted(sending.ticket, failure('cooks-none', { why: this.lastWhy })))
  }

  async #give(sending: Sending, cook: Cook): Promise<void> {
    cook.cooking++
    const sent = sendTicket(cook.address, sending.ticket, sending.packed)
    sending.sent = sent
    const answer = await sent.answer
    delete sending.sent
    cook.cooking--
    if (answer.kind === 'receipt') this.#end(sending, answer.receipt)
    else this.#again(sending, cook, answer)
    this.#send()
  }

  #again(sending: Sending, cook: Cook, answer: Exclude<CookAnswer, { kind: 'receipt' }>): void {
    clearPan(sending.ticket.pan)
    if (answer.kind === 'dead') sending.deaths++
    this.#note(cook, answer)
    if (sending.cancelled) this.#end(sending, unstarted(sending.ticket, failure('cook-cancelled', {})))
    else if (sending.deaths >= mostDeaths)
      this.#end(sending, unstarted(sending.ticket, failure('cook-unreachable', { cook: cook.url, why: this.lastWhy })))
    else this.#waiting.unshift(sending)
  }

  /** Remembers what a cook did instead of cooking, and says it once. */
  #note(cook: Cook, answer: Exclude<CookAnswer, { kind: 'receipt' }>): void {
    const { url } = cook
    if (answer.kind === 'busy') {
      cook.busyUntil = Date.now() + askAgainMs
      return
    }
    // Several tickets can end at one cook. Once it is distrusted it stays so.
    if (cook.state === 'distrusted') return
    cook.state = answer.kind === 'dead' ? 'dead' : 'distrusted'
    const told =
      answer.kind === 'dead'
        ? failure('cook-unreachable', { cook: url, why: answer.why })
        : answer.kind === 'refused'
          ? failure('cook-token', { cook: url })
          : failure('cook-untrusted', { cook: url, why: answer.why })
    this.lastWhy = told.message
    if (!cook.isToldOf || cook.state === 'distrusted') this.#options.warn(told)
    cook.isToldOf = true
  }

  #end(sending: Sending, receipt: Receipt): void {
    this.#open.delete(sending.ticket.id)
    const at = this.#waiting.indexOf(sending)
    if (at >= 0) this.#waiting.splice(at, 1)
    sending.resolve(receipt)
  }
}
