// Writes the labels below the pictures of a contact sheet: the requested parameters, or those that distinguish the
// pictures.
import { nearest } from '../../base/suggestion.ts'
import { isMap, plainText, type Value } from '../../base/value.ts'
import type { Frame } from './course-frames.ts'
import { fault } from '../picture-fault.ts'

/** Returns the lines of each picture. */
export function labelsOf(frames: readonly Frame[], labels: Value | undefined): string[][] {
  if (labels === false) return frames.map(() => [])
  const all = frames.map(({ parameters }) => fieldsOf(parameters))
  const known = [...new Set(all.flatMap((fields) => [...fields.keys()]))]
  const isRequested = typeof labels === 'string' || Array.isArray(labels)
  const names = isRequested ? [labels].flat().flatMap((label) => expandLabel(String(label), known)) : varies(all, known)
  const several = new Set(frames.map(({ input }) => input)).size > 1
  return frames.map(({ input }, at) => [
    ...(several && !isRequested ? [input] : []),
    ...names.flatMap((name) => (all[at]?.has(name) ? [`${name} ${all[at].get(name)}`] : [])),
  ])
}

/** Returns the parameters as text. The fields of a map have names as users write them: `size.w`. */
function fieldsOf(parameters: { [name: string]: Value }): Map<string, string> {
  const fields = new Map<string, string>()
  const visit = (name: string, value: Value): void => {
    if (isMap(value)) for (const [field, inner] of Object.entries(value)) visit(`${name}.${field}`, inner)
    else fields.set(name, plainText(value))
  }
  for (const [name, value] of Object.entries(parameters)) visit(name, value)
  return fields
}

function varies(all: readonly Map<string, string>[], known: string[]): string[] {
  const found = known.filter((name) => new Set(all.map((fields) => fields.get(name))).size > 1)
  return found.length > 0 ? found : all.length === 1 ? known : []
}

/** Expands `size` to all of its fields. */
function expandLabel(label: string, known: string[]): string[] {
  const found = known.filter((name) => name === label || name.startsWith(`${label}.`))
  if (found.length > 0) return found
  throw fault('course-label', { label, near: nearest(label, known), known })
}
