// Looks for texts in a file while its bytes go by piece by piece.

export class ByteSearch {
  readonly #texts: readonly Buffer[]
  readonly #longest: number
  /** The end of the piece before, in which a text may have begun. */
  #tail: Buffer = Buffer.alloc(0)
  #isFound = false

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => Buffer.from(text))
    this.#longest = Math.max(...this.#texts.map(({ length }) => length))
  }

  /** True once one of the texts stood in any file. */
  get isFound(): boolean {
    return this.#isFound
  }

  /** The bytes that come next belong to another file. */
  beginFile(): void {
    this.#tail = Buffer.alloc(0)
  }

  /** The piece may be written over afterwards. */
  take(piece: Buffer): void {
    if (this.#isFound) return
    const seam = Buffer.concat([this.#tail, piece.subarray(0, this.#longest - 1)])
    this.#isFound = this.#holdsText(seam) || this.#holdsText(piece)
    const rest = piece.length < this.#longest - 1 ? seam : piece
    this.#tail = Buffer.from(rest.subarray(Math.max(0, rest.length - this.#longest + 1)))
  }

  #holdsText(bytes: Buffer): boolean {
    return this.#texts.some((text) => bytes.includes(text))
  }
}
