// Plain references for what chef does with single pixels: slow, and written from the rules of docs/ingredients.md.
import { seeded } from '../../src/base/seeded.ts'
import type { Raster } from '../../src/pictures/ingredients/raster.ts'
import { painted, pixel } from './pictures.ts'

export const luminance = ([r, g, b]: number[]): number =>
  (299 * (r as number) + 587 * (g as number) + 114 * (b as number)) / 1000

export function thresholded(
  raster: Raster,
  lower: number | undefined,
  upper: number | undefined,
  inner: boolean,
  include = [255, 255, 255],
  exclude = [0, 0, 0],
): Raster {
  const [low, high] = lower === undefined && upper === undefined ? [64, 180] : [lower, upper]
  return painted(raster, raster.width, raster.height, (x, y) => {
    const from = pixel(raster, x, y)
    const value = luminance(from)
    const isIn = inner
      ? (low === undefined || value >= low) && (high === undefined || value <= high)
      : (low !== undefined && value <= low) || (high !== undefined && value >= high)
    const colour = isIn ? include : exclude
    return [...colour.slice(0, 3), colour[3] ?? (from[3] as number)]
  })
}

/** Every pixel says which line it lies on and how far along; then lines are cut where the mask is, and sorted one by one. */
export function sorted(
  raster: Raster,
  angle: number,
  reverse: boolean,
  inside?: (x: number, y: number) => boolean,
): Raster {
  const turned = ((angle % 360) + 360) % 360
  const level = turned <= 45 || (turned >= 135 && turned <= 225) || turned >= 315
  const radians = (angle * Math.PI) / 180
  const slope = level ? Math.tan(radians) : 1 / Math.tan(radians)
  const forward = level ? turned < 90 || turned > 270 : turned < 180
  const lines = new Map<number, { along: number; x: number; y: number }[]>()
  for (let y = 0; y < raster.height; y++)
    for (let x = 0; x < raster.width; x++) {
      const along = level ? x : y
      // Slopes that should be whole or nothing are not quite, with tangents.
      const line = (level ? y : x) - Math.round(Math.round(along * slope * 1e9) / 1e9)
      lines.set(line, [...(lines.get(line) ?? []), { along: forward ? along : -along, x, y }])
    }
  const made = painted(raster, raster.width, raster.height, (x, y) => pixel(raster, x, y))
  for (const line of lines.values()) {
    line.sort((one, other) => one.along - other.along)
    let run: typeof line = []
    const flush = (): void => {
      const pixels = run.map(({ x, y }) => pixel(raster, x, y))
      pixels.sort((one, other) => (luminance(one) - luminance(other)) * (reverse ? -1 : 1))
      for (const [at, { x, y }] of run.entries()) made.data.set(pixels[at] as number[], (y * raster.width + x) * 4)
      run = []
    }
    for (const place of line) {
      if (inside === undefined || inside(place.x, place.y)) run.push(place)
      else flush()
    }
    flush()
  }
  return made
}

const distance = (one: number[], other: number[]): number =>
  [0, 1, 2].reduce((sum, at) => sum + ((one[at] as number) - (other[at] as number)) ** 2, 0)

export function nearest(palette: number[][], colour: number[]): number[] {
  return palette.reduce((best, one) => (distance(one, colour) < distance(best, colour) ? one : best))
}

export function ditheredTo(raster: Raster, palette: number[][], level: number): Raster {
  const wanted = Array.from({ length: raster.height }, (_, y) =>
    Array.from({ length: raster.width }, (_, x) => pixel(raster, x, y)),
  )
  return painted(raster, raster.width, raster.height, (x, y) => {
    const colour = wanted[y]?.[x] as number[]
    const chosen = nearest(palette, colour)
    const give = (across: number, down: number, share: number): void => {
      const to = wanted[y + down]?.[x + across]
      if (to === undefined) return
      for (let channel = 0; channel < 3; channel++)
        to[channel]! += ((colour[channel] as number) - (chosen[channel] as number)) * level * share
    }
    give(1, 0, 7 / 16)
    give(-1, 1, 3 / 16)
    give(0, 1, 5 / 16)
    give(1, 1, 1 / 16)
    return [...chosen, colour[3] as number]
  })
}

