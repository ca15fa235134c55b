// Talks to the compiled spawner (spawner.c): sends frames and reads reports, many of them in one write.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { endAbandoned } from './abandoned-processes.ts'
import { type Observation, readObservation } from './observation.ts'
import {
  type Exit,
  graceMs,
  type Held,
  type ObservedPart,
  type PartListener,
  type Processes,
  type Run,
  type Running,
} from './process.ts'

const reportBytes = 72
const stages = [undefined, 'log', 'folder', 'program'] as const

/** Of two names for one signal, the first is the usual one: SIGABRT before SIGIOT. */
const signalNames = new Map(
  Object.entries(constants.signals)
    .map(([name, number]): [number, string] => [number, name])
    .reverse(),
)
const errorNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

function header(type: string, id: number, numbers: number[], texts: string): Buffer {
  const textBytes = Buffer.byteLength(texts)
  const length = 5 + numbers.length * 4 + textBytes
  const frame = Buffer.allocUnsafe(4 + length)
  frame.writeUInt32LE(length, 0)
  frame[4] = type.charCodeAt(0)
  frame.writeUInt32LE(id, 5)
  numbers.forEach((number, index) => {
    frame.writeUInt32LE(number, 9 + index * 4)
  })
  frame.write(texts, 9 + numbers.length * 4)
  return frame
}

function runFrame(type: 'R' | 'H', id: number, request: Run): Buffer {
  const names = Object.keys(request.env)
  let texts = `${request.cwd}\0${request.log}\0`
  for (const argument of request.argv) texts += `${argument}\0`
  for (const name of names) texts += `${name}=${request.env[name]}\0`
  const hidden = request.observe?.hidden ?? []
  for (const folder of hidden) texts += `${folder}\0`
  texts += `${request.observe?.parts?.marks ?? ''}\0`
  const timeoutMs = Math.min(Math.ceil(request.timeoutMs), 0xffffffff)
  return header(
    type,
    id,
    [timeoutMs, graceMs, request.argv.length, names.length, request.observe ? 1 : 0, hidden.length],
    texts,
  )
}

const partFlag = 4

/** A report of one part of a server's work, or undefined where it is one of a process that ended. */
function readPart(report: Buffer): ObservedPart | undefined {
  if ((report.readUInt32LE(12) & partFlag) === 0) return undefined
  const observation = readObservation(report.readUInt32LE(64), report.subarray(reportBytes))
  if (!observation) return undefined
  return { kind: report.readInt32LE(4) === 1 ? 'ticket' : 'layer', number: report.readInt32LE(8), observation }
}

/** A report, and behind it its text. */
function readReport(report: Buffer): Exit {
  const code = report.readInt32LE(4)
  const signal = report.readInt32LE(8)
  const flags = report.readUInt32LE(12)
  const stage = stages[report.readUInt32LE(16)]
  const error = report.readUInt32LE(20)
  const observation = readObservation(report.readUInt32LE(64), report.subarray(reportBytes))
  return {
    code: code < 0 ? null : code,
    signal: signal === 0 ? null : (signalNames.get(signal) ?? `signal ${signal}`),
    timedOut: (flags & 1) !== 0,
    cancelled: (flags & 2) !== 0,
    ...(stage && { startError: { stage, error: errorNames.get(error) ?? `error ${error}` } }),
    ms: Number(report.readBigUInt64LE(24)) / 1000,
    cpuMs: Number(report.readBigUInt64LE(32)) / 1000,
    peakBytes: Number(report.readBigUInt64LE(40)) * 1024,
    logBytes: Number(report.readBigUInt64LE(48)),
    startedAt: Math.floor(Number(report.readBigUInt64LE(56)) / 1000),
    ...(observation && { observation }),
  }
}

const lost: Exit = {
  code: null,
  signal: 'SIGKILL',
  timedOut: false,
  cancelled: false,
  lost: true,
  ms: 0,
  logBytes: 0,
}

