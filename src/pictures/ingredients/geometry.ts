// Computes sizes and places: lengths in pixels, crop rectangles, the position of overlays, the size of resized
// pictures.
import type { Value } from '../../base/value.ts'
import { numberOption, type Origin, origins } from '../../recipe/ingredients/ingredients.ts'

export interface Size {
  width: number
  height: number
}

export interface Rectangle extends Size {
  left: number
  top: number
}

type Options = { [name: string]: Value }

/** Reads `'25%'` as a share of the whole and a number as pixels. Does not round. */
function pixels(length: Value | undefined, whole: number): number | undefined {
  if (length === undefined) return undefined
  return typeof length === 'string' ? (Number.parseFloat(length) / 100) * whole : (length as number)
}

const atLeastOne = (length: number): number => Math.max(1, Math.round(length))

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

export function resizedSize(size: Size, { width, height, scale = 1 }: Options): Size {
  const factor = numberOption(scale)
  const wide = pixels(width, size.width)
  const high = pixels(height, size.height)
  if (wide === undefined && high === undefined)
    return { width: atLeastOne(size.width * factor), height: atLeastOne(size.height * factor) }
  const aspect = size.width / size.height
  return {
    width: atLeastOne((wide ?? (high as number) * aspect) * factor),
    height: atLeastOne((high ?? (wide as number) / aspect) * factor),
  }
}

/** Returns the size of a picture after an ingredient. A crop counts with the size before it. */
export function sizeAfter(ingredient: string, size: Size, options: Options): Size {
  if (ingredient === 'resize') return resizedSize(size, options)
  if (ingredient === 'mmpx') return { width: size.width * 2, height: size.height * 2 }
  if (ingredient !== 'rotate') return size
  const angle = (numberOption(options.angle) * numberOption(options.turns) * Math.PI) / 180
  const [across, down] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))]
  return {
    width: Math.ceil(size.width * across + size.height * down),
    height: Math.ceil(size.width * down + size.height * across),
  }
}

/** Returns the edge of `inner` within `outer` along one axis. `shift` moves inwards from the origin's side. */
function edge(side: -1 | 0 | 1, outer: number, inner: number, shift: number): number {
  if (side < 0) return shift
  return side > 0 ? outer - inner - shift : Math.floor((outer - inner) / 2) + shift
}

function sides(origin: Origin): { across: -1 | 0 | 1; down: -1 | 0 | 1 } {
  return {
    across: origin.includes('w') ? -1 : origin.includes('e') ? 1 : 0,
    down: origin.includes('n') ? -1 : origin.includes('s') ? 1 : 0,
  }
}

/** Returns the place of an inner rectangle, which may reach beyond the picture. */
export function placeOf(size: Size, inner: Size, { origin, x, y }: Options): { left: number; top: number } {
  const { across, down } = sides(origins.find((one) => one === origin) ?? 'c')
  return {
    left: edge(across, size.width, inner.width, Math.round(pixels(x, size.width) ?? 0)),
    top: edge(down, size.height, inner.height, Math.round(pixels(y, size.height) ?? 0)),
  }
}

/** Returns a rectangle that never exceeds the picture. */
export function cropRectangle(size: Size, options: Options): Rectangle {
  let wide = Math.min(pixels(options.width, size.width) ?? size.width, size.width)
  let high = Math.min(pixels(options.height, size.height) ?? size.height, size.height)
  const { aspect } = options
  if (typeof aspect === 'number') {
    if (wide > high * aspect) wide = high * aspect
    else high = wide / aspect
  }
  const width = atLeastOne(wide)
  const height = atLeastOne(high)
  const { left, top } = placeOf(size, { width, height }, options)
  return { left: clamp(left, 0, size.width - width), top: clamp(top, 0, size.height - height), width, height }
}
