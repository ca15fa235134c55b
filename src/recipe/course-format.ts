// What a course is served as: said by the step, or by the name of its output.
import type { Step } from '../config/configuration.ts'
import type { Value } from '../base/value.ts'
import { extensionOf } from './ingredients/ingredients.ts'

export const courseFormats = ['gif', 'webp', 'mp4', 'webm', 'sheet'] as const
export type CourseFormat = (typeof courseFormats)[number]

/** Undefined where it is none that is known. A still picture's name means a sheet. */
export function courseFormat({ format }: { [name: string]: Value }, output: string): CourseFormat | undefined {
  const extension = extensionOf(output) ?? 'gif'
  const told = format ?? (['png', 'jpg', 'jpeg', 'avif'].includes(extension) ? 'sheet' : extension)
  return courseFormats.find((one) => one === told)
}

const sheetKeys = ['columns', 'labels']
const timeKeys = ['fps', 'duration', 'loop']

/** Settings that say nothing to any of the formats in which a course is served. */
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

/** Programs whose version is part of what a picture step means. */
export function pictureTools({ type, settings, outputs }: Step): string[] {
  if (type === 'image') return ['sharp']
  if (type !== 'course') return []
  const films = outputs.some(({ inner }) => ['mp4', 'webm'].includes(courseFormat(settings, inner) ?? ''))
  return films ? ['ffmpeg', 'sharp'] : ['sharp']
}
