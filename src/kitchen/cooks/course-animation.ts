// Frames as an animated GIF or WebP. A frame of up to 256 colours is in the GIF as it was; WebP is lossless.
import type { Frame, Timing } from './course.ts'
import { sizesOf } from './course-frames.ts'
import { sharp } from './ingredients/sharp.ts'
import { fault } from './image-fault.ts'

/** GIF counts hundredths of a second, WebP thousandths. */
const grain = { gif: 10, webp: 1 }

export async function writeAnimation(
  frames: Frame[],
  path: string,
  format: 'gif' | 'webp',
  { delay, loop }: Timing,
): Promise<void> {
  await sizesOf(frames)
  const pipeline = (await sharp())(
    frames.map((frame) => frame.path),
    { join: { animated: true }, limitInputPixels: false },
  )
  const timing = { delay: delays(frames.length, delay, grain[format]), loop }
  const written =
    format === 'webp'
      ? pipeline.webp({ ...timing, lossless: true, exact: true })
      : pipeline.gif({
          ...timing,
          dither: 0,
          interFrameMaxError: 0,
          interPaletteMaxError: 0,
          reuse: false,
          keepDuplicateFrames: true,
        })
  try {
    await written.toFile(path)
  } catch (error) {
    throw fault('course-write', { format, why: ((error as Error).message.split('\n')[0] as string).trim() })
  }
}

/** Rounded so that what one frame is short the next ones make up. */
function delays(count: number, delay: number, unit: number): number[] {
  const until = (frame: number): number => Math.round((frame * delay) / unit)
  return Array.from({ length: count }, (_, at) => Math.max(1, until(at + 1) - until(at)) * unit)
}
