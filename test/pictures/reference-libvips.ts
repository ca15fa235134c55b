// Plain references for what libvips does: loops over pixels, written from the formulas alone.
import type { Raster } from '../../src/pictures/ingredients/raster.ts'
import { painted, pixel } from './pictures.ts'

const clamp = (at: number, length: number): number => Math.min(Math.max(at, 0), length - 1)
const byte = (value: number): number => Math.round(Math.min(255, Math.max(0, value)))

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const kernels: { [name: string]: { reach: number; weight: (x: number) => number } } = {
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  // Catmull and Rom.
  bicubic: {
    reach: 2,
    weight: (x) => {
      const t = Math.abs(x)
      if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1
      return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0
    },
  },
  lanczos: { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
}

/** One axis of a resize: old places and weights for a new place. */
function taps(
  kernel: string,
  old: number,
  now: number,
  at: number,
  factor = old / now,
): [place: number, weight: number][] {
  const centre = (at + 0.5) * factor - 0.5
  if (kernel === 'nearest') return [[clamp(Math.floor((at + 0.5) * factor), old), 1]]
  // The last end may lie a rounding beyond the last pixel.
  if (kernel === 'box')
    return covered(at * factor, (at + 1) * factor).map(([place, weight]) => [clamp(place, old), weight])
  const { reach, weight } = kernels[kernel] as (typeof kernels)[string]
  const stretch = Math.max(1, factor)
  const found: [number, number][] = []
  for (let place = Math.ceil(centre - reach * stretch); place <= centre + reach * stretch; place++)
    found.push([place, weight((place - centre) / stretch)])
  const sum = found.reduce((total, [, one]) => total + one, 0)
  return found.map(([place, one]) => [clamp(place, old), one / sum])
}

/** Every pixel by how much of it lies between two places. */
function covered(start: number, end: number): [place: number, weight: number][] {
  const found: [number, number][] = []
  for (let place = Math.floor(start); place < end; place++)
    found.push([place, (Math.min(end, place + 1) - Math.max(start, place)) / (end - start)])
  return found
}

/** From a quarter of the size on, libvips averages whole blocks before. */
function blocks(raster: Raster, width: number, height: number): Raster {
  const across = Math.max(1, Math.floor(raster.width / width / 2))
  const down = Math.max(1, Math.floor(raster.height / height / 2))
  if (across === 1 && down === 1) return raster
  return painted(raster, Math.ceil(raster.width / across), Math.ceil(raster.height / down), (x, y) => {
    const sums = [0, 0, 0, 0]
    for (let row = 0; row < down; row++)
      for (let column = 0; column < across; column++) {
        const from = pixel(raster, clamp(x * across + column, raster.width), clamp(y * down + row, raster.height))
        for (const [channel, value] of from.entries()) sums[channel]! += value / (across * down)
      }
    return sums.map(byte)
  })
}

export function resized(whole: Raster, width: number, height: number, kernel: string): Raster {
  const byLibvips = kernel !== 'nearest' && kernel !== 'box' && width <= whole.width && height <= whole.height
  const round = byLibvips ? byte : (value: number): number => value
  const raster = byLibvips ? blocks(whole, width, height) : whole
  // The factor that is left after the blocks.
  const left = (side: number, now: number): number | undefined =>
    byLibvips ? side / now / Math.max(1, Math.floor(side / now / 2)) : undefined
  const rows = Array.from({ length: height }, (_, y) =>
    taps(kernel, raster.height, height, y, left(whole.height, height)),
  )
  const columns = Array.from({ length: width }, (_, x) =>
    taps(kernel, raster.width, width, x, left(whole.width, width)),
  )
  // libvips has whole numbers between down and across.
  const down = (x: number, y: number): number[] =>
    summed((rows[y] as Taps).map(([row, weight]) => [pixel(raster, x, row), weight])).map(round)
  return painted(raster, width, height, (x, y) =>
    summed((columns[x] as Taps).map(([column, weight]) => [down(column, y), weight])).map(byte),
  )
}

type Taps = [place: number, weight: number][]

function summed(weighted: [number[], number][]): number[] {
  return [0, 1, 2, 3].map((channel) =>
    weighted.reduce((sum, [from, weight]) => sum + (from[channel] as number) * weight, 0),
  )
}

/** The bell, cut off where it falls below a fiftieth. */
function bell(sigma: number): number[] {
  let reach = 0
  while (Math.exp(-((reach + 1) ** 2) / (2 * sigma ** 2)) >= 0.02) reach++
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)))
  const sum = weights.reduce((total, one) => total + one, 0)
  return weights.map((one) => one / sum)
}

export function blurred(raster: Raster, sigma: number): Raster {
  const weights = bell(sigma)
  const reach = (weights.length - 1) / 2
  return painted(raster, raster.width, raster.height, (x, y) => {
    const sums = [0, 0, 0, 0]
    for (const [down, high] of weights.entries())
      for (const [across, wide] of weights.entries()) {
        const from = pixel(raster, clamp(x + across - reach, raster.width), clamp(y + down - reach, raster.height))
        for (const [channel, value] of from.entries()) sums[channel]! += value * high * wide
      }
    return sums.map(byte)
  })
}

