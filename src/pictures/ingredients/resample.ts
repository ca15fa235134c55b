// resize where libvips does not have it, or not quite: nearest and box, and everything that makes a side longer.
// libvips enlarges half a new pixel aside, and bicubically where lanczos is asked for.
import type { Value } from '../../base/value.ts'
import { resizedSize, type Size } from './geometry.ts'
import { blank, fullOf, type Raster } from './raster.ts'

export function isResampled(old: Size, options: { [name: string]: Value }): boolean {
  if (options.kernel === 'nearest' || options.kernel === 'box') return true
  const { width, height } = resizedSize(old, options)
  return width > old.width || height > old.height
}

/** The old pixels along one axis that a new one is made of; their weights add up to 1. */
interface Taps {
  places: Int32Array
  weights: Float64Array
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const curves: { [kernel: string]: { reach: number; at: (distance: number) => number } } = {
  bilinear: { reach: 1, at: (x) => 1 - x },
  // Catmull and Rom.
  bicubic: { reach: 2, at: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2) },
  lanczos: { reach: 3, at: (x) => sinc(x) * sinc(x / 3) },
}

function tapsOf(kernel: string, old: number, now: number): Taps[] {
  const factor = old / now
  return Array.from({ length: now }, (_, at) => {
    if (kernel === 'nearest') return taps(Math.floor((at + 0.5) * factor), 0, () => 1, old)
    if (kernel === 'box') return boxTaps(at * factor, (at + 1) * factor, old)
    const centre = (at + 0.5) * factor - 0.5
    const { reach, at: curve } = curves[kernel] as (typeof curves)[string]
    const stretch = Math.max(1, factor)
    const weight = (place: number): number => {
      const distance = Math.abs(place - centre) / stretch
      return distance < reach ? curve(distance) : 0
    }
    return taps(Math.ceil(centre - reach * stretch), Math.floor(2 * reach * stretch), weight, old)
  })
}

/** Each old pixel weighs as much as is covered of it. */
function boxTaps(start: number, end: number, old: number): Taps {
  const first = Math.floor(start)
  return taps(first, Math.ceil(end) - first - 1, (place) => Math.min(end, place + 1) - Math.max(start, place), old)
}

/** What lies beyond the edge is as the pixel at the edge. */
function taps(first: number, further: number, weight: (place: number) => number, old: number): Taps {
  const places = Int32Array.from({ length: further + 1 }, (_, at) => Math.min(Math.max(first + at, 0), old - 1))
  const weights = Float64Array.from({ length: further + 1 }, (_, at) => weight(first + at))
  const sum = weights.reduce((total, one) => total + one, 0)
  return { places, weights: weights.map((one) => one / sum) }
}

/** Along rows first, then along columns; colours count by their alpha, so that what cannot be seen does not shine through. */
export function resample(raster: Raster, options: { [name: string]: Value }): Raster {
  const { width, height } = resizedSize(raster, options)
  const kernel = options.kernel as string
  const full = fullOf(raster)
  const wide = alongRows(raster, tapsOf(kernel, raster.width, width), width)
  const made = blank(raster, width, height)
  const sums = [0, 0, 0, 0] as [number, number, number, number]
  for (const [y, { places, weights }] of tapsOf(kernel, raster.height, height).entries()) {
    for (let x = 0; x < width; x++) {
      sums.fill(0)
      for (let tap = 0; tap < places.length; tap++) {
        const from = ((places[tap] as number) * width + x) * 4
        const weight = weights[tap] as number
        for (let channel = 0; channel < 4; channel++) sums[channel]! += (wide[from + channel] as number) * weight
      }
      const to = (y * width + x) * 4
      const alpha = sums[3]
      made.data[to + 3] = within(alpha, full)
      if (made.data[to + 3] === 0) continue
      for (let channel = 0; channel < 3; channel++)
        made.data[to + channel] = within((sums[channel] as number) / alpha, full)
    }
  }
  return made
}

function alongRows({ data, width: old, height }: Raster, columns: Taps[], width: number): Float64Array {
  const wide = new Float64Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { places, weights } = columns[x] as Taps
      const to = (y * width + x) * 4
      for (let tap = 0; tap < places.length; tap++) {
        const from = (y * old + (places[tap] as number)) * 4
        const alpha = (data[from + 3] as number) * (weights[tap] as number)
        for (let channel = 0; channel < 3; channel++) wide[to + channel]! += (data[from + channel] as number) * alpha
        wide[to + 3]! += alpha
      }
    }
  }
  return wide
}

function within(value: number, full: number): number {
  return Math.min(full, Math.max(0, Math.round(value)))
}
