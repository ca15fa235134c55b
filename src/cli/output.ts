// A stream that is written to in large pieces, and that may be closed by its reader at any time without harm.

const pieceBytes = 65_536

export interface Stream {
  isTTY?: boolean
  columns?: number
  rows?: number
  write(text: string): boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

export class Output {
  readonly #stream: Stream
  #held: string[] = []
  #length = 0
  #due = false
  #closed = false

  constructor(stream: Stream) {
    this.#stream = stream
    // Who reads us may stop reading (`chef plan | head`): what is cooking goes on, what is printed goes nowhere.
    stream.on('error', () => {
      this.#closed = true
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 }
  }

  /** Width to lay lists out for: without a terminal nothing is cut. */
  get columns(): number {
    return this.isTerminal ? this.size.columns : Number.POSITIVE_INFINITY
  }

  readonly write = (text: string): void => {
    if (this.#closed || text === '') return
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
    if (this.#length === 0 || this.#closed) return
    const text = this.#held.join('')
    this.#held = []
    this.#length = 0
    this.#stream.write(text)
  }
}
