// Runs the builds that the page requests. Each is a chef of its own that reports its events over a pipe.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { KitchenEvent } from '../base/event.ts'
import { readEvents } from './event-lines.ts'
import type { EventFeed } from './event-feed.ts'
import { type BuildWish, buildWords } from './build-words.ts'

export interface BuilderPorts {
  /** The program that starts chef, and the words before those of the command. */
  command: readonly string[]
  /** The arguments that select this kitchen. */
  kitchen: readonly string[]
  folder: string
  environment: { readonly [name: string]: string | undefined }
}

/** Milliseconds that a stopped build may take to end its jobs. */
const patienceMs = 10_000
const mostSaid = 4000

export class BuildStarter {
  readonly #ports: BuilderPorts
  readonly #feed: EventFeed
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(ports: BuilderPorts, feed: EventFeed) {
    this.#ports = ports
    this.#feed = feed
  }

  get busy(): boolean {
    return this.#child !== undefined
  }

  /** Of the chef that builds. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  build(wish: BuildWish): void {
    const { targets, narrow, force, keepGoing } = wish
    const { command, kitchen, folder, environment } = this.#ports
    const words = [
      'build',
      ...(force ? ['--force'] : []),
      ...(keepGoing ? ['--keep-going'] : []),
      ...narrow.map((one) => `--narrow=${one}`),
      // After `--` no word is read as a flag, whatever a page sends.
      '--',
      ...targets,
    ]
    const [program = '', ...before] = command
    const child = spawn(program, [...before, 'build', ...kitchen, '--events=3', ...words.slice(1)], {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#feed.begin(buildWords(wish))
    let output = ''
    child.stderr?.on('data', (data: Buffer) => {
      output = (output + data.toString('utf8')).slice(-mostSaid)
    })
    let whole = false
    readEvents(child.stdio[3] as Readable, (event: KitchenEvent) => {
      whole ||= event.type === 'summary'
      this.#feed.event(event)
    })
    this.#ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        output = error.message
        resolve()
      })
      child.once('close', () => resolve())
    }).then(() => {
      this.#child = undefined
      // The error output is news only if the build did not reach its end.
      this.#feed.end(whole ? undefined : output.trim())
    })
  }

  stop(): void {
    this.#child?.kill('SIGINT')
  }

  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill('SIGTERM')
    const impatient = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await this.#ended
    clearTimeout(impatient)
  }
}
