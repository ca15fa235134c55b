// Writes a picture in the format asked for.
import { extname } from 'node:path'
import type { Sharp } from 'sharp'
import type { Ingredient, PictureFormat } from '../../../recipe/ingredients.ts'
import { pictureFormats } from '../../../recipe/ingredients.ts'
import { type Colour, parseColour } from '../../../recipe/ingredients-colour.ts'
import { fault } from '../image-fault.ts'

export interface Writing {
  format: PictureFormat
  quality?: number
  lossless: boolean
  /** Stands behind what is transparent, where the format has no alpha. */
  background: Colour
}

const byExtension: { [extension: string]: PictureFormat } = { '.jpg': 'jpeg', '.jfif': 'jpeg' }

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

export function formatOf(output: string): PictureFormat {
  const extension = extname(output).toLowerCase()
  if (extension === '') return 'png'
  const format = byExtension[extension] ?? (extension.slice(1) as PictureFormat)
  if (!pictureFormats.includes(format))
    throw fault('picture-format', { format: extension.slice(1), known: pictureFormats.join(', ') })
  return format
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
