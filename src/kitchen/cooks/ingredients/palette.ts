// Palettes: the colours given, or the best few by median cut; and which of them is nearest.
import type { Value } from '../../../base/value.ts'
import { type Colour, parseColours } from '../../../recipe/ingredients-colour.ts'
import { packedAt, type Raster, unitOf } from './raster.ts'

export type PaletteColour = [number, number, number]

export function paletteFor(raster: Raster, { palette, colours }: { [name: string]: Value }): PaletteColour[] {
  if (palette === undefined) return medianCut(raster, colours as number)
  const unit = unitOf(raster)
  return (parseColours(palette) as Colour[]).map(({ rgb }) => rgb.map((one) => one * unit) as PaletteColour)
}

interface Counted {
  colour: PaletteColour
  packed: number
  count: number
}

/** Distinct colours of all pixels that can be seen; of all where none can. */
function countColours({ data }: Raster, all = false): Counted[] {
  const counts = new Map<number, number>()
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 0 && !all) continue
    const packed = packedAt(data, at)
    counts.set(packed, (counts.get(packed) ?? 0) + 1)
  }
  if (counts.size === 0) return countColours({ data, width: 0, height: 0 }, true)
  return [...counts].map(([packed, count]) => ({ packed, count, colour: unpacked(packed) }))
}

function unpacked(packed: number): PaletteColour {
  return [Math.floor(packed / 65536 ** 2), Math.floor(packed / 65536) % 65536, packed % 65536]
}

interface Box {
  members: Counted[]
  /** Its widest channel, and how wide that is. */
  channel: number
  extent: number
  count: number
}

function boxOf(members: Counted[]): Box {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [-1, -1, -1]
  let count = 0
  for (const one of members) {
    count += one.count
    for (let channel = 0; channel < 3; channel++) {
      const value = one.colour[channel] as number
      low[channel] = Math.min(low[channel] as number, value)
      high[channel] = Math.max(high[channel] as number, value)
    }
  }
  const extents = high.map((most, channel) => most - (low[channel] as number))
  const extent = Math.max(...extents)
  return { members, count, extent, channel: extents.indexOf(extent) }
}

/** Splits the box with the greatest extent times pixels, at the median of its widest channel, until there are enough. */
function medianCut(raster: Raster, wanted: number): PaletteColour[] {
  const distinct = countColours(raster)
  const boxes = [boxOf(distinct)]
  while (boxes.length < Math.min(wanted, distinct.length)) {
    const weights = boxes.map(({ extent, count }) => extent * count)
    const at = weights.indexOf(Math.max(...weights))
    const [lower, upper] = split(boxes[at] as Box)
    boxes[at] = lower
    boxes.push(upper)
  }
  return boxes.map(meanOf)
}

function split({ members, channel, count }: Box): [Box, Box] {
  const sorted = members.toSorted((one, other) =>
    one.colour[channel] === other.colour[channel]
      ? one.packed - other.packed
      : (one.colour[channel] as number) - (other.colour[channel] as number),
  )
  let end = 0
  let below = 0
  do below += (sorted[end++] as Counted).count
  while (below * 2 < count && end < sorted.length - 1)
  return [boxOf(sorted.slice(0, end)), boxOf(sorted.slice(end))]
}

function meanOf({ members, count }: Box): PaletteColour {
  return [0, 1, 2].map((channel) => {
    const sum = members.reduce((total, one) => total + (one.colour[channel] as number) * one.count, 0)
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
