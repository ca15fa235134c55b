// Small random pictures, and ingredients cooked on them without a kitchen around.
import { type Raster } from '../../src/pictures/ingredients/raster.ts'
import { cookIngredients, type Pantry, pixelsOf } from '../../src/pictures/ingredients/picture.ts'
import { seeded } from '../../src/base/seeded.ts'
import { readIngredients } from '../../src/recipe/ingredients/read-ingredients.ts'
import type { Value } from '../../src/base/value.ts'

export interface Look {
  width: number
  height: number
  seed: number
  /** Few colours, as in pixel art; 0: any. */
  colours?: number
  opaque?: boolean
  deep?: boolean
}

export function randomPicture({ width, height, seed, colours = 0, opaque = true, deep = false }: Look): Raster {
  const next = seeded(seed + 1)
  const most = deep ? 65536 : 256
  const data = new (deep ? Uint16Array : Uint8Array)(width * height * 4)
  const palette = Array.from({ length: colours }, () => [next() % most, next() % most, next() % most])
  for (let at = 0; at < data.length; at += 4) {
    const rgb = colours > 0 ? (palette[next() % colours] as number[]) : [next() % most, next() % most, next() % most]
    data.set([...rgb, opaque || next() % 3 > 0 ? most - 1 : next() % most], at)
  }
  return { width, height, data }
}

/** A picture without hard edges: what interpolation is off shows little there. */
export function smoothPicture(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(
        [
          127 + 120 * Math.sin(x / 5),
          127 + 120 * Math.cos(y / 7 + x / 9),
          (x * 3 + y * 2) % 256 < 128 ? (x * 3 + y * 2) % 256 : 255 - ((x * 3 + y * 2) % 256),
          255,
        ],
        (y * width + x) * 4,
      )
  return { width, height, data }
}

const nothing: Pantry = {
  pathOf: (input) => {
    throw new Error(`no input ${input}`)
  },
  keepProfile: false,
}

export async function cook(
  raster: Raster,
  ingredients: Value,
  pantry: Pantry = nothing,
  inputs: string[] = [],
): Promise<Raster> {
  const read = readIngredients(ingredients, { inputs: new Map(inputs.map((name) => [name, {}])) })
  if (read.failures.length > 0) throw new Error(read.failures.map((one) => one.message).join('\n'))
  return (await pixelsOf(await cookIngredients({ raster, alpha: true }, read.ingredients, pantry), pantry)).raster
}

export function pixel({ data, width }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]
}

/** A picture from a rule for every place. */
export function painted(
  like: Raster,
  width: number,
  height: number,
  colour: (x: number, y: number) => number[],
): Raster {
  const data = new (like.data.constructor as Uint8ArrayConstructor)(width * height * 4)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 4)
  return { width, height, data }
}

/** The same with colours dark as they are seen through: at an alpha of next to nothing a colour says nothing. */
export function premultiplied(raster: Raster): Raster {
  return painted(raster, raster.width, raster.height, (x, y) => {
    const [r, g, b, alpha] = pixel(raster, x, y) as [number, number, number, number]
    return [...[r, g, b].map((one) => Math.round((one * alpha) / 255)), alpha]
  })
}

/** The greatest and the mean difference of any channel. */
export function difference(one: Raster, other: Raster): { most: number; mean: number } {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error(`${one.width} x ${one.height} is not ${other.width} x ${other.height}`)
  let most = 0
  let sum = 0
  for (let at = 0; at < one.data.length; at++) {
    const off = Math.abs((one.data[at] as number) - (other.data[at] as number))
    most = Math.max(most, off)
    sum += off
  }
  return { most, mean: sum / one.data.length }
}
