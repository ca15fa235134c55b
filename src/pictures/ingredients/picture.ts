// A picture on its way through its ingredients: either a libvips pipeline that has not run, or pixels.
import type { Sharp } from 'sharp'
import { type Ingredient, textOption } from '../../recipe/ingredients/ingredients.ts'
import { fault, unreadable } from '../picture-fault.ts'
import { type Size, sizeAfter } from './geometry.ts'
import { combine, insideOf } from './mask.ts'
import { mmpx } from './mmpx.ts'
import { mostPixels, type OpenedPicture, openPicture } from './load.ts'
import { pipelineIngredients, rasterOf, type PendingPicture, settled } from './pipeline.ts'
import { quantize } from './quantize.ts'
import type { Raster } from './raster.ts'
import { isResampled, resample } from './resample.ts'
import { sort } from './sort.ts'
import { spatialQuantize } from './spatial-quantize.ts'
import { threshold } from './threshold.ts'

/** The services that ingredients need besides the picture. */
export interface Pantry {
  /** Returns the path of a picture input. */
  pathOf(input: string): string
  /** True if profiles are kept and colours left unchanged. */
  keepProfile: boolean
}

export type Picture = PendingPicture | { raster: Raster; alpha: boolean }

type Pixels = (raster: Raster, ingredient: Ingredient, inside: Uint8Array | undefined) => Raster

const pixelIngredients: { [name: string]: Pixels } = {
  threshold: (raster, { options }) => threshold(raster, options),
  sort: (raster, { options }, inside) => sort(raster, options, inside),
  quantize: (raster, { options }) => quantize(raster, options),
  'spatial-quantize': (raster, { options }) => spatialQuantize(raster, options),
  mmpx,
}

export async function open(input: string, { pathOf, keepProfile }: Pantry): Promise<PendingPicture> {
  return pendingOf(await openPicture(pathOf(input), input, keepProfile), input)
}

function pendingOf({ pipeline, width, height, alpha, deep }: OpenedPicture, input: string): PendingPicture {
  return { pipeline, rank: 0, width, height, alpha, deep, input }
}

export async function cookIngredients(
  picture: Picture,
  ingredients: readonly Ingredient[],
  pantry: Pantry,
): Promise<Picture> {
  let current = picture
  for (const ingredient of ingredients) {
    if (ingredient.name === 'format' || ingredient.name === 'profile') continue
    const limited = ingredient.masks.length > 0 || ingredient.opacity < 1
    current = limited ? await cookLimited(current, ingredient, pantry) : await cookOne(current, ingredient, pantry)
  }
  return current
}

async function cookOne(
  picture: Picture,
  ingredient: Ingredient,
  pantry: Pantry,
  inside?: Uint8Array,
): Promise<Picture> {
  const { name, options } = ingredient
  const { width, height } = sizeAfter(name, sizeOf(picture), options)
  if (width * height > mostPixels) throw fault('picture-outgrown', { ingredient: name, size: `${width} x ${height}` })
  if (name === 'picture') return open(textOption(options.from), pantry)
  const pixels = pixelIngredients[name]
  const resampled = name === 'resize' && isResampled(sizeOf(picture), options)
  if (pixels !== undefined || resampled) {
    const { raster, alpha } = await pixelsOf(picture, pantry)
    const current = pixels === undefined ? resample(raster, options) : pixels(raster, ingredient, inside)
    return { raster: current, alpha: alpha || name === 'threshold' }
  }
  const overlay =
    name === 'composite' ? (await pixelsOf(await open(textOption(options.with), pantry), pantry)).raster : undefined
  const cook = pipelineIngredients[name]
  if (cook === undefined) throw new Error(`no ingredient "${name}"`)
  return cook(picture, options, overlay)
}

function sizeOf(picture: Picture): Size {
  return 'raster' in picture ? picture.raster : picture
}

/** Applies an ingredient only where the masks are white, and mixes it with the picture before. */
async function cookLimited(picture: Picture, ingredient: Ingredient, pantry: Pantry): Promise<Picture> {
  const before = await pixelsOf(picture, pantry)
  const masks: Raster[] = []
  for (const chain of ingredient.masks) {
    const mask = await pixelsOf(await cookIngredients(before, chain, pantry), pantry)
    if (mask.raster.width !== before.raster.width || mask.raster.height !== before.raster.height) {
      const size = ({ width, height }: Raster): string => `${width} x ${height}`
      throw fault('mask-size', { ingredient: ingredient.name, mask: size(mask.raster), picture: size(before.raster) })
    }
    masks.push(mask.raster)
  }
  const inside = masks.length > 0 ? insideOf(masks) : undefined
  const after = await pixelsOf(await cookOne(before, ingredient, pantry, inside), pantry)
  return {
    raster: combine(before.raster, after.raster, inside, ingredient.opacity),
    alpha: before.alpha || after.alpha,
  }
}

export async function pixelsOf(picture: Picture, { keepProfile }: Pantry): Promise<{ raster: Raster; alpha: boolean }> {
  if ('raster' in picture) return picture
  if (keepProfile) throw fault('ingredient-profile', {})
  return running(picture.input, async () => ({ raster: await rasterOf(picture), alpha: picture.alpha }))
}

/** Attributes errors of libvips while it runs to the picture that it reads. */
export async function running<T>(input: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw unreadable(input, error)
  }
}

/** Returns the pipeline to write. A picture that began opaque and still is loses its alpha. */
export async function pipelineOf(picture: Picture): Promise<Sharp> {
  return 'raster' in picture ? settled(picture.raster, picture.alpha) : picture.pipeline
}
