// A kitchen in a folder of its own for tests that run the real binary, with steps that the test itself holds and lets go.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../bin/chef', import.meta.url))

/** Whatever the binary printed: tests look into it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Line = { [key: string]: any }
export type Files = { [path: string]: string | Uint8Array }

export interface Result {
  exit: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** The lines of stdout that are JSON, without the summary. */
  lines: Line[]
  summary: Line
}

/** Step names, one for each listed job, sorted. `fresh` counts the jobs that the build had no reason to list. */
export interface Built extends Result {
  cooked: string[]
  reused: string[]
  failed: string[]
  blocked: string[]
  fresh: number
  /** `step: reason` of every listed job, sorted, without doubles. */
  reasons: string[]
}

export interface Running {
  child: ChildProcess
  result: Promise<Result>
}

/** A step that has reached its `hold` and waits. */
export interface Held {
  pid: number
  /** Lets the step print a text and exit. */
  release(exit?: number, print?: string): void
  /** Resolves when the process is gone, however it ended. */
  gone: Promise<void>
}

export interface RunOptions {
  environment?: { [name: string]: string }
  folder?: string
  /** Another chef than the one of this folder. */
  chef?: string
  /** A program that runs the binary, with its arguments. */
  through?: string[]
  /** The user and group id that the command runs as. */
  user?: number
  /** Another group id than that. */
  group?: number
}

// The step's end of a hold: it says its name and lives until it is told how to exit, or is killed.
const holdSource = `
const socket = require('net').connect(process.argv[2], () => socket.write(JSON.stringify({ name: process.argv[3], pid: process.pid }) + '\\n'))
let text = ''
socket.on('data', (data) => {
  text += data
  if (!text.includes('\\n')) return
  const { exit, print } = JSON.parse(text)
  require('fs').writeSync(1, print)
  process.exit(exit)
})
socket.on('error', () => process.exit(99))
`

class Holds {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #arrived = new Map<string, Held[]>()
  readonly #awaited = new Map<string, ((held: Held) => void)[]>()
  readonly #open = new Set<string>()

  constructor(path: string) {
    this.#server = createServer((socket) => this.#greet(socket))
    this.#server.listen(path)
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      text += String(data)
      if (!text.endsWith('\n')) return
      const { name, pid } = JSON.parse(text) as { name: string; pid: number }
      const release = (exit = 0, print = ''): void => {
        socket.write(`${JSON.stringify({ exit, print })}\n`)
      }
      this.#settle(name, { pid, release, gone })
    })
  }

  #settle(name: string, held: Held): void {
    const waiter = this.#awaited.get(name)?.shift()
    if (this.#open.has(name)) held.release()
    else if (waiter) waiter(held)
    else this.#arrived.set(name, [...(this.#arrived.get(name) ?? []), held])
  }

  next(name: string): Promise<Held> {
    const held = this.#arrived.get(name)?.shift()
    if (held) return Promise.resolve(held)
    return new Promise((resolve) => this.#awaited.set(name, [...(this.#awaited.get(name) ?? []), resolve]))
  }

  open(names: string[]): void {
    for (const name of names) this.#open.add(name)
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Writes over what is there before it cuts off the rest, so that nobody meets the file empty in between. */
function overwrite(path: string, content: string | Uint8Array): void {
  const bytes = Buffer.from(content)
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT)
  writeSync(file, bytes)
  ftruncateSync(file, bytes.length)
  closeSync(file)
}

/** The environment a user would have, without what the test runner adds to it. */
function environment(more: { [name: string]: string } = {}): { [name: string]: string } {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, LANG: 'C.UTF-8', TMPDIR: tmpdir(), ...more }
}

function parse(stdout: string): Line[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Line]
    } catch {
      return []
    }
  })
}

function collect(child: ChildProcess): Promise<Result> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (data: Buffer) => out.push(data))
  child.stderr?.on('data', (data: Buffer) => err.push(data))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, signal) => {
      const stdout = Buffer.concat(out).toString()
      const parsed = parse(stdout)
      resolve({
        exit,
        signal,
        stdout,
        stderr: Buffer.concat(err).toString(),
        lines: parsed.filter((line) => line.type !== 'summary'),
        summary: parsed.find((line) => line.type === 'summary') ?? {},
      })
    })
  })
}

