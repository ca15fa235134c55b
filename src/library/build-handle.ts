// A build as its caller sees it: its events in order, and the summary at its end.
import type { Emit, KitchenEvent, Summary } from '../base/event.ts'

/**
 * A running build. Loop over it for its events. Leaving the loop early ends the build and keeps what was cooked by
 * then. Failed jobs are events; only errors that prevent the build from starting are thrown.
 */
export class Build implements AsyncIterable<KitchenEvent> {
  /** Counts of the whole build. Rejects with the error that prevented it from starting. */
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
    // A loop over the events receives the error there.
    this.summary.catch(() => undefined)
  }

  /** Stops what is cooking. The summary then counts what was done. */
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
