// The pool of warm cooks: one process a burner, started when first needed, kept between tickets, replaced when lost.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Exit, Processes } from '../../processes/process.ts'
import { frameReader } from './worker-messages.ts'
import { WarmProcess } from './warm-process.ts'

/** How a server is started. The address is where it must call, the token what it must say. */
export interface ServerCommand {
  /** Servers of one kind can stand in for each other. */
  kind: string
  argv(address: string, token: string): string[]
  env: { [name: string]: string }
}

/** A process that someone else killed is no word on what it was to cook: another is tried, so many times. */
export const lostRetries = 5

export function wasKilled({ signal }: Exit): boolean {
  return signal === 'SIGKILL' || signal === 'SIGTERM'
}

export class WarmPool {
  readonly #processes: Processes
  readonly #burners: number
  #folder = ''
  #listening: Promise<Server> | undefined
  #sockets = new Set<Socket>()
  /** By token: servers that were started and have not called yet. */
  #expected = new Map<string, (socket: Socket, pid: number) => (chunk: Buffer) => void>()
  #idle: WarmProcess[] = []
  #live = new Set<WarmProcess>()
  /** Burners taken, counting servers that are about to start. */
  #taken = 0
  #waiting: (() => void)[] = []
  #started = 0

  constructor(processes: Processes, burners: number) {
    this.#processes = processes
    this.#burners = Math.max(1, burners)
  }

  /** A server for one order. Give it back with `release`, or `retire` it. */
  async acquire(command: ServerCommand, step: string): Promise<WarmProcess> {
    for (;;) {
      const idle = this.#pick(command.kind, step)
      if (idle) return idle
      if (this.#taken < this.#burners) break
      const other = this.#idle[0]
      if (other) await this.retire(other)
      else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#taken += 1
    try {
      return await this.#bringUp(command)
    } catch (error) {
      this.#free()
      throw error
    }
  }

  release(server: WarmProcess): void {
    if (this.#live.has(server)) this.#idle.push(server)
    this.#waiting.shift()?.()
  }

  /** Resolves when the server and all it had started are gone. */
  async retire(server: WarmProcess): Promise<void> {
    this.#forget(server)
    await server.end()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#live].map((server) => this.retire(server)))
    const listening = await this.#listening
    for (const socket of this.#sockets) socket.destroy()
    if (listening) await new Promise<void>((resolve) => listening.close(() => resolve()))
    this.#listening = undefined
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = ''
  }

  /** The one that cooked this step last is best: it has imported what the step imports. */
  #pick(kind: string, step: string): WarmProcess | undefined {
    let at = this.#idle.findIndex((server) => server.kind === kind && server.lastStep === step)
    if (at < 0) at = this.#idle.findIndex((server) => server.kind === kind)
    return at < 0 ? undefined : this.#idle.splice(at, 1)[0]
  }

  #forget(server: WarmProcess): void {
    if (!this.#live.delete(server)) return
    this.#idle = this.#idle.filter((one) => one !== server)
    this.#free()
  }

  #free(): void {
    this.#taken -= 1
    this.#waiting.shift()?.()
  }

  async #bringUp(command: ServerCommand): Promise<WarmProcess> {
    for (let lost = 0; ; lost++) {
      const started = await this.#start(command)
      if (started instanceof WarmProcess) return started
      const { exit, log, program } = started
      if (wasKilled(exit) && !exit.cancelled && lost < lostRetries) continue
      const why = exit.startError?.error ?? lastLine(log) ?? `exit ${exit.code ?? exit.signal}`
      throw new Refusal([failure('cook-server', { program: program, why })], 1)
    }
  }

  async #start(command: ServerCommand): Promise<WarmProcess | { exit: Exit; log: string; program: string }> {
    this.#listening ??= this.#listen()
    await this.#listening
    const token = randomBytes(16).toString('hex')
    this.#started += 1
    const log = join(this.#folder, `${this.#started}.log`)
    const argv = command.argv(join(this.#folder, 'cooks'), token)
    const running = this.#processes.run({ argv, cwd: this.#folder, env: command.env, log, timeoutMs: 0 })
    const server = new WarmProcess(command.kind, running)
    const called = new Promise<true>((resolve) => {
      this.#expected.set(token, (socket, pid) => {
        resolve(true)
        return server.attach(socket, pid)
      })
    })
    this.#live.add(server)
    const first = await Promise.race([called, server.exit])
    this.#expected.delete(token)
    if (first !== true) {
      this.#live.delete(server)
      return { exit: first, log, program: argv[0] as string }
    }
    void server.exit.then(() => this.#forget(server))
    return server
  }

  /** In a folder that only we may enter: what calls there must know the token as well. */
  async #listen(): Promise<Server> {
    this.#folder = mkdtempSync(join(tmpdir(), 'chef-'))
    chmodSync(this.#folder, 0o700)
    const server = createServer((socket) => this.#greet(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(join(this.#folder, 'cooks'), resolve)
    })
    server.unref()
    return server
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    let take: ((chunk: Buffer) => void) | undefined
    const hello = frameReader((message) => {
      const { token, pid } = message as { token: string; pid: number }
      take = this.#expected.get(token)?.(socket, pid)
      if (!take) socket.destroy()
    })
    socket.on('data', (chunk) => (take ?? hello)(chunk))
  }
}

function lastLine(path: string): string | undefined {
  try {
    if (statSync(path).size > 1_000_000) return undefined
    return readFileSync(path, 'utf8').trim().split('\n').at(-1)
  } catch {
    return undefined
  }
}
