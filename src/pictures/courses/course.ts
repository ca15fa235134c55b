// Serves a course: the pictures of many variants as an animation, a film or a sheet.
import { join } from 'node:path'
import { courseFormat, type CourseFormat, courseFormats } from '../../recipe/course-format.ts'
import type { Value } from '../../base/value.ts'
import { writeAnimation } from './animation.ts'
import { writeFilm } from './film.ts'
import type { Frame, Timing } from './course-frames.ts'
import { writeSheet } from './contact-sheet.ts'
import { fault } from '../picture-fault.ts'
import type { Answer, Order } from '../../steps/warm/worker-messages.ts'

const standardFps = 10

export async function serveCourse(order: Order): Promise<Answer['outputs']> {
  const settings = order.told?.settings ?? {}
  const frames = framesOf(order)
  const timing = timingOf(settings)
  const outputs: Answer['outputs'] = []
  for (const name of order.outputs) {
    const path = join(order.pan, name)
    await write[formatOf(settings, name)](frames, path, { timing, settings, order })
    outputs.push({ name, path })
  }
  return outputs
}

export interface Serving {
  timing: Timing
  settings: { [name: string]: Value }
  order: Order
}

const write: { [format in CourseFormat]: (frames: Frame[], path: string, serving: Serving) => Promise<void> } = {
  gif: (frames, path, { timing }) => writeAnimation(frames, path, 'gif', timing),
  webp: (frames, path, { timing }) => writeAnimation(frames, path, 'webp', timing),
  mp4: (frames, path, { timing, order }) => writeFilm(frames, { path, format: 'mp4', ffmpeg: ffmpegOf(order) }, timing),
  webm: (frames, path, { timing, order }) =>
    writeFilm(frames, { path, format: 'webm', ffmpeg: ffmpegOf(order) }, timing),
  sheet: (frames, path, { settings }) => writeSheet(frames, path, settings),
}

const ffmpegOf = (order: Order): string | undefined => order.told?.tools.ffmpeg

function formatOf(settings: { [name: string]: Value }, output: string): CourseFormat {
  const format = courseFormat(settings, output)
  if (format === undefined)
    throw fault('course-format', { format: String(settings.format ?? output), known: courseFormats.join(', ') })
  return format
}

/** Returns the frames in the order of the inputs, and of the variants within each. */
function framesOf(order: Order): Frame[] {
  const frames = order.inputs.flatMap((input): Frame[] => {
    if (input.kind === 'value') return []
    const { name } = input
    if (input.kind === 'file') return [{ path: join(order.folder, input.path), input: name, parameters: {} }]
    return input.members.map(({ path, parameters }) => ({ path: join(order.folder, path), input: name, parameters }))
  })
  if (frames.length === 0) throw fault('picture-missing', {})
  return frames
}

function timingOf({ fps, duration, loop }: { [name: string]: Value }): Timing {
  const delay =
    typeof duration === 'number' ? duration * 1000 : 1000 / (typeof fps === 'number' && fps > 0 ? fps : standardFps)
  return { delay, loop: loop === false ? 1 : typeof loop === 'number' ? loop : 0 }
}
