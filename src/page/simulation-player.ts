// Plays a simulated kitchen for one page, driven by the real clock.
import { Refusal } from '../base/failures/failure.ts'
import { type StrategyName, strategyNames } from '../racks/racks.ts'
import { prepareKitchen, type PreparedKitchen } from '../simulation/prepared-kitchen.ts'
import { type SessionRequest, loadSimulationKitchen } from '../simulation/load-simulation.ts'
import { madeUpOrders } from '../simulation/generated-orders.ts'
import type { SimulatedOrder, SimulationEvent } from '../simulation/simulated-order.ts'
import { ordersIn } from '../simulation/orders-file.ts'
import { type Simulation, startSimulation } from '../simulation/simulation.ts'
import type { Happened, SimulationChoices, SimulationWish, ToPage } from './page-protocol.ts'

export interface SimulationSource extends SessionRequest {
  /** An absolute path. Without it, orders are generated for as long as somebody watches. */
  orders?: string | undefined
}

/** Returns the choices and their first values. */
export async function simulationChoices(source: SimulationSource): Promise<SimulationChoices> {
  const { strategy, rate, seed } = await loadSimulationKitchen(source)
  const own = typeof strategy === 'string' ? strategy : strategy.module
  const strategies = [...new Set([own, ...strategyNames])]
  return { strategies, strategy: own, rate, seed, recorded: source.orders !== undefined }
}

const frameMs = 100
/** A page with more unread bytes than this is sent fewer frames. */
const mostWaiting = 200_000
const mostHappened = 40
/** After a delay the server skips time instead of catching up. */
const longestFrameMs = 1000

export class SimulationPlayer {
  readonly #source: SimulationSource
  readonly #send: (message: ToPage) => void
  readonly #waiting: () => number
  #simulation: Simulation | undefined
  #speed = 0
  #timer: NodeJS.Timeout | undefined
  #playedAt = 0
  #happened: Happened[] = []
  #count = 0
  /** Increases with each start, so that a kitchen loaded for an earlier start is dropped. */
  #start = 0

  constructor(source: SimulationSource, send: (message: ToPage) => void, waiting: () => number) {
    this.#source = source
    this.#send = send
    this.#waiting = waiting
  }

  async start({ strategy, rate, seed, speed }: SimulationWish): Promise<void> {
    const start = ++this.#start
    this.#stop()
    try {
      const kitchen = await prepareKitchen({
        ...(await loadSimulationKitchen(this.#source)),
        ...builtInStrategy(strategy),
        rate,
        seed,
      })
      if (start !== this.#start) return
      this.#simulation = startSimulation(kitchen, this.#orders(kitchen))
    } catch (error) {
      return this.#refuse(error)
    }
    this.#happened = []
    this.#count = 0
    this.#play(0)
    this.pace(speed)
  }

  /** Sets the seconds of the kitchen for each second of the page. 0 pauses. */
  pace(speed: number): void {
    this.#advance()
    this.#speed = speed
    this.#stop()
    this.#playedAt = performance.now()
    if (this.#simulation && speed > 0 && !this.#simulation.ended)
      this.#timer = setInterval(() => {
        this.#advance()
        this.#show()
      }, frameMs)
    this.#show()
  }

  close(): void {
    this.#start++
    this.#stop()
    this.#simulation = undefined
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #orders({ shelves, seed }: PreparedKitchen): Iterator<SimulatedOrder> {
    const { orders } = this.#source
    return orders === undefined ? madeUpOrders(shelves, seed, Number.POSITIVE_INFINITY) : ordersIn(orders, shelves)
  }

  #advance(): void {
    if (!this.#timer || !this.#simulation) return
    const now = performance.now()
    const seconds = Math.min(longestFrameMs, now - this.#playedAt) / 1000
    this.#playedAt = now
    this.#play(this.#simulation.now + seconds * this.#speed)
    if (this.#simulation?.ended) this.#stop()
  }

  #play(time: number): void {
    try {
      this.#simulation?.playTo(time, (event) => this.#note(event))
    } catch (error) {
      this.close()
      this.#refuse(error)
    }
  }

  #note(event: SimulationEvent): void {
    if (event.type === 'received' || event.type === 'shelved') return
    const { type, at, order, shelf } = event
    const number = this.#count++
    const what = { number, at, id: order.id, name: order.name || order.id }
    if (type === 'moved') this.#happened.push({ ...what, type, shelf })
    else if (type === 'delivered') this.#happened.push({ ...what, type, shelf, value: event.value })
    else this.#happened.push({ ...what, type: event.why === 'spoiled' ? 'spoiled' : 'dropped', shelf: shelf ?? '' })
    if (this.#happened.length > mostHappened) this.#happened.shift()
  }

  #show(): void {
    if (!this.#simulation || this.#waiting() > mostWaiting) return
    const snapshot = this.#simulation.snapshot()
    this.#send({ type: 'simulation', frame: { snapshot, speed: this.#speed, happened: this.#happened } })
    this.#happened = []
  }

  #refuse(error: unknown): void {
    const why = error instanceof Refusal ? error.failures.map(({ message }) => message).join('\n') : String(error)
    this.#send({ type: 'refused', why })
  }
}

/** Accepts built-in strategies only. A module's path must come from the kitchen, never from a page. */
function builtInStrategy(strategy: string): { strategy?: StrategyName } {
  const found = strategyNames.find((name) => name === strategy)
  return found ? { strategy: found } : {}
}
