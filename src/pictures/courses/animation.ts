// Writes frames as an animated GIF or WebP. A GIF keeps frames of up to 256 colours exactly; WebP is lossless.
import { rmSync } from 'node:fs'
import { type Frame, pixelsOf, sizesOf, type Timing } from './course-frames.ts'
import { sharp } from '../ingredients/sharp.ts'
import { fault } from '../picture-fault.ts'
import { PicturePile } from '../picture-pile.ts'

/** Milliseconds in the unit of each format: GIF counts hundredths of a second, WebP thousandths. */
const grain = { gif: 10, webp: 1 }

export async function writeAnimation(
  frames: Frame[],
  path: string,
  format: 'gif' | 'webp',
  { delay, loop }: Timing,
): Promise<void> {
  const pile = `${path}.pile`
  try {
    await pileUp(frames, pile)
    const pipeline = (await sharp())(pile, { pages: -1, limitInputPixels: false, sequentialRead: true })
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
    await written.toFile(path).catch((error: Error) => {
      throw fault('course-write', { format, why: (error.message.split('\n')[0] ?? '').trim() })
    })
  } finally {
    rmSync(pile, { force: true })
  }
}

async function pileUp(frames: Frame[], path: string): Promise<void> {
  const { width, height, alpha } = await sizesOf(frames)
  const channels = alpha ? 4 : 3
  const pile = new PicturePile(path, { width, channels })
  try {
    for (const frame of frames) {
      pile.strip(await pixelsOf(frame, channels))
      pile.endPage(height, height)
    }
  } finally {
    pile.close()
  }
}

/** Rounds so that later frames make up for what earlier ones lose. */
function delays(count: number, delay: number, unit: number): number[] {
  const until = (frame: number): number => Math.round((frame * delay) / unit)
  return Array.from({ length: count }, (_, at) => Math.max(1, until(at + 1) - until(at)) * unit)
}
