// quantize: gives every pixel a colour of the palette, and optionally spreads the error to its neighbours.
import type { Value } from '../../base/value.ts'
import { numberOption } from '../../recipe/ingredients/ingredients.ts'
import { black, nearestColour, type PaletteColour, paletteFor } from './palette.ts'
import { copyOf, packedAt, type Raster } from './raster.ts'

export function quantize(raster: Raster, options: { [name: string]: Value }): Raster {
  const palette = paletteFor(raster, options)
  const level = numberOption(options.dither)
  return level > 0 ? dither(raster, palette, level) : replaceColours(raster, palette)
}

function replaceColours(raster: Raster, palette: PaletteColour[]): Raster {
  const made = copyOf(raster)
  const { data } = made
  const known = new Map<number, number>()
  for (let at = 0; at < data.length; at += 4) {
    const packed = packedAt(data, at)
    let index = known.get(packed)
    if (index === undefined) {
      index = nearestColour(palette, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
      known.set(packed, index)
    }
    const colour = palette[index] ?? black
    for (let channel = 0; channel < 3; channel++) data[at + channel] = colour[channel] ?? 0
  }
  return made
}

/** Floyd-Steinberg dithering, row by row from left to right. `level` is the share of the error that is passed on. */
function dither(raster: Raster, palette: PaletteColour[], level: number): Raster {
  const made = copyOf(raster)
  const { width, height } = raster
  const wanted = Float64Array.from(raster.data)
  const spread: [across: number, down: number, share: number][] = [
    [1, 0, 7 / 16],
    [-1, 1, 3 / 16],
    [0, 1, 5 / 16],
    [1, 1, 1 / 16],
  ]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      const index = nearestColour(palette, wanted[at] ?? 0, wanted[at + 1] ?? 0, wanted[at + 2] ?? 0)
      const colour = palette[index] ?? black
      made.data.set(colour, at)
      for (const [across, down, share] of spread) {
        if (x + across < 0 || x + across >= width || y + down >= height) continue
        const to = at + (down * width + across) * 4
        for (let channel = 0; channel < 3; channel++) {
          const error = ((wanted[at + channel] ?? 0) - (colour[channel] ?? 0)) * level
          wanted[to + channel] = (wanted[to + channel] ?? 0) + error * share
        }
      }
    }
  }
  return made
}
