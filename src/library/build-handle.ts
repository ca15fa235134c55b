// A build as its caller sees it: events in the order in which they happen, and the summary at its end.
import type { Emit, KitchenEvent, Summary } from '../base/event.ts'

/**
 * A build that is under way. Loop over it for its events; leaving the loop early ends the build, and what was cooked by
 * then is kept. Failed jobs are events; only what keeps the build from beginning is thrown.
 */
export class Build implements AsyncIterable<KitchenEvent> {
  /** Counts of the whole build. Rejects with what kept it from beginning. */
  readonly summary: Promise<Summary>
  readonly #stopping = new AbortController()
  readonly #waiting: KitchenEvent[] = []
  #wake: () => void = () => undefined
  #ended = false

  /** @internal */
  constructor(run: (emit: Emit, signal: AbortSignal) => Promise<Summary>, signal?: AbortSignal) {
    const signals = signal ? [signal, this.#stopping.signal] : [this.#stopping.signal]
    const emit: Emit = (event) => {
      this.#waiting.push(event)
      this.#wake()
    }
    this.summary = run(emit, AbortSignal.any(signals)).finally(() => {
      this.#ended = true
      this.#wake()
    })
    // Whoever loops over the events is told there.
    this.summary.catch(() => undefined)
  }

  /** Ends what is cooking. The summary then counts what was done. */
  stop(): Promise<Summary> {
    this.#stopping.abort()
    return this.summary
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KitchenEvent, void, undefined> {
    try {
      for (;;) {
        yield* this.#waiting.splice(0)
        if (this.#ended) break
        if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
      }
      yield* this.#waiting.splice(0)
      await this.summary
    } finally {
      if (!this.#ended) await this.stop()
    }
  }
}
