// Applies masks, which decide where an ingredient works, and mixes its output with the picture before it.
import { copyOf, fullOf, luminanceAt, type Raster } from './raster.ts'

/** Returns one byte a pixel: 1 if every mask is at least half white there. Transparent pixels are outside. */
export function insideOf(masks: readonly Raster[]): Uint8Array {
  const { width, height } = masks[0] ?? { width: 0, height: 0 }
  const inside = new Uint8Array(width * height).fill(1)
  for (const mask of masks) {
    const full = fullOf(mask)
    for (let pixel = 0; pixel < inside.length; pixel++) {
      const at = pixel * 4
      const white = luminanceAt(mask.data, at) * (mask.data[at + 3] ?? 0)
      if (white * 2 < 1000 * full * full) inside[pixel] = 0
    }
  }
  return inside
}

export function combine(before: Raster, after: Raster, inside: Uint8Array | undefined, opacity: number): Raster {
  const made = copyOf(before)
  for (let at = 0; at < made.data.length; at++) {
    if (inside !== undefined && inside[at >> 2] === 0) continue
    const was = before.data[at] ?? 0
    made.data[at] = Math.round(was + ((after.data[at] ?? 0) - was) * opacity)
  }
  return made
}
