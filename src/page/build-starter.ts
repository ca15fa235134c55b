// Builds that the page asks for: a chef of its own each, that tells its events over a pipe.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { KitchenEvent } from '../base/event.ts'
import { readEvents } from './event-lines.ts'
import type { Feed } from './event-feed.ts'
import type { FromPage } from './page-protocol.ts'

export interface BuilderPorts {
  /** How chef is started: the program, and what comes before the command's own words. */
  command: readonly string[]
  /** The words that mean this kitchen again. */
  kitchen: readonly string[]
  folder: string
  environment: { readonly [name: string]: string | undefined }
}

type Asked = Extract<FromPage, { type: 'build' }>

/** So long a stopped build may take to end what it started. */
const patienceMs = 10_000
const mostSaid = 4000

export class Builder {
  readonly #ports: BuilderPorts
  readonly #feed: Feed
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(ports: BuilderPorts, feed: Feed) {
    this.#ports = ports
    this.#feed = feed
  }

  get busy(): boolean {
    return this.#child !== undefined
  }

  build({ targets, narrow, force, keepGoing }: Asked): void {
    const { command, kitchen, folder, environment } = this.#ports
    const words = [
      'build',
      ...(force ? ['--force'] : []),
      ...(keepGoing ? ['--keep-going'] : []),
      ...narrow.map((one) => `--narrow=${one}`),
      // After `--` nothing is a flag, whatever a page sends.
      '--',
      ...targets,
    ]
    const [program = '', ...before] = command
    const child = spawn(program, [...before, words[0] as string, ...kitchen, '--events=3', ...words.slice(1)], {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#feed.begin(['chef', ...words.filter((word) => word !== '--')].join(' '))
    let said = ''
    child.stderr?.on('data', (data: Buffer) => {
      said = (said + data.toString('utf8')).slice(-mostSaid)
    })
    let whole = false
    readEvents(child.stdio[3] as Readable, (event: KitchenEvent) => {
      whole ||= event.type === 'summary'
      this.#feed.event(event)
    })
    this.#ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        said = error.message
        resolve()
      })
      child.once('close', () => resolve())
    }).then(() => {
      this.#child = undefined
      // What it said is news only where it did not come to an end.
      this.#feed.end(whole ? undefined : said.trim())
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
