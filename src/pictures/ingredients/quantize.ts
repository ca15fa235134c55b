// quantize: every pixel takes a colour of the palette; what that is off may be spread to its neighbours.
import type { Value } from '../../base/value.ts'
import { nearestColour, type PaletteColour, paletteFor } from './palette.ts'
import { copyOf, packedAt, type Raster } from './raster.ts'

export function quantize(raster: Raster, options: { [name: string]: Value }): Raster {
  const palette = paletteFor(raster, options)
  const level = options.dither as number
  return level > 0 ? dithered(raster, palette, level) : plain(raster, palette)
}

function plain(raster: Raster, palette: PaletteColour[]): Raster {
  const made = copyOf(raster)
  const { data } = made
  const known = new Map<number, number>()
  for (let at = 0; at < data.length; at += 4) {
    const packed = packedAt(data, at)
    let index = known.get(packed)
    if (index === undefined) {
      index = nearestColour(palette, data[at] as number, data[at + 1] as number, data[at + 2] as number)
      known.set(packed, index)
    }
    const colour = palette[index] as PaletteColour
    for (let channel = 0; channel < 3; channel++) data[at + channel] = colour[channel] as number
  }
  return made
}

/** Floyd and Steinberg, row by row from left to right, with `level` of the error passed on. */
function dithered(raster: Raster, palette: PaletteColour[], level: number): Raster {
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
      const index = nearestColour(palette, wanted[at] as number, wanted[at + 1] as number, wanted[at + 2] as number)
      const colour = palette[index] as PaletteColour
      made.data.set(colour, at)
      for (const [across, down, share] of spread) {
        if (x + across < 0 || x + across >= width || y + down >= height) continue
        const to = at + (down * width + across) * 4
        for (let channel = 0; channel < 3; channel++) {
          const error = ((wanted[at + channel] as number) - (colour[channel] as number)) * level
          wanted[to + channel] = (wanted[to + channel] as number) + error * share
        }
      }
    }
  }
  return made
}
