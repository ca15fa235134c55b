// Masks: where an ingredient works, and how what it made is mixed with what was there.
import { copyOf, fullOf, luminanceAt, type Raster } from './raster.ts'

/** One byte a pixel: 1 where every mask is at least half white. What is transparent is outside. */
export function insideOf(masks: readonly Raster[]): Uint8Array {
  const [first] = masks as [Raster]
  const inside = new Uint8Array(first.width * first.height).fill(1)
  for (const mask of masks) {
    const full = fullOf(mask)
    for (let pixel = 0; pixel < inside.length; pixel++) {
      const at = pixel * 4
      const white = luminanceAt(mask.data, at) * (mask.data[at + 3] as number)
      if (white * 2 < 1000 * full * full) inside[pixel] = 0
    }
  }
  return inside
}

export function combine(before: Raster, after: Raster, inside: Uint8Array | undefined, opacity: number): Raster {
  const made = copyOf(before)
  for (let at = 0; at < made.data.length; at++) {
    if (inside !== undefined && inside[at >> 2] === 0) continue
    const was = before.data[at] as number
    made.data[at] = Math.round(was + ((after.data[at] as number) - was) * opacity)
  }
  return made
}
