// Crops an overlay to the picture, because libvips accepts none that reaches beyond it.
import type { Value } from '../../base/value.ts'
import { placeOf, type Size } from './geometry.ts'
import { blank, type Raster } from './raster.ts'

export interface Overlay {
  raster: Raster
  left: number
  top: number
}

/** Returns undefined if the overlay is out of sight. `tile` repeats it in all directions from its place. */
export function overlayFor(size: Size, overlay: Raster, options: { [name: string]: Value }): Overlay | undefined {
  const place = placeOf(size, overlay, options)
  if (options.tile === true) return { raster: tile(size, overlay, place), left: 0, top: 0 }
  const left = Math.max(0, place.left)
  const top = Math.max(0, place.top)
  const width = Math.min(size.width, place.left + overlay.width) - left
  const height = Math.min(size.height, place.top + overlay.height) - top
  if (width <= 0 || height <= 0) return undefined
  const shift = { left: place.left - left, top: place.top - top }
  return { raster: pick({ width, height }, overlay, (x, y) => [x - shift.left, y - shift.top]), left, top }
}

function tile(size: Size, overlay: Raster, { left, top }: { left: number; top: number }): Raster {
  const within = (at: number, length: number): number => ((at % length) + length) % length
  return pick(size, overlay, (x, y) => [within(x - left, overlay.width), within(y - top, overlay.height)])
}

function pick(size: Size, overlay: Raster, from: (x: number, y: number) => [number, number]): Raster {
  const made = blank(overlay, size.width, size.height)
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [column, row] = from(x, y)
      const at = (row * overlay.width + column) * 4
      made.data.set(overlay.data.subarray(at, at + 4), (y * size.width + x) * 4)
    }
  }
  return made
}
