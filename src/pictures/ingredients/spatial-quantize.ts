// spatial-quantize: few colours, chosen so that the picture seen from a little further away is as near as can be.
// "Further away" is the blur 1 2 1 in both directions; all sums are whole numbers, so nothing depends on their order.
import type { Value } from '../../base/value.ts'
import { nearestColour, type PaletteColour, paletteFor } from './palette.ts'
import { copyOf, type Raster } from './raster.ts'
import { seeded, shuffled } from '../../base/seeded.ts'

const kernel = [1, 2, 1, 2, 4, 2, 1, 2, 1]

interface State {
  raster: Raster
  palette: PaletteColour[]
  /** Which colour each pixel has. */
  chosen: Uint8Array
  /** Blurred choice minus blurred picture, three channels a pixel. */
  error: Float64Array
}

export function spatialQuantize(raster: Raster, options: { [name: string]: Value }): Raster {
  const palette = paletteFor(raster, options)
  const { data, width, height } = raster
  const chosen = new Uint8Array(width * height)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    const at = pixel * 4
    chosen[pixel] = nearestColour(palette, data[at] as number, data[at + 1] as number, data[at + 2] as number)
  }
  const state: State = { raster, palette, chosen, error: new Float64Array(width * height * 3) }
  const next = seeded(options.seed as number)
  for (let pass = 0; pass < (options.passes as number); pass++) {
    measure(state)
    const changed = improve(state, shuffled(width * height, next))
    if (options.palette === undefined) refine(state)
    if (!changed) break
  }
  const made = copyOf(raster)
  for (let pixel = 0; pixel < chosen.length; pixel++)
    made.data.set(state.palette[chosen[pixel] as number] as PaletteColour, pixel * 4)
  return made
}

/** Calls back with every neighbour within the picture, the pixel itself among them, and its weight. */
function eachNeighbour({ width, height }: Raster, pixel: number, visit: (other: number, weight: number) => void): void {
  const x = pixel % width
  const y = (pixel - x) / width
  for (let down = -1; down <= 1; down++) {
    if (y + down < 0 || y + down >= height) continue
    for (let across = -1; across <= 1; across++) {
      if (x + across < 0 || x + across >= width) continue
      visit(pixel + down * width + across, kernel[(down + 1) * 3 + across + 1] as number)
    }
  }
}

function measure({ raster, palette, chosen, error }: State): void {
  error.fill(0)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    const colour = palette[chosen[pixel] as number] as PaletteColour
    for (let channel = 0; channel < 3; channel++) {
      const off = (colour[channel] as number) - (raster.data[pixel * 4 + channel] as number)
      eachNeighbour(raster, pixel, (other, weight) => {
        error[other * 3 + channel] = (error[other * 3 + channel] as number) + weight * off
      })
    }
  }
}

/** Each pixel in turn takes the colour with which the sum of squared errors is least; it keeps its own where none is less. */
function improve({ raster, palette, chosen, error }: State, order: Int32Array): boolean {
  let changed = false
  for (const pixel of order) {
    const pull = [0, 0, 0]
    let weights = 0
    eachNeighbour(raster, pixel, (other, weight) => {
      weights += weight * weight
      for (let channel = 0; channel < 3; channel++)
        pull[channel] = (pull[channel] as number) + weight * (error[other * 3 + channel] as number)
    })
    const now = palette[chosen[pixel] as number] as PaletteColour
    let best = chosen[pixel] as number
    let least = 0
    for (const [index, colour] of palette.entries()) {
      let growth = 0
      for (let channel = 0; channel < 3; channel++) {
        const step = (colour[channel] as number) - (now[channel] as number)
        growth += 2 * step * (pull[channel] as number) + weights * step * step
      }
      if (growth < least) {
        least = growth
        best = index
      }
    }
    if (best === chosen[pixel]) continue
    const to = palette[best] as PaletteColour
    eachNeighbour(raster, pixel, (other, weight) => {
      for (let channel = 0; channel < 3; channel++) {
        const step = (to[channel] as number) - (now[channel] as number)
        error[other * 3 + channel] = (error[other * 3 + channel] as number) + weight * step
      }
    })
    chosen[pixel] = best
    changed = true
  }
  return changed
}

/** The palette with which the error would be least for this choice: least squares, held near what it was by a weight of 1. */
function refine({ raster, palette, chosen, error }: State): void {
  const count = palette.length
  const products = Array.from({ length: count }, () => new Float64Array(count))
  const sides = Array.from({ length: count }, () => [0, 0, 0])
  const shares = new Float64Array(count)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    shares.fill(0)
    eachNeighbour(raster, pixel, (other, weight) => {
      const index = chosen[other] as number
      shares[index] = (shares[index] as number) + weight
    })
    for (let one = 0; one < count; one++) {
      const share = shares[one] as number
      if (share === 0) continue
      const row = products[one] as Float64Array
      for (let other = 0; other < count; other++)
        row[other] = (row[other] as number) + share * (shares[other] as number)
      const side = sides[one] as number[]
      // What is missing here, for this colour: the change of the palette is solved for, not the palette.
      for (let channel = 0; channel < 3; channel++)
        side[channel] = (side[channel] as number) - share * (error[pixel * 3 + channel] as number)
    }
  }
  for (let one = 0; one < count; one++) (products[one] as Float64Array)[one]! += 1
  const full = raster.data instanceof Uint16Array ? 65535 : 255
  const change = solve(products, sides)
  for (let one = 0; one < count; one++) {
    const colour = palette[one] as PaletteColour
    palette[one] = colour.map((value, channel) =>
      Math.min(full, Math.max(0, Math.round(value + ((change[one] as number[])[channel] as number)))),
    ) as PaletteColour
  }
}

/** Gauss without exchanges: the matrix is symmetric and positive. */
function solve(matrix: Float64Array[], sides: number[][]): number[][] {
  const count = matrix.length
  for (let at = 0; at < count; at++) {
    const row = matrix[at] as Float64Array
    for (let below = at + 1; below < count; below++) {
      const factor = ((matrix[below] as Float64Array)[at] as number) / (row[at] as number)
      if (factor === 0) continue
      for (let column = at; column < count; column++)
        (matrix[below] as Float64Array)[column]! -= factor * (row[column] as number)
      for (let channel = 0; channel < 3; channel++)
        (sides[below] as number[])[channel]! -= factor * ((sides[at] as number[])[channel] as number)
    }
  }
  for (let at = count - 1; at >= 0; at--) {
    const row = matrix[at] as Float64Array
    const side = sides[at] as number[]
    for (let channel = 0; channel < 3; channel++) {
      for (let column = at + 1; column < count; column++)
        side[channel]! -= (row[column] as number) * ((sides[column] as number[])[channel] as number)
      side[channel]! /= row[at] as number
    }
  }
  return sides
}
