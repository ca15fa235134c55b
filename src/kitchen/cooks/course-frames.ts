// The pictures of a course before they are put together: that they can be read, and are of one size.
import { basename } from 'node:path'
import { openPicture } from './ingredients/load.ts'
import { plainText } from '../../base/value.ts'
import { fault } from './image-fault.ts'
import type { Frame } from './course.ts'

/** What tells a frame from the others, for messages. */
export function nameOf({ parameters, path }: Frame): string {
  const values = Object.values(parameters).map(plainText)
  return values.length === 0 ? basename(path) : values.join(' ')
}

/** The size that all frames have. */
export async function sizesOf(frames: readonly Frame[]): Promise<{ width: number; height: number }> {
  let size: { width: number; height: number } | undefined
  for (const frame of frames) {
    const { width, height } = await openPicture(frame.path, nameOf(frame), false)
    size ??= { width, height }
    if (width === size.width && height === size.height) continue
    throw fault('course-sizes', {
      frame: nameOf(frame),
      size: `${width} x ${height}`,
      first: nameOf(frames[0] as Frame),
      firstSize: `${size.width} x ${size.height}`,
    })
  }
  return size as { width: number; height: number }
}
