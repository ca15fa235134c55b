// spatial-quantize: chooses few colours so that the picture, seen from slightly further away, is as close as
// possible. "Further away" is the blur 1 2 1 in both directions. All sums are whole numbers, so their order does not
// matter.
import type { Value } from '../../base/value.ts'
import { black, nearestColour, type PaletteColour, paletteFor } from './palette.ts'
import { numberOption } from '../../recipe/ingredients/ingredients.ts'
import { copyOf, type Raster } from './raster.ts'
import { seeded, shuffled } from '../../base/seeded.ts'

const kernel = [1, 2, 1, 2, 4, 2, 1, 2, 1]

interface QuantizeState {
  raster: Raster
  palette: PaletteColour[]
  /** The colour index of each pixel. */
  chosen: Uint8Array
  /** The blurred choice minus the blurred picture, three channels a pixel. */
  error: Float64Array
}

export function spatialQuantize(raster: Raster, options: { [name: string]: Value }): Raster {
  const palette = paletteFor(raster, options)
  const { data, width, height } = raster
  const chosen = new Uint8Array(width * height)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    const at = pixel * 4
    chosen[pixel] = nearestColour(palette, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
  }
  const state: QuantizeState = { raster, palette, chosen, error: new Float64Array(width * height * 3) }
  const next = seeded(numberOption(options.seed))
  for (let pass = 0; pass < numberOption(options.passes); pass++) {
    measure(state)
    const changed = improve(state, shuffled(width * height, next))
    if (options.palette === undefined) refine(state)
    if (!changed) break
  }
  const made = copyOf(raster)
  for (let pixel = 0; pixel < chosen.length; pixel++)
    made.data.set(state.palette[chosen[pixel] ?? 0] ?? black, pixel * 4)
  return made
}

/** Visits every neighbour within the picture with its weight, including the pixel itself. */
function eachNeighbour({ width, height }: Raster, pixel: number, visit: (other: number, weight: number) => void): void {
  const x = pixel % width
  const y = (pixel - x) / width
  for (let down = -1; down <= 1; down++) {
    if (y + down < 0 || y + down >= height) continue
    for (let across = -1; across <= 1; across++) {
      if (x + across < 0 || x + across >= width) continue
      visit(pixel + down * width + across, kernel[(down + 1) * 3 + across + 1] ?? 0)
    }
  }
}

function measure({ raster, palette, chosen, error }: QuantizeState): void {
  error.fill(0)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    const colour = palette[chosen[pixel] ?? 0] ?? black
    for (let channel = 0; channel < 3; channel++) {
      const off = (colour[channel] ?? 0) - (raster.data[pixel * 4 + channel] ?? 0)
      eachNeighbour(raster, pixel, (other, weight) => {
        error[other * 3 + channel] = (error[other * 3 + channel] ?? 0) + weight * off
      })
    }
  }
}

/**
 * Gives each pixel in turn the colour with the least sum of squared errors. A pixel keeps its colour if no other is
 * better.
 */
function improve({ raster, palette, chosen, error }: QuantizeState, order: Int32Array): boolean {
  let changed = false
  for (const pixel of order) {
    const pull = [0, 0, 0]
    let weights = 0
    eachNeighbour(raster, pixel, (other, weight) => {
      weights += weight * weight
      for (let channel = 0; channel < 3; channel++)
        pull[channel] = (pull[channel] ?? 0) + weight * (error[other * 3 + channel] ?? 0)
    })
    const now = palette[chosen[pixel] ?? 0] ?? black
    let best = chosen[pixel] ?? 0
    let least = 0
    for (const [index, colour] of palette.entries()) {
      let growth = 0
      for (let channel = 0; channel < 3; channel++) {
        const step = (colour[channel] ?? 0) - (now[channel] ?? 0)
        growth += 2 * step * (pull[channel] ?? 0) + weights * step * step
      }
      if (growth < least) {
        least = growth
        best = index
      }
    }
    if (best === chosen[pixel]) continue
    const to = palette[best] ?? black
    eachNeighbour(raster, pixel, (other, weight) => {
      for (let channel = 0; channel < 3; channel++) {
        const step = (to[channel] ?? 0) - (now[channel] ?? 0)
        error[other * 3 + channel] = (error[other * 3 + channel] ?? 0) + weight * step
      }
    })
    chosen[pixel] = best
    changed = true
  }
  return changed
}

/**
 * Finds the palette with the least error for this choice by least squares. A weight of 1 holds it near the old
 * palette.
 */
function refine({ raster, palette, chosen, error }: QuantizeState): void {
  const count = palette.length
  const products = new Float64Array(count * count)
  const sides = new Float64Array(count * 3)
  const shares = new Float64Array(count)
  for (let pixel = 0; pixel < chosen.length; pixel++) {
    shares.fill(0)
    eachNeighbour(raster, pixel, (other, weight) => {
      const index = chosen[other] ?? 0
      shares[index] = (shares[index] ?? 0) + weight
    })
    for (let one = 0; one < count; one++) {
      const share = shares[one] ?? 0
      if (share === 0) continue
      for (let other = 0; other < count; other++) add(products, one * count + other, share * (shares[other] ?? 0))
      // Solves for the change of the palette, so the sides hold what is missing for each colour.
      for (let channel = 0; channel < 3; channel++)
        add(sides, one * 3 + channel, -share * (error[pixel * 3 + channel] ?? 0))
    }
  }
  for (let one = 0; one < count; one++) add(products, one * count + one, 1)
  const full = raster.data instanceof Uint16Array ? 65535 : 255
  solve(products, sides, count)
  for (let one = 0; one < count; one++) {
    const moved = (value: number, channel: number): number =>
      Math.min(full, Math.max(0, Math.round(value + (sides[one * 3 + channel] ?? 0))))
    const [red, green, blue] = palette[one] ?? black
    palette[one] = [moved(red, 0), moved(green, 1), moved(blue, 2)]
  }
}

function add(numbers: Float64Array, at: number, amount: number): void {
  numbers[at] = (numbers[at] ?? 0) + amount
}

/**
 * Turns the three sides of each row into the solution, by Gauss elimination without pivoting. That suffices because
 * the matrix is symmetric and positive.
 */
function solve(matrix: Float64Array, sides: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) {
    const pivot = matrix[at * count + at] ?? 0
    for (let below = at + 1; below < count; below++) {
      const factor = (matrix[below * count + at] ?? 0) / pivot
      if (factor === 0) continue
      for (let column = at; column < count; column++)
        add(matrix, below * count + column, -factor * (matrix[at * count + column] ?? 0))
      for (let channel = 0; channel < 3; channel++)
        add(sides, below * 3 + channel, -factor * (sides[at * 3 + channel] ?? 0))
    }
  }
  for (let at = count - 1; at >= 0; at--) {
    const pivot = matrix[at * count + at] ?? 0
    for (let channel = 0; channel < 3; channel++) {
      for (let column = at + 1; column < count; column++)
        add(sides, at * 3 + channel, -(matrix[at * count + column] ?? 0) * (sides[column * 3 + channel] ?? 0))
      sides[at * 3 + channel] = (sides[at * 3 + channel] ?? 0) / pivot
    }
  }
}
