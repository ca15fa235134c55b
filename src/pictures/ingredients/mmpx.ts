// mmpx doubles the size of pixel art after McGuire and Gagiu (2021): edges stay sharp, and no new colours appear.
// Each pixel becomes four; each of those takes the pixel's colour, or a neighbour's where a line or a corner passes.
import { blank, type Raster } from './raster.ts'

/** The quarters of a pixel, from left to right and top to bottom. */
type Quarters = [number, number, number, number]

/** Reads the colour at a place relative to the pixel. Colours are numbers, equal exactly if the pixels are equal. */
type Look = (across: number, down: number) => number

export function mmpx(raster: Raster): Raster {
  const { width, height } = raster
  const { colours, brightness } = numberColours(raster)
  const made = blank(raster, width * 2, height * 2)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixelAt = (across: number, down: number): number =>
        Math.min(Math.max(y + down, 0), height - 1) * width + Math.min(Math.max(x + across, 0), width - 1)
      // The number of a colour is the first pixel that has it.
      const quarters = quartersOf((across, down) => colours[pixelAt(across, down)] ?? 0, brightness)
      for (const [at, from] of quarters.entries()) {
        const to = ((y * 2 + (at >> 1)) * width * 2 + x * 2 + (at & 1)) * 4
        made.data.set(raster.data.subarray(from * 4, from * 4 + 4), to)
      }
    }
  }
  return made
}

/** Returns the colour number of every pixel, and its brightness. Transparent pixels count as brighter. */
function numberColours(raster: Raster): { colours: Int32Array; brightness: Float64Array } {
  const { data, width, height } = raster
  const full = data instanceof Uint16Array ? 65535 : 255
  const first = new Map<string, number>()
  const colours = new Int32Array(width * height)
  const brightness = new Float64Array(width * height)
  for (let pixel = 0; pixel < colours.length; pixel++) {
    const [red, green, blue, alpha] = data.subarray(pixel * 4, pixel * 4 + 4) as unknown as Quarters
    const key = `${red},${green},${blue},${alpha}`
    const colour = first.get(key) ?? pixel
    if (colour === pixel) first.set(key, pixel)
    colours[pixel] = colour
    brightness[pixel] = (red + green + blue + 1) * (full + 1 - alpha)
  }
  return { colours, brightness }
}

const all = (value: number, others: readonly number[]): boolean => others.every((one) => one === value)
const any = (value: number, others: readonly number[]): boolean => others.includes(value)
const none = (value: number, others: readonly number[]): boolean => !others.includes(value)

function quartersOf(look: Look, brightness: Float64Array): Quarters {
  const centre = look(0, 0)
  const quarters: Quarters = [centre, centre, centre, centre]
  const around = [look(-1, -1), look(0, -1), look(1, -1), look(-1, 0), look(1, 0), look(-1, 1), look(0, 1), look(1, 1)]
  if (all(centre, around)) return quarters
  slopes(quarters, look, brightness)
  crossings(quarters, look)
  tips(quarters, look, brightness)
  longSlopes(quarters, look)
  return quarters
}

/** The corners with the directions of their two sides. A corner is cut if its sides share a colour that ends there. */
const corners: { quarter: 0 | 1 | 2 | 3; across: -1 | 1; down: -1 | 1 }[] = [
  { quarter: 0, across: -1, down: -1 },
  { quarter: 1, across: 1, down: -1 },
  { quarter: 2, across: -1, down: 1 },
  { quarter: 3, across: 1, down: 1 },
]

function slopes(quarters: Quarters, look: Look, brightness: Float64Array): void {
  const centre = look(0, 0)
  for (const { quarter, across, down } of corners) {
    const side = look(across, 0)
    if (side !== look(0, down) || any(side, [look(-across, 0), look(0, -down)])) continue
    // At a crossing of two lines the darker one is continuous.
    const dark = (brightness[centre] ?? 0) < (brightness[side] ?? 0)
    const corner = look(across, down)
    if (dark && centre !== corner) continue
    if (none(centre, [corner, look(across, -down), look(-across, down)])) continue
    if (!dark && corner === side && centre === look(0, down * 2) && centre === look(across * 2, 0)) continue
    quarters[quarter] = side
  }
}

/** A side with its direction and the two quarters that touch it. */
interface Side {
  across: -1 | 0 | 1
  down: -1 | 0 | 1
  quarters: [0 | 1 | 2 | 3, 0 | 1 | 2 | 3]
}

const right: Side = { across: 1, down: 0, quarters: [1, 3] }
const left: Side = { across: -1, down: 0, quarters: [0, 2] }
const below: Side = { across: 0, down: 1, quarters: [2, 3] }
const above: Side = { across: 0, down: -1, quarters: [0, 1] }

/** Reads along a side: `out` steps towards it, and `over` steps sideways, to the right or down. */
function towards(look: Look, { across, down }: Side): (out: number, over: number) => number {
  return across === 0 ? (out, over) => look(over, out * down) : (out, over) => look(out * across, over)
}

/** Fills a T that opens to a side, unless it is the edge of a chequered field. */
function crossings(quarters: Quarters, look: Look): void {
  const centre = look(0, 0)
  for (const side of [right, left, below, above]) {
    const at = towards(look, side)
    const out = at(1, 0)
    if (centre === out || out === at(3, 0)) continue
    if (!all(centre, [at(1, -1), at(1, 1), at(-1, 0), at(-2, 0)])) continue
    if (!all(out, [at(0, -1), at(0, 1)])) continue
    for (const quarter of side.quarters) quarters[quarter] = out
  }
}

/** Cuts the tip of a bright triangle on a dark ground. */
function tips(quarters: Quarters, look: Look, brightness: Float64Array): void {
  const centre = look(0, 0)
  for (const side of [above, below, right, left]) {
    const at = towards(look, side)
    const out = at(1, 0)
    if ((brightness[out] ?? 0) >= (brightness[centre] ?? 0)) continue
    if (!all(centre, [at(-1, -1), at(-1, 0), at(-1, 1), at(-2, 0)])) continue
    if (!none(centre, [at(1, -1), at(0, -1), at(1, 1), at(0, 1)])) continue
    for (const quarter of side.quarters) quarters[quarter] = out
  }
}

/** Cuts the quarter beside a cut corner too, for a line that goes two along for one across. */
function longSlopes(quarters: Quarters, look: Look): void {
  const centre = look(0, 0)
  for (const [one, other] of [
    [below, above],
    [left, right],
  ] as const) {
    if (look(one.across, one.down) === look(other.across, other.down)) continue
    for (const side of [one, other]) {
      const at = towards(look, side)
      const out = at(1, 0)
      if (any(out, [at(-1, -1), centre, at(-1, 1)])) continue
      const [first, second] = side.quarters
      for (const [over, from, to] of [
        [1, second, first],
        [-1, first, second],
      ] as const) {
        if (!all(out, [at(1, -over), at(0, over), at(0, over * 2)])) continue
        if (none(out, [at(0, -over), at(-1, over * 2)])) quarters[to] = quarters[from]
      }
    }
  }
}
