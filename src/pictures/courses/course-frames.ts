// Lists the pictures of a course, and checks that they can be read and have one size.
import { basename } from 'node:path'
import type { Sharp } from 'sharp'
import { openPicture } from '../ingredients/load.ts'
import { plainText, type Value } from '../../base/value.ts'
import { fault } from '../picture-fault.ts'

/** One picture of a course. */
export interface Frame {
  path: string
  /** The name of its input. */
  input: string
  parameters: { [name: string]: Value }
}

/** The duration of a frame, and the number of rounds. */
export interface Timing {
  /** Milliseconds for which each frame is shown. */
  delay: number
  /** 0 repeats for ever. */
  loop: number
}

/** Returns the parameters that distinguish the frame, for messages. */
export function nameOf({ parameters, path }: Frame): string {
  const values = Object.values(parameters).map(plainText)
  return values.length === 0 ? basename(path) : values.join(' ')
}

/** Returns the size that all frames have, and whether any of them has alpha. */
export async function sizesOf(frames: readonly Frame[]): Promise<{ width: number; height: number; alpha: boolean }> {
  const [first] = frames
  let size: { width: number; height: number; alpha: boolean } | undefined
  for (const frame of frames) {
    const { width, height, alpha } = await openPicture(frame.path, nameOf(frame), false)
    size ??= { width, height, alpha }
    size.alpha ||= alpha
    if (width === size.width && height === size.height) continue
    throw fault('course-sizes', {
      frame: nameOf(frame),
      size: `${width} x ${height}`,
      first: first ? nameOf(first) : '',
      firstSize: `${size.width} x ${size.height}`,
    })
  }
  if (size === undefined) throw fault('picture-missing', {})
  return size
}

/** Returns a frame as raw pixels: with alpha, or on black. */
export async function pixelsOf(frame: Frame, channels: 3 | 4): Promise<Buffer> {
  const { pipeline } = await openPicture(frame.path, nameOf(frame), false)
  return rawPixels(channels === 4 ? pipeline.ensureAlpha() : pipeline.flatten({ background: '#000000' }), channels)
}

/** Returns sRGB pixels with 8 bits a channel. Grey becomes three channels. */
export async function rawPixels(pipeline: Sharp, channels: 3 | 4): Promise<Buffer> {
  const written = pipeline.toColourspace('srgb').raw({ depth: 'uchar' })
  const { data, info } = await written.toBuffer({ resolveWithObject: true })
  if (info.channels === channels) return data
  const made = Buffer.alloc((data.length / info.channels) * channels)
  for (let from = 0, into = 0; from < data.length; from += info.channels, into += channels) {
    made.fill(data[from] ?? 0, into, into + 3)
    if (channels === 4) made[into + 3] = data[from + 1] ?? 0
  }
  return made
}
