// Decodes an animation with sharp: every frame as it is displayed, as a PNG.
import { basename } from 'node:path'
import type { SharpOptions } from 'sharp'
import { failure, Refusal } from '../base/failures/failure.ts'
import { unreadable } from './picture-fault.ts'

/** Pixels decoded at once. Each piece starts by decoding everything before it, so pieces are large. */
const pixelsTogether = 64e6

export async function* framesOf(path: string): AsyncIterable<Buffer> {
  const { default: sharp } = await import('sharp')
  // A watching chef meets the same path with other content.
  sharp.cache(false)
  const wholeOptions: SharpOptions = { failOn: 'warning', limitInputPixels: false }
  try {
    const { pages = 1, width, pageHeight, height } = await sharp(path, { ...wholeOptions, pages: -1 }).metadata()
    const high = pageHeight ?? height
    const together = Math.max(1, Math.floor(pixelsTogether / (width * high)))
    for (let page = 0; page < pages; page += together) {
      const count = Math.min(together, pages - page)
      const { data, info } = await sharp(path, { ...wholeOptions, page, pages: count })
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true })
      const raw = { width, height: high, channels: info.channels }
      const bytes = width * high * info.channels
      for (let at = 0; at < count; at++)
        yield await sharp(data.subarray(at * bytes, (at + 1) * bytes), { raw })
          .png()
          .toBuffer()
    }
  } catch (error) {
    const { code, data } = unreadable(basename(path), error)
    throw new Refusal([failure(code, data as never)], 1)
  }
}
