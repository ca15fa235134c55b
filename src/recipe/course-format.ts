// Decides the format of a course from its setting or from the name of its output.
import type { Step } from '../config/configuration.ts'
import type { Value } from '../base/value.ts'
import { extensionOf } from './ingredients/ingredients.ts'

export const courseFormats = ['gif', 'webp', 'mp4', 'webm', 'sheet'] as const
export type CourseFormat = (typeof courseFormats)[number]

/** Returns undefined for an unknown format. The name of a still picture means a sheet. */
export function courseFormat({ format }: { [name: string]: Value }, output: string): CourseFormat | undefined {
  const extension = extensionOf(output) ?? 'gif'
  const name = format ?? (['png', 'jpg', 'jpeg', 'avif'].includes(extension) ? 'sheet' : extension)
  return courseFormats.find((one) => one === name)
}

const sheetKeys = ['columns', 'labels']
const timeKeys = ['fps', 'duration', 'loop']

/** Returns the settings that no format of the course uses. */
export function idleCourseKeys(
  settings: Step['settings'],
  outputs: Step['outputs'],
): { key: string; formats: CourseFormat[] }[] {
  const formats = [...new Set(outputs.flatMap(({ inner }) => courseFormat(settings, inner) ?? []))]
  const idle = [
    ...(formats.includes('sheet') ? [] : sheetKeys),
    ...(formats.every((format) => format === 'sheet') ? timeKeys : []),
  ]
  return idle.filter((key) => settings[key] !== undefined).map((key) => ({ key, formats }))
}

/** Returns the programs whose version belongs to the action of a picture step. */
export function pictureTools({ type, settings, outputs }: Step): string[] {
  if (type === 'image') return ['sharp']
  if (type !== 'course') return []
  const films = outputs.some(({ inner }) => ['mp4', 'webm'].includes(courseFormat(settings, inner) ?? ''))
  return films ? ['ffmpeg', 'sharp'] : ['sharp']
}
