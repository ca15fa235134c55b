// Frames as MP4 or WebM, by ffmpeg where it is there. Pixels go to it through a pipe, one frame at a time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Frame, pixelsOf, sizesOf, type Timing } from './course-frames.ts'
import { fault } from '../picture-fault.ts'
import type { Order } from '../../steps/warm/worker-messages.ts'

const encoders = {
  mp4: ['-c:v', 'libx264', '-crf', '18', '-preset', 'medium', '-movflags', '+faststart'],
  webm: ['-c:v', 'libvpx-vp9', '-crf', '24', '-b:v', '0', '-row-mt', '0'],
}

/** Players want an even number of rows and columns: the last ones are doubled. */
const even = 'pad=ceil(iw/2)*2:ceil(ih/2)*2:0:0:black'

export async function writeFilm(
  frames: Frame[],
  path: string,
  format: 'mp4' | 'webm',
  { delay, loop }: Timing,
  order: Order,
): Promise<void> {
  const ffmpeg = order.told?.tools.ffmpeg
  if (ffmpeg === undefined) throw fault('ffmpeg-missing', { format })
  const { width, height } = await sizesOf(frames)
  const rounds = Math.max(1, loop)
  const rate = `${Math.round(1e6 / delay)}/1000`
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-framerate', rate, '-i', '-']
  // The same frames have to give the same bytes: one thread, nothing of the machine or the day in the file.
  const exact = ['-an', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', '1']
  const output = ['-vf', even, ...encoders[format], '-pix_fmt', 'yuv420p', ...exact, '-y', path]
  const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4000)
  })
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  // A pipe that breaks says no more than the exit does.
  child.stdin.on('error', () => {})
  closed.catch(() => {})
  try {
    for (let round = 0; round < rounds; round++) for (const frame of frames) await feed(child.stdin, frame)
  } finally {
    child.stdin.end()
  }
  const [code, signal] = await closed.catch((error: Error): [string, null] => [error.message, null])
  process.stderr.write(said)
  if (code !== 0)
    throw fault('course-write', { format, why: said.trim().split('\n')[0] || `ffmpeg ended with ${code ?? signal}` })
}

async function feed(stdin: NodeJS.WritableStream, frame: Frame): Promise<void> {
  const pixels = await pixelsOf(frame, 3)
  if (!stdin.write(pixels) && (stdin as unknown as { writable: boolean }).writable)
    await Promise.race([once(stdin, 'drain'), once(stdin, 'close')])
}