const unfinished: Observation = { complete: false, refused: false, why: 'the spawner died' }

export class Spawner implements Processes {
  readonly #program: string
  readonly #onStart: (pid: number) => void
  #child: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #nextId = 1
  #waiting = new Map<number, { settle: (exit: Exit) => void; log: string }>()
  #listeners = new Map<number, PartListener>()
  #frames: Buffer[] = []
  #rest: Buffer = Buffer.alloc(0)

  constructor(program: string, onStart: (pid: number) => void = () => {}) {
    this.#program = program
    this.#onStart = onStart
  }

  run(request: Run): Running {
    return this.#give('R', request)
  }

  hold(request: Run): Held {
    return this.#give('H', request)
  }

  async close(): Promise<void> {
    this.#flush()
    this.#child?.ref()
    this.#child?.stdin?.end()
    await this.#gone
  }

  #give(type: 'R' | 'H', request: Run): Held {
    const child = this.#start()
    const id = this.#nextId++
    if (this.#waiting.size === 0) child.ref()
    const exit = new Promise<Exit>((resolve) => {
      const settle = (exit: Exit): void => resolve(request.observe ? { observation: unfinished, ...exit } : exit)
      this.#waiting.set(id, { settle, log: request.log })
    })
    if (request.observe?.parts) this.#listeners.set(id, request.observe.parts)
    this.#send(runFrame(type, id, request))
    return {
      exit,
      begin: () => {
        if (this.#waiting.has(id)) this.#send(header('B', id, [], ''))
      },
      cancel: () => {
        if (this.#waiting.has(id)) this.#send(header('K', id, [], ''))
      },
    }
  }

  /**
   * The spawner gets a session of its own, so that Ctrl-C in the terminal reaches chef alone, and chef decides what
   * ends.
   */
  #start(): ChildProcess {
    if (this.#child) return this.#child
    const child = spawn(this.#program, [], { stdio: ['pipe', 'pipe', 'inherit'], detached: true, env: {} })
    this.#child = child
    if (child.pid !== undefined) this.#onStart(child.pid)
    this.#gone = new Promise((resolve) => {
      const end = () => {
        if (this.#child !== child) return
        this.#child = undefined
        const waiting = [...this.#waiting.values()]
        this.#waiting.clear()
        this.#listeners.clear()
        void endAbandoned(waiting.map(({ log }) => log)).then(() => {
          for (const { settle } of waiting) settle(lost)
          resolve()
        })
      }
      child.once('close', end)
      child.once('error', end)
    })
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => {
      this.#take(chunk)
    })
    child.unref()
    for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref()
    return child
  }

  #send(frame: Buffer): void {
    if (this.#frames.push(frame) === 1) process.nextTick(() => this.#flush())
  }

  #flush(): void {
    if (this.#frames.length === 0) return
    const frames = this.#frames
    this.#frames = []
    this.#child?.stdin?.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
  }

  #settle(id: number, exit: Exit): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    this.#listeners.delete(id)
    waiting?.settle(exit)
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let length = reportLength(bytes); bytes.length >= length; length = reportLength(bytes)) {
      const id = bytes.readUInt32LE(0)
      const report = bytes.subarray(0, length)
      const part = readPart(report)
      if (part) this.#listeners.get(id)?.take(part)
      else this.#settle(id, readReport(report))
      bytes = bytes.subarray(length)
    }
    this.#rest = bytes
    if (this.#waiting.size === 0) this.#child?.unref()
  }
}

function reportLength(bytes: Buffer): number {
  return bytes.length < reportBytes ? reportBytes : reportBytes + bytes.readUInt32LE(68)
}

/** Why this machine cannot observe what a step looks for, or undefined. */
export async function whyNotObserved(program: string): Promise<string | undefined> {
  const child = spawn(program, ['--self-test'], { stdio: ['ignore', 'pipe', 'ignore'], env: {} })
  const failure = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)))
  const said = text(child.stdout)
  return (await Promise.race([failure, said])).trim() || undefined
}
