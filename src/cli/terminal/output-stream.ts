// A stream that is written to in large pieces. Its reader may close it at any time, which stops no build.

const pieceBytes = 65_536

export interface Stream {
  isTTY?: boolean
  columns?: number
  rows?: number
  write(text: string): boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  on(event: 'drain', listener: () => void): unknown
}

export class Output {
  readonly #stream: Stream
  #held: string[] = []
  #length = 0
  #due = false
  /** The reader has not caught up with what was written. */
  #full = false
  #resume: (() => void) | undefined
  #failure: NodeJS.ErrnoException | undefined

  constructor(stream: Stream) {
    this.#stream = stream
    stream.on('error', (error) => {
      this.#failure ??= error
      this.#resume?.()
    })
    stream.on('drain', () => {
      this.#full = false
      this.#resume?.()
    })
  }

  /** Why output did not arrive. A reader that stops early (`chef plan | head`) is no failure. */
  get failure(): NodeJS.ErrnoException | undefined {
    return this.#failure?.code === 'EPIPE' ? undefined : this.#failure
  }

  /** Calls back when the reader has gone, for commands that would otherwise run for ever. */
  whenClosed(listener: () => void): void {
    this.#stream.on('error', (error) => {
      if (error.code === 'EPIPE') listener()
    })
  }

  /** Waits until the reader has caught up or has gone, for commands that write without end. */
  async drained(): Promise<void> {
    this.flush()
    // Even without a full pipe, because a reader that left is reported one turn later.
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (this.#full && !this.#failure)
      await new Promise<void>((resolve) => {
        this.#resume = resolve
      })
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 }
  }

  /** The width for lists. Without a terminal nothing is cut. */
  get columns(): number {
    return this.isTerminal ? this.size.columns : Number.POSITIVE_INFINITY
  }

  readonly write = (text: string): void => {
    if (this.#failure || text === '') return
    this.#held.push(text)
    this.#length += text.length
    if (this.#length >= pieceBytes) this.flush()
    else if (!this.#due) {
      this.#due = true
      setImmediate(() => this.flush())
    }
  }

  flush(): void {
    this.#due = false
    if (this.#length === 0 || this.#failure) return
    const text = this.#held.join('')
    this.#held = []
    this.#length = 0
    try {
      this.#full = !this.#stream.write(text)
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error))
    }
  }
}
