// Batches the writes of a build: one transaction for so many jobs, or so many milliseconds.

const jobsTogether = 256
const writeAfterMs = 100

export class BatchedWrites {
  readonly #write: () => void
  readonly #guarded: (act: () => void) => void
  #unwritten = 0
  #timer: NodeJS.Timeout | undefined

  /** `guarded` carries out what nobody waits for, and tells somebody if it fails. */
  constructor(write: () => void, guarded: (act: () => void) => void) {
    this.#write = write
    this.#guarded = guarded
  }

  /** One job more is done. */
  add(): void {
    if (++this.#unwritten >= jobsTogether) this.write()
    else this.#timer ??= setTimeout(() => this.#guarded(() => this.write()), writeAfterMs)
  }

  write(): void {
    this.stop()
    this.#timer = undefined
    this.#unwritten = 0
    this.#write()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
