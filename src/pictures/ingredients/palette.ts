// Palettes: the colours given, or the best few by median cut; and which of them is nearest.
import type { Value } from '../../base/value.ts'
import { type Colour, parseColours } from '../../recipe/ingredients/colour.ts'
import { packedAt, type Raster, unitOf } from './raster.ts'

export type PaletteColour = [number, number, number]

export function paletteFor(raster: Raster, { palette, colours }: { [name: string]: Value }): PaletteColour[] {
  if (palette === undefined) return medianCut(raster, colours as number)
  const unit = unitOf(raster)
  return (parseColours(palette) as Colour[]).map(({ rgb }) => rgb.map((one) => one * unit) as PaletteColour)
}

/** The distinct colours of a picture in the order of their numbers, channel by channel, with how many pixels have them. */
interface Colours {
  channels: [Uint16Array, Uint16Array, Uint16Array]
  counts: Uint32Array
}

/** Of all pixels that can be seen; of all where none can. */
function countColours({ data }: Raster): Colours {
  const isSeen = (pixel: number): boolean => (data[pixel * 4 + 3] as number) > 0
  const pixels = Int32Array.from({ length: data.length / 4 }, (_, pixel) => pixel)
  const seen = pixels.some(isSeen) ? pixels.filter(isSeen) : pixels
  const sorted = Float64Array.from(seen, (pixel) => packedAt(data, pixel * 4)).sort()
  const starts = Int32Array.from(sorted.keys()).filter((at) => at === 0 || sorted[at] !== sorted[at - 1])
  const base = data instanceof Uint16Array ? 65536 : 256
  const channel = (divisor: number): Uint16Array =>
    Uint16Array.from(starts, (at) => Math.floor((sorted[at] as number) / divisor) % base)
  return {
    channels: [channel(base * base), channel(base), channel(1)],
    counts: Uint32Array.from(starts, (at, index) => (starts[index + 1] ?? sorted.length) - at),
  }
}

interface Box {
  /** Places among the colours, ascending. */
  members: Int32Array
  /** Its widest channel, and how wide that is. */
  channel: number
  extent: number
  count: number
}

function boxOf({ channels, counts }: Colours, members: Int32Array): Box {
  const extents = channels.map((values) => {
    let low = 65535
    let high = 0
    for (const member of members) {
      const value = values[member] as number
      if (value < low) low = value
      if (value > high) high = value
    }
    return high - low
  })
  let count = 0
  for (const member of members) count += counts[member] as number
  const extent = Math.max(...extents)
  return { members, count, extent, channel: extents.indexOf(extent) }
}

/** Splits the box with the greatest extent times pixels, at the median of its widest channel, until there are enough. */
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
    const [lower, upper] = split(colours, boxes[at] as Box)
    boxes[at] = lower
    boxes.push(upper)
  }
  return boxes.map((box) => meanOf(colours, box))
}

/** By the channel's value, then by the colour's number. The colour that brings the lower part to half still belongs to it. */
function split(colours: Colours, { members, channel, count }: Box): [Box, Box] {
  const values = colours.channels[channel] as Uint16Array
  const shares = new Uint32Array(65536)
  let highest = 0
  for (const member of members) {
    const value = values[member] as number
    shares[value]! += colours.counts[member] as number
    if (value > highest) highest = value
  }
  let below = 0
  let cut = 0
  while ((below + (shares[cut] as number)) * 2 < count) below += shares[cut++] as number
  const equal = members.filter((member) => values[member] === cut)
  let last = -1
  do below += colours.counts[equal[++last] as number] as number
  while (below * 2 < count)
  // Something has to be left for the upper part.
  if (cut === highest && last === equal.length - 1) last--
  const limit = equal[last] ?? -1
  const isBelow = (member: number): boolean => {
    const value = values[member] as number
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

function meanOf({ channels, counts }: Colours, { members, count }: Box): PaletteColour {
  return channels.map((values) => {
    let sum = 0
    for (const member of members) sum += (values[member] as number) * (counts[member] as number)
    return Math.round(sum / count)
  }) as PaletteColour
}

/** By squared distance; of several that are equally near the first. */
export function nearestColour(palette: readonly PaletteColour[], red: number, green: number, blue: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let index = 0; index < palette.length; index++) {
    const [r, g, b] = palette[index] as PaletteColour
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}
