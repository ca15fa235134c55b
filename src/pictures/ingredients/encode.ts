// Writes a picture in the format asked for.
import type { Sharp } from 'sharp'
import type { Ingredient, PictureFormat } from '../../recipe/ingredients/ingredients.ts'
import { extensionOf, pictureFormat, pictureFormats } from '../../recipe/ingredients/ingredients.ts'
import { type Colour, parseColour } from '../../recipe/ingredients/colour.ts'
import { fault } from '../picture-fault.ts'
import type { Size } from './geometry.ts'

export interface Writing {
  format: PictureFormat
  quality?: number
  lossless: boolean
  /** Stands behind what is transparent, where the format has no alpha. */
  background: Colour
}

/** What the ingredient `format` says, else the output's extension, else png. */
export function writingOf(output: string, format: Ingredient | undefined): Writing {
  const { type, quality, lossless = false, background = '#ffffff' } = format?.options ?? {}
  const found = type === undefined ? formatOf(output) : type === 'jpg' ? 'jpeg' : (type as PictureFormat)
  return {
    format: found,
    lossless: lossless === true,
    background: parseColour(background) as Colour,
    ...(typeof quality === 'number' && { quality }),
  }
}

function formatOf(output: string): PictureFormat {
  const format = pictureFormat(output)
  if (format !== undefined) return format
  throw fault('picture-format', { format: extensionOf(output) as string, known: pictureFormats.join(', ') })
}

/** Pixels that a side may have. */
const longestSide: { [format in PictureFormat]?: number } = { jpeg: 0xffff, webp: 0x3fff, avif: 0x4000, gif: 0xffff }

export function checkSides({ format }: Writing, { width, height }: Size): void {
  if (Math.max(width, height) > (longestSide[format] ?? Number.POSITIVE_INFINITY))
    throw fault('picture-oversize', { format, size: `${width} x ${height}` })
}

export function encode(pipeline: Sharp, writing: Writing, deep: boolean): Sharp {
  const { format, quality, lossless, background } = writing
  const told = quality === undefined ? {} : { quality }
  switch (format) {
    case 'jpeg': {
      const [r, g, b] = background.rgb
      return pipeline.flatten({ background: { r, g, b } }).toColourspace('srgb').jpeg(told)
    }
    case 'png':
      return pipeline.toColourspace(deep ? 'rgb16' : 'srgb').png()
    case 'webp':
      return pipeline.toColourspace('srgb').webp({ ...told, lossless })
    case 'avif':
      return pipeline.toColourspace('srgb').avif({ ...told, lossless })
    case 'gif':
      return pipeline.toColourspace('srgb').gif()
  }
}