type Triple = [number, number, number]

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const gamma = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)
const white: Triple = [0.95047, 1, 1.088827]
const toXyz = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
]
const fromXyz = [
  [3.2406, -1.5372, -0.4986],
  [-0.9689, 1.8758, 0.0415],
  [0.0557, -0.204, 1.057],
]
const times = (matrix: number[][], vector: readonly number[]): Triple =>
  matrix.map((row) => row.reduce((sum, one, at) => sum + one * (vector[at] as number), 0)) as Triple

function labOf(rgb: readonly number[]): Triple {
  const [x, y, z] = times(
    toXyz,
    rgb.map((one) => linear(one / 255)),
  ).map((one, at) => {
    const share = one / (white[at] as number)
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116
  }) as Triple
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function rgbOf([l, a, b]: Triple): Triple {
  const y = (l + 16) / 116
  const xyz = [y + a / 500, y, y - b / 200].map((one, at) => {
    const share = one ** 3 > 0.008856 ? one ** 3 : (one - 16 / 116) / 7.787
    return share * (white[at] as number)
  })
  return times(fromXyz, xyz).map((one) => byte(255 * gamma(Math.max(0, one)))) as Triple
}

export interface Modulation {
  brightness: number
  saturation: number
  hue: number
  lightness: number
}

/** Lightness, chroma and hue, each times or plus. */
export function modulated(raster: Raster, { brightness, saturation, hue, lightness }: Modulation): Raster {
  return painted(raster, raster.width, raster.height, (x, y) => {
    const [r, g, b, alpha] = pixel(raster, x, y) as [number, number, number, number]
    const [l, first, second] = labOf([r, g, b])
    const chroma = Math.hypot(first, second) * saturation
    const angle = Math.atan2(second, first) + (hue * Math.PI) / 180
    return [...rgbOf([l * brightness + lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]), alpha]
  })
}

/** The lightness takes more of what a blur takes away: `flat` up to 2, `jagged` from there on; at most 10 up, 20 down. */
export function sharpened(raster: Raster, sigma: number, flat: number, jagged: number): Raster {
  let reach = 0
  while (Math.exp(-((reach + 1) ** 2) / (2 * sigma ** 2)) >= 0.1) reach++
  // Whole numbers, as libvips takes them here.
  const bell = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.round(20 * Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2))),
  )
  const sum = bell.reduce((total, one) => total + one, 0)
  const labs = new Map<number, Triple>()
  const labAt = (x: number, y: number): Triple => {
    const [column, row] = [clamp(x, raster.width), clamp(y, raster.height)]
    const at = row * raster.width + column
    if (!labs.has(at)) labs.set(at, labOf(pixel(raster, column, row).slice(0, 3)))
    return labs.get(at) as Triple
  }
  return painted(raster, raster.width, raster.height, (x, y) => {
    let soft = 0
    for (const [down, high] of bell.entries())
      for (const [across, wide] of bell.entries())
        soft += (labAt(x + across - reach, y + down - reach)[0] * high * wide) / sum ** 2
    const [l, a, b] = labAt(x, y)
    const off = l - soft
    const size = Math.abs(off)
    const more = Math.sign(off) * (size < 2 ? size * flat : 2 * flat + (size - 2) * jagged)
    return [
      ...rgbOf([Math.min(100, Math.max(0, l + Math.min(10, Math.max(-20, more)))), a, b]),
      pixel(raster, x, y)[3] as number,
    ]
  })
}

/** Bilinear between pixels whose colours count by their alpha; the canvas is the box around the turned picture. */
export function rotated(raster: Raster, angle: number, background: number[]): Raster {
  const radians = (angle * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
  const corners = [
    [0, 0],
    [raster.width, 0],
    [0, raster.height],
    [raster.width, raster.height],
  ] as [number, number][]
  const xs = corners.map(([x, y]) => x * cos - y * sin)
  const ys = corners.map(([x, y]) => x * sin + y * cos)
  const [left, top] = [Math.round(Math.min(...xs)), Math.round(Math.min(...ys))]
  const width = Math.round(Math.max(...xs) - Math.min(...xs))
  const height = Math.round(Math.max(...ys) - Math.min(...ys))
  const at = (x: number, y: number): number[] =>
    x < 0 || y < 0 || x >= raster.width || y >= raster.height ? background : pixel(raster, x, y)
  return painted(raster, width, height, (x, y) => {
    const u = (x + left) * cos + (y + top) * sin
    const v = -(x + left) * sin + (y + top) * cos
    const [column, row] = [Math.floor(u), Math.floor(v)]
    const sums = [0, 0, 0, 0]
    for (const [across, wide] of [
      [0, 1 - (u - column)],
      [1, u - column],
    ] as const)
      for (const [down, high] of [
        [0, 1 - (v - row)],
        [1, v - row],
      ] as const) {
        const from = at(column + across, row + down)
        const share = ((from[3] as number) / 255) * wide * high
        for (let channel = 0; channel < 3; channel++) sums[channel]! += (from[channel] as number) * share
        sums[3]! += 255 * share
      }
    const alpha = sums[3] as number
    return alpha < 0.5 ? [0, 0, 0, 0] : [...sums.slice(0, 3).map((one) => byte((one * 255) / alpha)), byte(alpha)]
  })
}
