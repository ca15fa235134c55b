// Resizes where libvips cannot, or not exactly: nearest and box kernels, and every enlargement. libvips shifts
// enlarged pictures by half a new pixel, and uses bicubic in place of lanczos.
import type { Value } from '../../base/value.ts'
import { textOption } from '../../recipe/ingredients/ingredients.ts'
import { resizedSize, type Size } from './geometry.ts'
import { blank, fullOf, type Raster } from './raster.ts'

export function isResampled(old: Size, options: { [name: string]: Value }): boolean {
  if (options.kernel === 'nearest' || options.kernel === 'box') return true
  const { width, height } = resizedSize(old, options)
  return width > old.width || height > old.height
}

/** The old pixels along one axis that make a new one, with weights that sum to 1. */
interface Taps {
  places: Int32Array
  weights: Float64Array
}

const noTaps: Taps = { places: new Int32Array(), weights: new Float64Array() }

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

interface Curve {
  reach: number
  at: (distance: number) => number
}

const lanczos: Curve = { reach: 3, at: (x) => sinc(x) * sinc(x / 3) }

const curves: { [kernel: string]: Curve } = {
  bilinear: { reach: 1, at: (x) => 1 - x },
  // Catmull-Rom.
  bicubic: { reach: 2, at: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2) },
  lanczos,
}

function tapsOf(kernel: string, old: number, now: number): Taps[] {
  const factor = old / now
  return Array.from({ length: now }, (_, at) => {
    if (kernel === 'nearest') return taps(Math.floor((at + 0.5) * factor), 0, () => 1, old)
    if (kernel === 'box') return boxTaps(at * factor, (at + 1) * factor, old)
    const centre = (at + 0.5) * factor - 0.5
    const { reach, at: curve } = curves[kernel] ?? lanczos
    const stretch = Math.max(1, factor)
    const weight = (place: number): number => {
      const distance = Math.abs(place - centre) / stretch
      return distance < reach ? curve(distance) : 0
    }
    return taps(Math.ceil(centre - reach * stretch), Math.floor(2 * reach * stretch), weight, old)
  })
}

/** Weights each old pixel by its covered share. */
function boxTaps(start: number, end: number, old: number): Taps {
  const first = Math.floor(start)
  return taps(first, Math.ceil(end) - first - 1, (place) => Math.min(end, place + 1) - Math.max(start, place), old)
}

/** Pixels beyond the edge repeat the pixel at the edge. */
function taps(first: number, further: number, weight: (place: number) => number, old: number): Taps {
  const places = Int32Array.from({ length: further + 1 }, (_, at) => Math.min(Math.max(first + at, 0), old - 1))
  const weights = Float64Array.from({ length: further + 1 }, (_, at) => weight(first + at))
  const sum = weights.reduce((total, one) => total + one, 0)
  return { places, weights: weights.map((one) => one / sum) }
}

/**
 * Resamples along rows, then along columns. Colours are weighted by alpha, so that invisible pixels do not shine
 * through.
 */
export function resample(raster: Raster, options: { [name: string]: Value }): Raster {
  const { width, height } = resizedSize(raster, options)
  const kernel = textOption(options.kernel)
  const full = fullOf(raster)
  const wide = alongRows(raster, tapsOf(kernel, raster.width, width), width)
  const made = blank(raster, width, height)
  const sums: [number, number, number, number] = [0, 0, 0, 0]
  for (const [y, { places, weights }] of tapsOf(kernel, raster.height, height).entries()) {
    for (let x = 0; x < width; x++) {
      sums.fill(0)
      for (let tap = 0; tap < places.length; tap++) {
        const from = ((places[tap] ?? 0) * width + x) * 4
        const weight = weights[tap] ?? 0
        for (let channel = 0; channel < 4; channel++) sums[channel]! += (wide[from + channel] ?? 0) * weight
      }
      const to = (y * width + x) * 4
      const alpha = sums[3]
      made.data[to + 3] = within(alpha, full)
      if (made.data[to + 3] === 0) continue
      for (let channel = 0; channel < 3; channel++) made.data[to + channel] = within((sums[channel] ?? 0) / alpha, full)
    }
  }
  return made
}

function alongRows({ data, width: old, height }: Raster, columns: Taps[], width: number): Float64Array {
  const wide = new Float64Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { places, weights } = columns[x] ?? noTaps
      const to = (y * width + x) * 4
      for (let tap = 0; tap < places.length; tap++) {
        const from = (y * old + (places[tap] ?? 0)) * 4
        const alpha = (data[from + 3] ?? 0) * (weights[tap] ?? 0)
        for (let channel = 0; channel < 3; channel++) wide[to + channel]! += (data[from + channel] ?? 0) * alpha
        wide[to + 3]! += alpha
      }
    }
  }
  return wide
}

function within(value: number, full: number): number {
  return Math.min(full, Math.max(0, Math.round(value)))
}