/** The files below a folder by relative path, links followed. */
export function tree(folder: string): { [path: string]: string } {
  if (!existsSync(folder)) return {}
  const found: { [path: string]: string } = {}
  const walk = (current: string): void => {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      const path = join(current, entry.name)
      if (entry.isDirectory()) walk(path)
      else found[relative(folder, path)] = readFileSync(path, 'latin1')
    }
  }
  walk(folder)
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export class Rig {
  readonly base: string
  /** The project folder, where the cheffile lies. */
  readonly folder: string
  readonly #holds: Holds
  readonly #running = new Set<ChildProcess>()

  constructor(cheffile: object | string, files: Files) {
    this.base = mkdtempSync(join(tmpdir(), 'chef-rig-'))
    this.folder = join(this.base, 'project')
    mkdirSync(this.folder)
    writeFileSync(join(this.base, 'hold.cjs'), holdSource)
    this.#holds = new Holds(join(this.base, 'holds'))
    this.cheffile(cheffile)
    for (const [path, content] of Object.entries(files)) this.write(path, content)
  }

  /** A text becomes cheffile.yml, an object cheffile.json. */
  cheffile(content: object | string): void {
    if (typeof content === 'string') this.write('cheffile.yml', content.replaceAll('%HOLD%', this.holdCommand))
    else this.write('cheffile.json', JSON.stringify(content, null, 2).replaceAll('%HOLD%', this.holdCommand))
  }

  /** What `%HOLD%` in a cheffile stands for: `%HOLD% name` in a command waits until the test releases `name`. */
  get holdCommand(): string {
    return `${process.execPath} ${join(this.base, 'hold.cjs')} ${join(this.base, 'holds')}`
  }

  held(name: string): Promise<Held> {
    return this.#holds.next(name)
  }

  /** From now on these steps are not held any more. */
  letThrough(...names: string[]): void {
    this.#holds.open(names)
  }

  path(path: string): string {
    return join(this.folder, path)
  }

  write(path: string, content: string | Uint8Array, mode?: number): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    overwrite(this.path(path), content)
    if (mode !== undefined) chmodSync(this.path(path), mode)
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8')
  }

  exists(path: string): boolean {
    return existsSync(this.path(path))
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true })
  }

  rename(from: string, to: string): void {
    mkdirSync(dirname(this.path(to)), { recursive: true })
    renameSync(this.path(from), this.path(to))
  }

  tree(path: string): { [path: string]: string } {
    return tree(this.path(path))
  }

  /** For what is done while the command is under way. */
  start(args: string[], options: RunOptions = {}): Running {
    const [program = '', ...words] = [...(options.through ?? []), options.chef ?? binary, ...args]
    const child = spawn(program, words, {
      cwd: options.folder ?? this.folder,
      env: environment({ XDG_STATE_HOME: `${this.base}.state`, ...options.environment }),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.user !== undefined && { uid: options.user, gid: options.group ?? options.user }),
    })
    this.#running.add(child)
    child.on('close', () => this.#running.delete(child))
    return { child, result: collect(child) }
  }

  run(args: string[], options: RunOptions = {}): Promise<Result> {
    return this.start(args, options).result
  }

  plan(...args: string[]): Promise<Result> {
    return this.run(['plan', '--json', ...args])
  }

  status(...args: string[]): Promise<Result> {
    return this.run(['status', '--json', ...args])
  }

  async table(result: string, ...args: string[]): Promise<Line[]> {
    const { lines, exit, stderr } = await this.run(['table', result, '--json', ...args])
    if (exit !== 0) throw new Error(`chef table ${result} gave exit ${exit}: ${stderr}`)
    return lines
  }

  async build(...args: string[]): Promise<Built> {
    return this.buildWith({}, ...args)
  }

  async buildWith(options: RunOptions, ...args: string[]): Promise<Built> {
    return built(await this.run(['build', '--json', ...args], options))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#running].map((child) => new Promise((resolve) => child.on('close', resolve)))
    for (const child of this.#running) child.kill('SIGKILL')
    this.#holds.close()
    await Promise.all(ended)
    for (const folder of [this.base, `${this.base}.state`])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function built(result: Result): Built {
  const listed = result.lines.filter((line) => line.type === 'job')
  const steps = (status: string): string[] =>
    listed
      .filter((line) => line.status === status)
      .map((line) => String(line.step))
      .sort()
  return {
    ...result,
    cooked: steps('cooked'),
    reused: steps('reused'),
    failed: steps('failed'),
    blocked: steps('blocked'),
    fresh: Number(result.summary.fresh ?? 0),
    reasons: [...new Set(listed.map((line) => `${line.step}: ${line.reason}`))].sort(),
  }
}

export async function rig(cheffile: object | string, files: Files = {}): Promise<Rig> {
  return new Rig(cheffile, files)
}
