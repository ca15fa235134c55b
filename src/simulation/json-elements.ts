// Cuts JSON that comes in pieces into its elements: those of an array, or values one after the other. A general streaming
// parser builds every value itself, at a tenth of the speed; here JSON.parse does, and only their ends are looked for.

const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const comma = 0x2c
const opening = new Set([0x5b, 0x7b])
const closing = new Set([0x5d, 0x7d])
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xfeff])

export interface Element {
  text: string
  /** Where it begins. */
  line: number
}

export class Elements {
  /** The line that is being looked at, from 1. */
  line = 1
  #rest = ''
  /** Inside the array that holds all; undefined before anything was seen. */
  #array: boolean | undefined
  #closed = false
  /** A value has ended and no comma has come yet. */
  #afterValue = false

  /** The values that have ended with this piece. */
  feed(text: string): Element[] {
    const elements: Element[] = []
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

  /** Nothing comes any more. */
  end(): void {
    if (this.#rest !== '') throw new SyntaxError('it ends in the middle of a value')
    if (this.#array && !this.#closed) throw new SyntaxError('its array is not closed')
    if (this.#array === undefined) throw new SyntaxError('it is empty')
  }

  #countLines(from: number, to: number): void {
    for (let at = this.#rest.indexOf('\n', from); at >= 0 && at < to; at = this.#rest.indexOf('\n', at + 1)) this.line++
  }

  /** Where the next value begins, what stands between values passed over. */
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

  /** Where the value ends that begins here; undefined where more has to come first. */
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
