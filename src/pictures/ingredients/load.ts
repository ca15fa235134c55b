// Opens a picture: reads its format, orientation and colours, and rejects what chef cannot use.
import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { statSync } from 'node:fs'
import { fault, unreadable } from '../picture-fault.ts'
import { sharp } from './sharp.ts'

/** The most pixels of a picture. libvips supports no more, and they would need gigabytes. */
export const mostPixels = 0x3fff ** 2

export interface OpenedPicture {
  pipeline: Sharp
  width: number
  height: number
  alpha: boolean
  /** True for 16 bits a channel. */
  deep: boolean
  format: string
}

/** `name` is the input's name, for messages. */
export async function openPicture(path: string, name: string, keepProfile: boolean): Promise<OpenedPicture> {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0)
    throw fault('picture-unreadable', { name, why: 'the file is empty' })
  const options: SharpOptions = { autoOrient: true, failOn: 'warning' }
  const pipeline = (await sharp())(path, options)
  const found = await metadataOf(pipeline, name)
  const { width, height } = found.autoOrient
  if (width * height > mostPixels) throw fault('picture-huge', { name })
  if (keepProfile) pipeline.keepIccProfile()
  return {
    pipeline,
    width,
    height,
    alpha: found.hasAlpha ?? false,
    deep: found.depth === 'ushort' && !keepProfile,
    format: found.format ?? 'png',
  }
}

async function metadataOf(pipeline: Sharp, name: string): Promise<Metadata> {
  let found: Metadata
  try {
    found = await pipeline.metadata()
  } catch (error) {
    throw unreadable(name, error)
  }
  const { pages = 1, format } = found
  if (pages > 1 && format !== 'tiff' && format !== 'heif' && format !== 'pdf')
    throw fault('picture-animated', { name, frames: pages })
  return found
}
