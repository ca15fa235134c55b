// Cuts JSON that arrives in pieces into its elements: those of one array, or values one after the other. It looks
// only for the ends of values and leaves the values to JSON.parse. A general streaming parser builds every value
// itself and is ten times slower.

const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const comma = 0x2c
const opening = new Set([0x5b, 0x7b])
const closing = new Set([0x5d, 0x7d])
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xfeff])

export interface JsonElement {
  text: string
  /** The line on which the element begins, from 1. */
  line: number
}

export class JsonElements {
  /** The current line, from 1. */
  line = 1
  #rest = ''
  /** True inside an array that holds all elements. Undefined until the first character is seen. */
  #array: boolean | undefined
  #closed = false
  /** A value has ended and no comma has followed yet. */
  #afterValue = false

  /** Returns the values that end within this piece. */
  feed(text: string): JsonElement[] {
    const elements: JsonElement[] = []
    this.#rest += text
    let at = 0
    for (;;) {
      const start = this.#start(at)
      if (start === undefined) {
        this.#rest = ''
        return elements
      }
      const end = this.#end(start)
      if (end === undefined) {
        this.#rest = this.#rest.slice(start)
        return elements
      }
      elements.push({ text: this.#rest.slice(start, end), line: this.line })
      this.#countLines(start, end)
      this.#afterValue = true
      at = end
    }
  }

  /** Throws if the input ends too early. */
  end(): void {
    if (this.#rest !== '') throw new SyntaxError('it ends in the middle of a value')
    if (this.#array && !this.#closed) throw new SyntaxError('its array is not closed')
    if (this.#array === undefined) throw new SyntaxError('it is empty')
  }

  #countLines(from: number, to: number): void {
    for (let at = this.#rest.indexOf('\n', from); at >= 0 && at < to; at = this.#rest.indexOf('\n', at + 1)) this.line++
  }

  /** Returns the index at which the next value begins, past what stands between values. */
  #start(from: number): number | undefined {
    for (let at = from; at < this.#rest.length; at++) {
      const code = this.#rest.charCodeAt(at)
      if (code === newline) this.line++
      if (blank.has(code)) continue
      if (this.#closed) throw new SyntaxError('something follows the array')
      if (this.#array === undefined) {
        this.#array = code === 0x5b
        if (this.#array) continue
      }
      if (this.#array && code === 0x5d) this.#closed = true
      else if (this.#array && this.#afterValue !== (code === comma))
        throw new SyntaxError(this.#afterValue ? 'a comma is missing between two orders' : 'a comma stands alone')
      else if (this.#array && this.#afterValue) this.#afterValue = false
      else if (code === 0x7b) return at
      else throw new SyntaxError(`an order was expected, and there is "${this.#rest[at]}"`)
    }
    return undefined
  }

  /** Returns the index after the value that begins at `start`, or undefined if it needs more input. */
  #end(start: number): number | undefined {
    let depth = 0
    for (let at = start; at < this.#rest.length; at++) {
      const code = this.#rest.charCodeAt(at)
      if (code === quote) {
        const end = this.#stringEnd(at + 1)
        if (end === undefined) return undefined
        at = end
      } else if (opening.has(code)) depth++
      else if (closing.has(code) && --depth === 0) return at + 1
    }
    return undefined
  }

  #stringEnd(from: number): number | undefined {
    for (let at = this.#rest.indexOf('"', from); at >= 0; at = this.#rest.indexOf('"', at + 1)) {
      let before = at - 1
      while (this.#rest.charCodeAt(before) === backslash) before--
      if ((at - before) % 2 === 1) return at
    }
    return undefined
  }
}
