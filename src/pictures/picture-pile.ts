// Writes pictures to disk in a form that libvips reads from first to last without holding them: a TIFF of pages with
// 64-bit offsets. A course of thousands of pictures then needs the memory of a few.
import { closeSync, openSync, writeSync } from 'node:fs'
import { deflateSync } from 'node:zlib'

/** Raw pixels of 8 bits: three colours, and alpha in a fourth channel. */
export interface PileSettings {
  width: number
  channels: number
}

const short = { type: 3, bytes: 2 }
const long = { type: 4, bytes: 4 }
const offset = { type: 16, bytes: 8 }
type Kind = typeof short

const adobeDeflate = 8
const rgb = 2
const alphaOfItsOwn = 2

export class PicturePile {
  readonly #file: number
  readonly #settings: PileSettings
  #end = 0
  /** The offset of the link to the next page's description. */
  #link = 8
  #strips: { at: number; bytes: number }[] = []

  constructor(path: string, settings: PileSettings) {
    this.#file = openSync(path, 'w')
    this.#settings = settings
    const head = Buffer.alloc(16)
    head.write('II')
    head.writeUInt16LE(43, 2)
    head.writeUInt16LE(offset.bytes, 4)
    this.#append(head)
  }

  /**
   * Writes the next rows of the current page. All strips of a page have the same number of rows, except perhaps the
   * last.
   */
  strip(pixels: Buffer): void {
    const packed = deflateSync(pixels, { level: 1 })
    this.#strips.push({ at: this.#append(packed), bytes: packed.length })
  }

  endPage(rows: number, rowsOfStrip: number): void {
    const { width, channels } = this.#settings
    const strips = this.#strips
    const fields = [
      this.#field(256, long, [width]),
      this.#field(257, long, [rows]),
      this.#field(258, short, new Array(channels).fill(8)),
      this.#field(259, short, [adobeDeflate]),
      this.#field(262, short, [rgb]),
      this.#field(
        273,
        offset,
        strips.map(({ at }) => at),
      ),
      this.#field(277, short, [channels]),
      this.#field(278, long, [rowsOfStrip]),
      this.#field(
        279,
        offset,
        strips.map(({ bytes }) => bytes),
      ),
      ...(channels > 3 ? [this.#field(338, short, [alphaOfItsOwn])] : []),
    ]
    const at = this.#append(Buffer.concat([numbers(offset, [fields.length]), ...fields, numbers(offset, [0])]))
    writeSync(this.#file, numbers(offset, [at]), 0, offset.bytes, this.#link)
    this.#link = this.#end - offset.bytes
    this.#strips = []
  }

  close(): void {
    closeSync(this.#file)
  }

  /** A value of more than eight bytes is stored outside the field. */
  #field(tag: number, kind: Kind, values: readonly number[]): Buffer {
    const field = Buffer.alloc(20)
    field.writeUInt16LE(tag, 0)
    field.writeUInt16LE(kind.type, 2)
    field.writeBigUInt64LE(BigInt(values.length), 4)
    const content = numbers(kind, values)
    if (content.length <= offset.bytes) content.copy(field, 12)
    else numbers(offset, [this.#append(content)]).copy(field, 12)
    return field
  }

  /** Returns the offset at which the content begins. */
  #append(content: Buffer): number {
    const at = this.#end
    writeSync(this.#file, content, 0, content.length, at)
    this.#end += content.length
    return at
  }
}

function numbers({ bytes }: Kind, values: readonly number[]): Buffer {
  const made = Buffer.alloc(bytes * values.length)
  for (const [at, value] of values.entries())
    if (bytes === 8) made.writeBigUInt64LE(BigInt(value), at * 8)
    else made.writeUIntLE(value, at * bytes, bytes)
  return made
}
