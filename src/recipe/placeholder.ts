// Placeholders `{name}` in commands: parsed once, rendered for every variant.
//
// `{name}` and `{name.stem}` stand for something where `name` is an input or an output of the step; exact names come
// before properties, so `{out.jpg}` is the output `out.jpg`. `${...}` and `\{...}` belong to the shell. A single word
// that is not declared is a slip. `{{name}}` is how a literal `{name}` is written.
import { failure, Refusal } from '../base/failures/failure.ts'
import { type Forbidden, isForbidden, type Quoting, quote, quotingAt } from './quoting.ts'

export interface Placeholder {
  name: string
  property?: Property
}

export type Property = 'stem' | 'ext' | 'label'

export interface PlacedPlaceholder extends Placeholder {
  /** As written, without braces. */
  text: string
  quoting: Quoting
}

export interface Template {
  pieces: readonly (string | PlacedPlaceholder)[]
}

export interface ParsedTemplate {
  template: Template
  /** Words in braces that are not declared. */
  unknown: string[]
  /** What is left alone although it begins with a declared name: `{name.other}`. */
  dotted: { name: string; rest: string }[]
  /** Placeholders that stand, for a shell, where no value can be put safely. */
  unsafe: { text: string; quoting: Forbidden }[]
}

export type Resolve = (placeholder: Placeholder) => string

export function parseTemplate(text: string, names: Iterable<string>): ParsedTemplate {
  const known = new Set(names)
  const unknown: string[] = []
  const dotted: ParsedTemplate['dotted'] = []
  const pieces: (string | Omit<PlacedPlaceholder, 'quoting'>)[] = []
  const spans: { start: number; end: number }[] = []
  let literal = ''
  // What the shell gets to read: the same text with doubled braces already made single.
  let read = ''
  const pattern = /(?<escape>\\+|\$)?(?:\{\{(?<doubled>[^{}\n]+)\}\}|\{(?<single>[^{}\n]+)\})/g
  let end = 0
  const keep = (kept: string): void => {
    literal += kept
    read += kept
  }
  for (const match of text.matchAll(pattern)) {
    const { escape = '', doubled, single } = match.groups!
    keep(text.slice(end, match.index))
    end = match.index + match[0].length
    const inside = (doubled ?? single)!
    const meaning = meaningOf(inside, known)
    const belongsToShell = escape === '$' || escape.length % 2 === 1
    if (doubled !== undefined) keep(meaning === undefined ? match[0] : `${escape}{${inside}}`)
    else if (belongsToShell || meaning === undefined) {
      const [, name, rest] = /^([^.]+)[.]([\p{L}_][\p{L}\p{N}_]*)$/u.exec(inside) ?? []
      if (!belongsToShell && name !== undefined && rest !== undefined && known.has(name)) dotted.push({ name, rest })
      keep(match[0])
    } else if (meaning === 'unknown') {
      unknown.push(inside)
      keep(match[0])
    } else {
      keep(escape)
      if (literal !== '') pieces.push(literal)
      literal = ''
      pieces.push({ ...meaning, text: inside })
      spans.push({ start: read.length, end: read.length + inside.length + 2 })
      read += `{${inside}}`
    }
  }
  keep(text.slice(end))
  if (literal !== '') pieces.push(literal)
  const contexts = quotingAt(read, spans)
  const placed = pieces.map((piece) => (typeof piece === 'string' ? piece : { ...piece, quoting: contexts.shift()! }))
  const unsafe = placed.flatMap((piece) =>
    typeof piece === 'object' && isForbidden(piece.quoting) ? [{ text: piece.text, quoting: piece.quoting }] : [],
  )
  return { template: { pieces: placed }, unknown, dotted, unsafe }
}

/** Undefined: nothing of ours. */
function meaningOf(inside: string, known: Set<string>): Placeholder | 'unknown' | undefined {
  if (known.has(inside)) return { name: inside }
  const [, name, property] = /^(.+)\.(stem|ext|label)$/.exec(inside) ?? []
  if (name !== undefined && known.has(name)) return { name, property: property as Property }
  const word = /^[\p{L}_][\p{L}\p{N}_]*$/u
  return word.test(inside) || (name !== undefined && word.test(name)) ? 'unknown' : undefined
}

/** For `/bin/sh -c`: every value is quoted as the place where it stands needs it. */
export function renderShell(template: Template, resolve: Resolve): string {
  return template.pieces.map((piece) => (typeof piece === 'string' ? piece : shellText(piece, resolve(piece)))).join('')
}

function shellText({ text, quoting }: PlacedPlaceholder, value: string): string {
  const quoted = quote(value, quoting)
  if (quoted !== undefined) return quoted
  if (value.includes('\0')) throw new Refusal([failure('placeholder-nul', { text })])
  if (quoting === 'arithmetic') throw new Refusal([failure('placeholder-arithmetic', { text, value })])
  throw new Error(`{${text}} stands where no value can: ${quoting}`)
}

/** For one argument of a command list, which no shell reads. */
export function renderArgument(template: Template, resolve: Resolve): string {
  return template.pieces.map((piece) => (typeof piece === 'string' ? piece : resolve(piece))).join('')
}
