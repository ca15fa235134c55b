// Writes frames as MP4 or WebM with ffmpeg, if it is installed. Pixels go to it through a pipe, one frame at a time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Frame, pixelsOf, sizesOf, type Timing } from './course-frames.ts'
import { fault } from '../picture-fault.ts'

const encoders = {
  mp4: ['-c:v', 'libx264', '-crf', '18', '-preset', 'medium', '-movflags', '+faststart'],
  webm: ['-c:v', 'libvpx-vp9', '-crf', '24', '-b:v', '0', '-row-mt', '0'],
}

/** Players require an even number of rows and columns, so an odd size is padded. */
const even = 'pad=ceil(iw/2)*2:ceil(ih/2)*2:0:0:black'

export interface FilmTarget {
  path: string
  format: 'mp4' | 'webm'
  /** The path of ffmpeg, or undefined if it is not installed. */
  ffmpeg: string | undefined
}

export async function writeFilm(frames: Frame[], target: FilmTarget, { delay, loop }: Timing): Promise<void> {
  const { path, format, ffmpeg } = target
  if (ffmpeg === undefined) throw fault('ffmpeg-missing', { format })
  const { width, height } = await sizesOf(frames)
  const rounds = Math.max(1, loop)
  const rate = `${Math.round(1e6 / delay)}/1000`
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-framerate', rate, '-i', '-']
  // Equal frames must give equal bytes, so ffmpeg uses one thread and writes nothing about the machine or the day.
  const exact = ['-an', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', '1']
  const output = ['-vf', even, ...encoders[format], '-pix_fmt', 'yuv420p', ...exact, '-y', path]
  const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-4000)
  })
  const closed: Promise<[number | null, string | null]> = once(child, 'close').then(([code, signal]) => [code, signal])
  // The exit code reports more than a broken pipe.
  child.stdin.on('error', () => {})
  closed.catch(() => {})
  try {
    for (let round = 0; round < rounds; round++) for (const frame of frames) await feed(child.stdin, frame)
  } finally {
    child.stdin.end()
  }
  const [code, signal] = await closed.catch((error: Error): [string, null] => [error.message, null])
  process.stderr.write(complaint)
  if (code !== 0)
    throw fault('course-write', {
      format,
      why: complaint.trim().split('\n')[0] || `ffmpeg ended with ${code ?? signal}`,
    })
}

async function feed(stdin: Writable, frame: Frame): Promise<void> {
  const pixels = await pixelsOf(frame, 3)
  if (!stdin.write(pixels) && stdin.writable) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')])
}
