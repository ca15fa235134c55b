// Runs one warm cook: a server process that takes one order after the other.
import { closeSync, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Observation } from '../../processes/observation.ts'
import { type Exit, graceMs, type Running } from '../../processes/process.ts'
import type { ServerObservation } from './server-observation.ts'
import { type Answer, endMessage, frame, frameReader, messageIn, type Order } from './worker-messages.ts'

/** The end of an order whose process ended with it. `why` is set where chef ended the process. */
export interface ProcessEnding {
  exit: Exit
  why?: 'timeout' | 'memory' | 'cancelled'
  usedBytes?: number
}

export type Ending = { answer: Answer; observation?: Observation } | ProcessEnding

export interface Limits {
  /** 0: none. */
  timeoutMs: number
  /** Bytes of resident memory. */
  memory?: number | undefined
}

const memoryLookMs = 25
const idleMs = 50
const pageBytes = 4096

export class WarmProcess {
  readonly kind: string
  readonly exit: Promise<Exit>
  /** Bytes of memory after its first ticket. */
  baseBytes: number | undefined
  lastStep = ''
  readonly #forks: boolean
  readonly #observation: ServerObservation | undefined
  #orders = 0
  #idleSince = 0
  #running: Running
  #socket: Socket | undefined
  #pid = 0
  #ended: Exit | undefined
  /** Resolves the order that is cooked now. */
  #take: ((ending: { answer: Answer } | { exit: Exit }) => void) | undefined

  constructor({ kind, forks }: { kind: string; forks: boolean }, running: Running, observation?: ServerObservation) {
    this.kind = kind
    this.#observation = observation
    this.#forks = forks
    this.#running = running
    this.exit = running.exit
    void this.exit.then((exit) => {
      this.#ended = exit
      this.#observation?.lose()
      this.#take?.({ exit })
    })
  }

  attach(socket: Socket, pid: number): (chunk: Buffer) => void {
    this.#socket = socket
    this.#pid = pid
    socket.unref()
    return frameReader((message) => {
      const { pid: current, answer } = messageIn(message)
      if (current !== undefined) this.#pid = current
      if (answer) this.#take?.({ answer })
    })
  }

  /** A build that begins may find other packages. Tickets of one build follow each other at once. */
  isStale(): boolean {
    const isIdle = performance.now() - this.#idleSince > idleMs
    return isIdle && this.#orders > 0 && this.#observation?.isStale() === true
  }

  /** Ends the process and all that it has started. Resolves when they are gone. */
  end(): Promise<Exit> {
    this.#running.cancel()
    return this.exit
  }

  async cook(order: Order, limits: Limits, cancelled: Promise<void>): Promise<Ending> {
    let why: 'timeout' | 'memory' | 'cancelled' | undefined
    let usedBytes: number | undefined
    let isOver = false
    let patience: NodeJS.Timeout | undefined
    const stop = (reason: typeof why) => {
      if (why !== undefined || isOver) return
      why = reason
      if (!this.#forks) return this.#running.cancel()
      this.#socket?.write(frame(endMessage))
      patience = setTimeout(() => this.#running.cancel(), 4 * graceMs)
    }
    const timer = limits.timeoutMs > 0 ? setTimeout(() => stop('timeout'), limits.timeoutMs) : undefined
    const { memory } = limits
    const look =
      memory === undefined
        ? undefined
        : setInterval(() => {
            const used = residentBytes(this.#pid)
            if (used <= memory) return
            usedBytes = used
            stop('memory')
          }, memoryLookMs)
    void cancelled.then(() => stop('cancelled'))
    const ended = new Promise<{ answer: Answer } | { exit: Exit }>((resolve) => {
      this.#take = resolve
      if (this.#ended) resolve({ exit: this.#ended })
    })
    const number = (this.#orders += 1)
    const observed = this.#observation?.expect(number)
    const marks = this.#observation && { path: this.#observation.marks, number }
    this.#socket?.write(frame(marks ? { ...order, marks } : order))
    const ending = await ended
    this.#idleSince = performance.now()
    isOver = true
    clearTimeout(timer)
    clearTimeout(patience)
    clearInterval(look)
    this.#take = undefined
    if ('answer' in ending && !ending.answer.exit) {
      const { answer } = ending
      if (!observed || !this.#observation || answer.again) return { answer }
      return { answer, observation: this.#observation.complete(await observed, answer.layers ?? [0]) }
    }
    const exit = 'answer' in ending ? exitOf(ending.answer) : ending.exit
    return { exit, ...(why && { why }), ...(usedBytes && { usedBytes }) }
  }
}

/** How the fork of one order ended. */
function exitOf({ exit, ms, cpuMs, peakBytes, logBytes }: Answer): Exit {
  const { code = null, signal = null } = exit ?? {}
  return { code, signal, timedOut: false, cancelled: false, ms, cpuMs, peakBytes, logBytes }
}

const text = Buffer.alloc(128)

function residentBytes(pid: number): number {
  try {
    const file = openSync(`/proc/${pid}/statm`, 'r')
    const length = readSync(file, text, 0, text.length, 0)
    closeSync(file)
    return Number(text.toString('latin1', 0, length).split(' ')[1]) * pageBytes
  } catch {
    return 0
  }
}
