// Runs one warm cook: a server process that takes one order after the other.
import { closeSync, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Exit, Running } from '../../processes/process.ts'
import { type Answer, answerIn, frame, frameReader, type Order } from './worker-messages.ts'

/** The end of an order whose process ended with it. `why` is set where chef ended the process. */
export interface ProcessEnding {
  exit: Exit
  why?: 'timeout' | 'memory' | 'cancelled'
  usedBytes?: number
}

export type Ending = { answer: Answer } | ProcessEnding

export interface Limits {
  /** 0: none. */
  timeoutMs: number
  /** Bytes of resident memory. */
  memory?: number | undefined
}

const memoryLookMs = 25
const pageBytes = 4096

export class WarmProcess {
  readonly kind: string
  readonly exit: Promise<Exit>
  /** Bytes of memory after its first ticket. */
  baseBytes: number | undefined
  lastStep = ''
  #running: Running
  #socket: Socket | undefined
  #pid = 0
  #ended: Exit | undefined
  /** Resolves the order that is cooked now. */
  #take: ((ending: { answer: Answer } | { exit: Exit }) => void) | undefined

  constructor(kind: string, running: Running) {
    this.kind = kind
    this.#running = running
    this.exit = running.exit
    void this.exit.then((exit) => {
      this.#ended = exit
      this.#take?.({ exit })
    })
  }

  attach(socket: Socket, pid: number): (chunk: Buffer) => void {
    this.#socket = socket
    this.#pid = pid
    socket.unref()
    return frameReader((message) => {
      this.#take?.({ answer: answerIn(message) })
    })
  }

  /** Ends the process and all that it has started. Resolves when they are gone. */
  end(): Promise<Exit> {
    this.#running.cancel()
    return this.exit
  }

  async cook(order: Order, limits: Limits, cancelled: Promise<void>): Promise<Ending> {
    let why: 'timeout' | 'memory' | 'cancelled' | undefined
    let usedBytes: number | undefined
    const stop = (reason: typeof why) => {
      why ??= reason
      this.#running.cancel()
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
    this.#socket?.write(frame(order))
    const ending = await ended
    clearTimeout(timer)
    clearInterval(look)
    this.#take = undefined
    return 'answer' in ending ? ending : { ...ending, ...(why && { why }), ...(usedBytes && { usedBytes }) }
  }
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
