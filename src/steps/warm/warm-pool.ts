// Holds the warm cooks: one process a burner, started when first needed, kept between tickets, replaced when lost.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { isMap } from '../../base/value.ts'
import { type Exit, lostRetries, type Processes } from '../../processes/process.ts'
import { frameReader } from './worker-messages.ts'
import { ServerObservation } from './server-observation.ts'
import { WarmProcess } from './warm-process.ts'

/** Starts a server, which connects to the address and says the token. */
export interface ServerCommand {
  /** Servers of one kind can stand in for each other. */
  kind: string
  argv(address: string, token: string): string[]
  env: { [name: string]: string }
  /** It cooks each order in a fork of its own, which ends with the order. */
  forks: boolean
  /** Returns the folders of its interpreter, its packages and chef's own. */
  toolFolders(): string[]
  /** Folders of which an observer does not tell; undefined: it is not observed. */
  hidden: string[] | undefined
}

export function wasKilled({ signal }: Exit): boolean {
  return signal === 'SIGKILL' || signal === 'SIGTERM'
}

export class WarmPool {
  readonly #processes: Processes
  readonly #burners: number
  #folder = ''
  #listening: Promise<Server> | undefined
  #sockets = new Set<Socket>()
  /** Servers that were started and have not connected yet, by token. */
  #expected = new Map<string, (socket: Socket, pid: number) => (chunk: Buffer) => void>()
  #idle: WarmProcess[] = []
  #live = new Set<WarmProcess>()
  /** Burners in use, with those of servers that are starting. */
  #taken = 0
  #waiting: (() => void)[] = []
  #started = 0

  constructor(processes: Processes, burners: number) {
    this.#processes = processes
    this.#burners = Math.max(1, burners)
  }

  /** Returns a server for one order. The caller has to `release` or `retire` it. */
  async acquire(command: ServerCommand, step: string): Promise<WarmProcess> {
    for (;;) {
      const idle = this.#pick(command.kind, step)
      if (idle && !idle.isStale()) return idle
      if (idle) {
        await this.retire(idle)
        continue
      }
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

  /** Resolves when the server and all that it had started are gone. */
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

  /** Prefers the server that cooked this step last, because it has imported what the step imports. */
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
      throw new Refusal([failure('cook-server', { program, why })], 1)
    }
  }

  async #start(command: ServerCommand): Promise<WarmProcess | { exit: Exit; log: string; program: string }> {
    this.#listening ??= this.#listen()
    await this.#listening
    const token = randomBytes(16).toString('hex')
    this.#started += 1
    const log = join(this.#folder, `${this.#started}.log`)
    const argv = command.argv(join(this.#folder, 'cooks'), token)
    const { env, hidden } = command
    const parts = hidden && new ServerObservation(token, command)
    const request = { argv, cwd: this.#folder, env, log, timeoutMs: 0 }
    const observe = hidden && { hidden: [...hidden, this.#folder], ...(parts && { parts }) }
    const running = this.#processes.run({ ...request, ...(observe && { observe }) })
    const server = new WarmProcess(command, running, parts)
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
      return { exit: first, log, program: argv[0] ?? '' }
    }
    void server.exit.then(() => this.#forget(server))
    return server
  }

  /** Listens in a folder that only this user may enter; whoever connects must know a token as well. */
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
      const { token, pid } = isMap(message) ? message : {}
      take = this.#expected.get(String(token))?.(socket, Number(pid))
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