/** Boxes of pixels, not of colours. */
export function medianCut(raster: Raster, count: number): number[][] {
  const pixels: number[][] = []
  for (let y = 0; y < raster.height; y++) for (let x = 0; x < raster.width; x++) pixels.push(pixel(raster, x, y))
  const seen = pixels.filter((one) => one[3] !== 0)
  const boxes = [seen.length > 0 ? seen : pixels]
  const extents = (box: number[][]): number[] =>
    [0, 1, 2].map(
      (channel) =>
        Math.max(...box.map((one) => one[channel] as number)) - Math.min(...box.map((one) => one[channel] as number)),
    )
  const key = (one: number[]): number => (one[0] as number) * 65536 + (one[1] as number) * 256 + (one[2] as number)
  const distinct = new Set((boxes[0] as number[][]).map(key)).size
  while (boxes.length < Math.min(count, distinct)) {
    const weights = boxes.map((box) => Math.max(...extents(box)) * box.length)
    const at = weights.indexOf(Math.max(...weights))
    const box = boxes[at] as number[][]
    const channel = extents(box).indexOf(Math.max(...extents(box)))
    box.sort((one, other) => (one[channel] as number) - (other[channel] as number) || key(one) - key(other))
    // From the middle on to where a colour ends; the last colour stays above.
    let end = Math.ceil(box.length / 2)
    while (end < box.length && key(box[end - 1] as number[]) === key(box[end] as number[])) end++
    if (end === box.length) while (key(box[end - 1] as number[]) === key(box.at(-1) as number[])) end--
    boxes[at] = box.slice(0, end)
    boxes.push(box.slice(end))
  }
  return boxes.map((box) =>
    [0, 1, 2].map((channel) => Math.round(box.reduce((sum, one) => sum + (one[channel] as number), 0) / box.length)),
  )
}

/** The same search as chef's, with every sum made anew, and the palette solved for by Cramer's rule. */
export function spatiallyQuantized(
  raster: Raster,
  palette: number[][],
  seed: number,
  passes: number,
  fixed: boolean,
): Raster {
  const { width, height } = raster
  const places = Array.from(
    { length: width * height },
    (_, at) => [at % width, Math.floor(at / width)] as [number, number],
  )
  const choice = places.map(([x, y]) => palette.indexOf(nearest(palette, pixel(raster, x, y))))
  const weightOf = (one: number, other: number): number => {
    const [across, down] = [0, 1].map((axis) =>
      Math.abs((places[one]?.[axis] as number) - (places[other]?.[axis] as number)),
    ) as [number, number]
    return across > 1 || down > 1 ? 0 : (2 - across) * (2 - down)
  }
  const errorAt = (at: number, channel: number): number =>
    places.reduce((sum, [x, y], other) => {
      const weight = weightOf(at, other)
      return weight === 0
        ? sum
        : sum +
            weight *
              ((palette[choice[other] as number]?.[channel] as number) - (pixel(raster, x, y)[channel] as number))
    }, 0)
  const near = places.map((_, at) => places.map((_, other) => other).filter((other) => weightOf(at, other) > 0))
  const energyNear = (at: number): number =>
    (near[at] as number[]).reduce(
      (sum, other) => sum + [0, 1, 2].reduce((part, channel) => part + errorAt(other, channel) ** 2, 0),
      0,
    )
  const next = seeded(seed)
  for (let pass = 0; pass < passes; pass++) {
    const order = places.map((_, at) => at)
    for (let at = order.length - 1; at > 0; at--) {
      const other = next() % (at + 1)
      ;[order[at], order[other]] = [order[other] as number, order[at] as number]
    }
    let changed = false
    for (const at of order) {
      const own = choice[at] as number
      let best = own
      let least = energyNear(at)
      for (let index = 0; index < palette.length; index++) {
        choice[at] = index
        const energy = energyNear(at)
        if (energy < least) [best, least] = [index, energy]
      }
      choice[at] = best
      changed ||= best !== own
    }
    if (!fixed) {
      const shares = places.map((_, at) =>
        palette.map((_, index) =>
          (near[at] as number[]).reduce((sum, other) => sum + (choice[other] === index ? weightOf(at, other) : 0), 0),
        ),
      )
      const matrix = palette.map((_, one) =>
        palette.map((_, other) =>
          shares.reduce((sum, share) => sum + (share[one] as number) * (share[other] as number), one === other ? 1 : 0),
        ),
      )
      const steps = [0, 1, 2].map((channel) => {
        const errors = places.map((_, at) => errorAt(at, channel))
        return cramer(
          matrix,
          palette.map(
            (_, one) => -shares.reduce((sum, share, at) => sum + (share[one] as number) * (errors[at] as number), 0),
          ),
        )
      })
      palette = palette.map((colour, index) =>
        colour.map((value, channel) =>
          Math.min(255, Math.max(0, Math.round(value + (steps[channel]?.[index] as number)))),
        ),
      )
    }
    if (!changed) break
  }
  return painted(raster, width, height, (x, y) => [
    ...(palette[choice[y * width + x] as number] as number[]),
    pixel(raster, x, y)[3] as number,
  ])
}

function determinant(matrix: number[][]): number {
  if (matrix.length === 1) return matrix[0]?.[0] as number
  return (matrix[0] as number[]).reduce((sum, one, column) => {
    const minor = matrix.slice(1).map((row) => row.filter((_, at) => at !== column))
    return sum + (column % 2 === 0 ? 1 : -1) * one * determinant(minor)
  }, 0)
}

function cramer(matrix: number[][], side: number[]): number[] {
  const whole = determinant(matrix)
  return side.map(
    (_, column) =>
      determinant(matrix.map((row, at) => row.map((one, other) => (other === column ? (side[at] as number) : one)))) /
      whole,
  )
}
