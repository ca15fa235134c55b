// Encodes a picture in the requested format.
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
  /** The colour behind transparent pixels in a format without alpha. */
  background: Colour
}

/** Takes the format from the ingredient `format`, else from the output's extension, else png. */
export function writingOf(output: string, format: Ingredient | undefined): Writing {
  const { type, quality, lossless = false, background = '#ffffff' } = format?.options ?? {}
  const written = type === 'jpg' ? 'jpeg' : pictureFormats.find((one) => one === type)
  return {
    format: written ?? formatOf(output),
    lossless: lossless === true,
    background: parseColour(background) ?? { rgb: [255, 255, 255] },
    ...(typeof quality === 'number' && { quality }),
  }
}

function formatOf(output: string): PictureFormat {
  const format = pictureFormat(output)
  if (format !== undefined) return format
  throw fault('picture-format', { format: extensionOf(output) ?? '', known: pictureFormats.join(', ') })
}

/** The longest side in pixels that each format allows. */
const longestSide: { [format in PictureFormat]?: number } = { jpeg: 0xffff, webp: 0x3fff, avif: 0x4000, gif: 0xffff }

export function checkSides({ format }: Writing, { width, height }: Size): void {
  if (Math.max(width, height) > (longestSide[format] ?? Number.POSITIVE_INFINITY))
    throw fault('picture-oversize', { format, size: `${width} x ${height}` })
}

export function encode(pipeline: Sharp, writing: Writing, deep: boolean): Sharp {
  const { format, quality, lossless, background } = writing
  const qualityOption = quality === undefined ? {} : { quality }
  switch (format) {
    case 'jpeg': {
      const [r, g, b] = background.rgb
      return pipeline.flatten({ background: { r, g, b } }).toColourspace('srgb').jpeg(qualityOption)
    }
    case 'png':
      return pipeline.toColourspace(deep ? 'rgb16' : 'srgb').png()
    case 'webp':
      return pipeline.toColourspace('srgb').webp({ ...qualityOption, lossless })
    case 'avif':
      return pipeline.toColourspace('srgb').avif({ ...qualityOption, lossless })
    case 'gif':
      return pipeline.toColourspace('srgb').gif()
  }
}
