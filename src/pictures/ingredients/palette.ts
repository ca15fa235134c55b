// Builds palettes from the given colours or by median cut, and finds the nearest colour.
import type { Value } from '../../base/value.ts'
import { numberOption } from '../../recipe/ingredients/ingredients.ts'
import { parseColours } from '../../recipe/ingredients/colour.ts'
import { packedAt, type Raster, unitOf } from './raster.ts'

export type PaletteColour = [red: number, green: number, blue: number]

export const black: PaletteColour = [0, 0, 0]

export function paletteFor(raster: Raster, { palette, colours }: { [name: string]: Value }): PaletteColour[] {
  if (palette === undefined) return medianCut(raster, numberOption(colours))
  const unit = unitOf(raster)
  return (parseColours(palette) ?? []).map(({ rgb: [red, green, blue] }) => [red * unit, green * unit, blue * unit])
}

/**
 * The distinct colours of a picture in the order of their packed numbers, by channel, with the number of pixels of
 * each.
 */
interface Colours {
  channels: [Uint16Array, Uint16Array, Uint16Array]
  counts: Uint32Array
}

/** Counts the visible pixels, or all if none is visible. */
function countColours({ data }: Raster): Colours {
  const isSeen = (pixel: number): boolean => (data[pixel * 4 + 3] ?? 0) > 0
  const pixels = Int32Array.from({ length: data.length / 4 }, (_, pixel) => pixel)
  const seen = pixels.some(isSeen) ? pixels.filter(isSeen) : pixels
  const sorted = Float64Array.from(seen, (pixel) => packedAt(data, pixel * 4)).sort()
  const starts = Int32Array.from(sorted.keys()).filter((at) => at === 0 || sorted[at] !== sorted[at - 1])
  const base = data instanceof Uint16Array ? 65536 : 256
  const channel = (divisor: number): Uint16Array =>
    Uint16Array.from(starts, (at) => Math.floor((sorted[at] ?? 0) / divisor) % base)
  return {
    channels: [channel(base * base), channel(base), channel(1)],
    counts: Uint32Array.from(starts, (at, index) => (starts[index + 1] ?? sorted.length) - at),
  }
}

interface ColourBox {
  /** Indexes of colours, ascending. */
  members: Int32Array
  /** The widest channel, and its extent. */
  channel: 0 | 1 | 2
  extent: number
  count: number
}

function boxOf({ channels, counts }: Colours, members: Int32Array): ColourBox {
  const extents = channels.map((values) => {
    let low = 65535
    let high = 0
    for (const member of members) {
      const value = values[member] ?? 0
      if (value < low) low = value
      if (value > high) high = value
    }
    return high - low
  })
  let count = 0
  for (const member of members) count += counts[member] ?? 0
  const extent = Math.max(...extents)
  return { members, count, extent, channel: extents[0] === extent ? 0 : extents[1] === extent ? 1 : 2 }
}

/**
 * Splits the box with the greatest product of extent and pixels at the median of its widest channel, until there are
 * enough boxes.
 */
function medianCut(raster: Raster, wanted: number): PaletteColour[] {
  const colours = countColours(raster)
  const distinct = colours.counts.length
  const boxes = [
    boxOf(
      colours,
      Int32Array.from({ length: distinct }, (_, at) => at),
    ),
  ]
  while (boxes.length < Math.min(wanted, distinct)) {
    const weights = boxes.map(({ extent, count }) => extent * count)
    const at = weights.indexOf(Math.max(...weights))
    const heaviest = boxes[at]
    if (heaviest === undefined) break
    const [lower, upper] = split(colours, heaviest)
    boxes[at] = lower
    boxes.push(upper)
  }
  return boxes.map((box) => meanOf(colours, box))
}

/**
 * Orders by the channel's value, then by the colour's number. The colour that brings the lower part to half belongs
 * to it.
 */
function split(colours: Colours, { members, channel, count }: ColourBox): [ColourBox, ColourBox] {
  const values = colours.channels[channel]
  const shares = new Uint32Array(65536)
  let highest = 0
  for (const member of members) {
    const value = values[member] ?? 0
    shares[value]! += colours.counts[member] ?? 0
    if (value > highest) highest = value
  }
  let below = 0
  let cut = 0
  while ((below + (shares[cut] ?? 0)) * 2 < count) below += shares[cut++] ?? 0
  const equal = members.filter((member) => values[member] === cut)
  let last = -1
  do below += colours.counts[equal[++last] ?? 0] ?? 0
  while (below * 2 < count)
  // The upper part must keep at least one colour.
  if (cut === highest && last === equal.length - 1) last--
  const limit = equal[last] ?? -1
  const isBelow = (member: number): boolean => {
    const value = values[member] ?? 0
    return value < cut || (value === cut && member <= limit)
  }
  return [
    boxOf(colours, members.filter(isBelow)),
    boxOf(
      colours,
      members.filter((member) => !isBelow(member)),
    ),
  ]
}

function meanOf({ channels, counts }: Colours, { members, count }: ColourBox): PaletteColour {
  const mean = (values: Uint16Array): number => {
    let sum = 0
    for (const member of members) sum += (values[member] ?? 0) * (counts[member] ?? 0)
    return Math.round(sum / count)
  }
  return [mean(channels[0]), mean(channels[1]), mean(channels[2])]
}

/** Compares by squared distance. The first of several equally near colours wins. */
export function nearestColour(palette: readonly PaletteColour[], red: number, green: number, blue: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let index = 0; index < palette.length; index++) {
    const [r, g, b] = palette[index] ?? black
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}
