// Picture files for kitchens, made by the test itself, and what lies in pictures that came out.
import sharp, { type SharpOptions } from 'sharp'
import type { Raster } from '../../src/pictures/ingredients/raster.ts'
import { smoothPicture } from './pictures.ts'

// libvips would take a file that changed for what it was.
sharp.cache(false)

const rawOf = ({ width, height }: Raster) => ({ raw: { width, height, channels: 4 as const } })

export function png(raster: Raster): Promise<Buffer> {
  const pipeline = sharp(raster.data, rawOf(raster))
  return (raster.data instanceof Uint16Array ? pipeline.toColourspace('rgb16') : pipeline).png().toBuffer()
}

export function jpeg(raster: Raster, quality = 95): Promise<Buffer> {
  return sharp(raster.data, rawOf(raster)).removeAlpha().jpeg({ quality }).toBuffer()
}

/** A photo that is like no other. */
export function photo(width: number, height: number, number: number): Promise<Buffer> {
  const raster = smoothPicture(width, height)
  for (let at = 0; at < raster.data.length; at += 4) raster.data[at] = ((raster.data[at] as number) + number * 7) % 256
  return jpeg(raster)
}

export async function pixelsIn(file: string | Buffer, options: SharpOptions = {}): Promise<Raster> {
  const { data, info } = await sharp(file, options)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data) }
}

/** The frames of an animation, one after the other. */
export async function framesIn(file: string | Buffer): Promise<Raster[]> {
  const { pages = 1, pageHeight, height } = await sharp(file, { pages: -1 }).metadata()
  const whole = await pixelsIn(file, { pages: -1 })
  const high = pageHeight ?? height
  const bytes = whole.width * high * 4
  return Array.from({ length: pages }, (_, at) => ({
    width: whole.width,
    height: high,
    data: whole.data.slice(at * bytes, (at + 1) * bytes),
  }))
}

export function animation(frames: Buffer[], format: 'gif' | 'webp' = 'gif'): Promise<Buffer> {
  const joined = sharp(frames, { join: { animated: true } })
  const delay = frames.map(() => 100)
  if (format === 'webp') return joined.webp({ delay, lossless: true, exact: true }).toBuffer()
  return joined
    .gif({ delay, dither: 0, interFrameMaxError: 0, interPaletteMaxError: 0, reuse: false, keepDuplicateFrames: true })
    .toBuffer()
}
