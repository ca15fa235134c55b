// Parses link patterns such as `web/{photos.stem}-{size.w}.jpg`, and renders them with the dependencies of a result.
import type { Depends } from '../base/event.ts'
import { fieldOf, plainText } from '../base/value.ts'
import { splitReference } from '../config/dotted-names.ts'

export interface LinkTemplate {
  /** Literal texts, and references that stood between braces. */
  pieces: readonly (string | { reference: string })[]
}

/** Treats every pair of braces as a placeholder. `{{name}}` stands for a literal `{name}`. */
export function parseLink(pattern: string): LinkTemplate {
  const pieces: (string | { reference: string })[] = []
  let end = 0
  for (const match of pattern.matchAll(/\{\{([^{}]*)\}\}|\{([^{}]+)\}/g)) {
    pieces.push(pattern.slice(end, match.index))
    pieces.push(match[2] === undefined ? `{${match[1]}}` : { reference: match[2] })
    end = match.index + match[0].length
  }
  pieces.push(pattern.slice(end))
  return { pieces: pieces.filter((piece) => piece !== '') }
}

export function referencesOf(template: LinkTemplate): string[] {
  return template.pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.reference]))
}

/**
 * Returns the path relative to the link's base. Values may contain slashes and dots, so the caller checks that the
 * path stays inside the project. `values`: those that fields are taken from, where labels are only their numbers.
 */
export function renderLink(template: LinkTemplate, depends: Depends, hash: string, values: Depends = {}): string {
  return template.pieces
    .map((piece) => (typeof piece === 'string' ? piece : referenceText(piece.reference, { depends, values }, hash)))
    .join('')
}

function referenceText(
  reference: string,
  { depends, values }: { depends: Depends; values: Depends },
  hash: string,
): string {
  const names = { has: (name: string) => Object.hasOwn(depends, name) }
  const { from, field } = splitReference(reference, names)
  if (!names.has(from)) return reference === 'hash' ? hash : ''
  const value = depends[from]!
  if (field.length === 0) return plainText(value)
  const inside = fieldOf(values[from] ?? value, field)
  if (inside !== undefined) return plainText(inside)
  if (field.length === 1 && field[0] === 'stem') return labelStem(plainText(value))
  return field.length === 1 && field[0] === 'ext' ? labelExtension(plainText(value)) : plainText(value)
}

/** Returns the label without its extension: `a/photo#3` for `a/photo.jpg#3`. A frame keeps its number. */
export function labelStem(label: string): string {
  return label.replace(/(?<=[^/])\.[^./#]+(?=(#\d+)?$)/, '')
}

/** Returns the extension without the dot, or an empty text for `.profile` and for names without one. */
export function labelExtension(label: string): string {
  return /(?<=[^/])\.([^./#]+)(#\d+)?$/.exec(label)?.[1] ?? ''
}
