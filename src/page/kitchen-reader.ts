// Keeps the kitchen open for the page without writing, and opens it again when the fridge or the cheffile changes.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentName } from '../base/content-name.ts'
import { errorMessage } from '../base/thrown-error.ts'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import type { Int32Column } from '../base/number-columns.ts'
import type { ShelfView } from '../inspection/views.ts'
import type { Session } from '../session/session.ts'
import type { RememberedCook } from './now/build-runs.ts'
import type { Column, NowPage, Shown } from './page-protocol.ts'

/** Answers about one reading of a kitchen, cached by the first request that needed them. */
export interface KitchenNotes {
  now?: NowPage
  cooks?: RememberedCook[]
  shelves?: ShelfView[]
  /** By result. */
  columns: Map<string, Column[]>
  /** The rows in the order of a request, for the latest few requests. */
  orders: Map<string, Int32Column>
  /** The row of every record, by step. */
  rows: Map<string, Map<string, number>>
}

const noNotes = (): KitchenNotes => ({ columns: new Map(), orders: new Map(), rows: new Map() })

export interface Reading {
  revision: number
  /** Undefined while the cheffile cannot be cooked. */
  kitchen?: Session
  failures: Failure[]
  notes: KitchenNotes
  /** Summaries of contents, which stay true in every later reading. */
  contents: Map<ContentName, Shown>
}

export interface ReaderPorts {
  /** Opens the kitchen for reading with all its steps, and returns the files of its configuration. */
  open(): Promise<{ kitchen?: Session; failures: Failure[]; files: string[] }>
  changed(reading: Reading): void
}

/** Milliseconds between checks of the fridge for changes. */
const lookMs = 250
/**
 * Rests this many times as long as a reading took, so that a kitchen of a million jobs leaves time for everything
 * else.
 */
const restShare = 4
const leastRestMs = 300
const mostContents = 300_000

export class KitchenReader {
  readonly #ports: ReaderPorts
  #reading: Reading = { revision: 0, failures: [], notes: noNotes(), contents: new Map() }
  #files: string[] = []
  #seen = ''
  #opening: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #restUntil = 0
  #due = false
  #closed = false

  constructor(ports: ReaderPorts) {
    this.#ports = ports
  }

  async start(): Promise<void> {
    await this.#open()
    this.#timer = setInterval(() => this.#follow(), lookMs)
  }

  /** Returns the latest reading, and waits for the first one. */
  async current(): Promise<Reading> {
    if (this.#reading.revision === 0) await this.#open()
    return this.#reading
  }

  /** Checks for changes that the fridge does not know of. */
  look(): void {
    this.#due = true
    this.#follow()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#opening
    this.#reading.kitchen?.close()
  }

  #follow(): void {
    if (this.#opening || this.#closed || performance.now() < this.#restUntil) return
    if (!this.#due && this.#state() === this.#seen) return
    void this.#open()
  }

  #open(): Promise<void> {
    this.#opening ??= this.#read().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #read(): Promise<void> {
    const started = performance.now()
    const startedAt = Date.now()
    this.#due = false
    let opened: Awaited<ReturnType<ReaderPorts['open']>>
    try {
      opened = await this.#ports.open()
    } catch (error) {
      // The page shows the error and keeps following, because the next state may be readable.
      const failures =
        error instanceof Refusal ? error.failures : [failure('system-error', { what: errorMessage(error) })]
      opened = { failures, files: this.#files }
    }
    const former = this.#reading
    this.#files = opened.files
    const { kitchen = former.kitchen, failures } = opened
    const contents = former.contents.size > mostContents ? new Map<ContentName, Shown>() : former.contents
    this.#reading = { revision: former.revision + 1, kitchen, failures, notes: noNotes(), contents }
    if (former.kitchen !== kitchen) former.kitchen?.close()
    this.#seen = this.#asRead(startedAt, opened.kitchen !== undefined)
    this.#restUntil = performance.now() + Math.max(leastRestMs, restShare * (performance.now() - started))
    this.#ports.changed(this.#reading)
  }

  /** Describes the state as this reading saw it, so that anything written during the reading is news. */
  #asRead(startedAt: number, isNew: boolean): string {
    const { kitchen } = this.#reading
    const files = this.#files.map((path) => (wasWrittenSince(path, startedAt) ? 'written' : stampOf(path)))
    if (!kitchen) return files.join(' ')
    const { fridge, configuration } = kitchen
    const inode = fridge.isInMemory ? 'none' : inodeOf(join(configuration.fridge.path, 'fridge.db'))
    return [...files, isNew ? fridge.changesAtOpen : fridge.changes(), inode].join(' ')
  }

  /** Describes the state of the fridge and the configuration files. It changes whenever somebody writes them. */
  #state(): string {
    const { kitchen } = this.#reading
    const parts = this.#files.map(stampOf)
    if (kitchen) {
      try {
        parts.push(`${kitchen.fridge.changes()}`)
      } catch {
        parts.push('unreadable')
      }
      parts.push(inodeOf(join(kitchen.configuration.fridge.path, 'fridge.db')))
    }
    return parts.join(' ')
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat ? `${stat.mtimeNs}-${stat.ino}` : 'none'
}

/** File clocks have this grain in milliseconds. */
const grainMs = 20

function wasWrittenSince(path: string, at: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && stat.mtimeMs >= at - grainMs
}

function inodeOf(path: string): string {
  return String(statSync(path, { throwIfNoEntry: false })?.ino ?? 'none')
}
