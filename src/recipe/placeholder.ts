// Placeholders `{name}` in commands: parsed once, rendered for every variant.
//
// `{name}` and `{name.stem}` are placeholders if `name` is an input or an output of the step. Exact names win over
// properties, so `{out.jpg}` is the output `out.jpg`. `${...}` and `\\{...}` belong to the shell. A single undeclared
// word is reported as a slip. `{{name}}` writes a literal `{name}`, and `{{*}}` a literal `{*}`.
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { isCode } from './code-words.ts'
import { type Forbidden, guarded, isForbidden, isGuarded, type Quoting, quote, quotingAt } from './quoting.ts'

export interface Placeholder {
  name: string
  property?: Property
}

const properties = ['stem', 'ext', 'label'] as const
export type Property = (typeof properties)[number]

export interface PlacedPlaceholder extends Placeholder {
  /** The text between the braces, as written. */
  text: string
  quoting: Quoting
}

export interface Template {
  pieces: readonly (string | PlacedPlaceholder)[]
}

export interface ParsedTemplate {
  template: Template
  /** Undeclared words in braces. */
  unknown: string[]
  /** Text that begins with a declared name but is no placeholder: `{name.other}`. */
  dotted: { name: string; rest: string }[]
  /** Placeholders in places where the shell cannot receive a value safely. */
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
  // The shell reads the same text with doubled braces already reduced.
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
    if (doubled !== undefined) keep(meaning === undefined && inside !== '*' ? match[0] : `${escape}{${inside}}`)
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

/** Returns undefined if the braces hold no placeholder. */
function meaningOf(inside: string, known: Set<string>): Placeholder | 'unknown' | undefined {
  if (known.has(inside)) return { name: inside }
  const [, name, suffix] = /^(.+)\.(stem|ext|label)$/.exec(inside) ?? []
  const property = properties.find((one) => one === suffix)
  if (name !== undefined && property !== undefined && known.has(name)) return { name, property }
  const word = /^[\p{L}_][\p{L}\p{N}_]*$/u
  return word.test(inside) || (name !== undefined && word.test(name)) ? 'unknown' : undefined
}

/** Parses a command list. No shell of ours reads it, but an argument may be code for the program that it starts. */
export function parseArguments(parts: readonly string[], names: readonly string[]): Template[] {
  return parts.map((part, at) => {
    const quoting = isCode(parts.slice(0, at + 1)) ? 'code' : 'word'
    const { pieces } = parseTemplate(part, names).template
    return { pieces: pieces.map((piece) => (typeof piece === 'string' ? piece : { ...piece, quoting })) }
  })
}

/** Renders for `/bin/sh -c`. Every value is quoted as its place requires. */
export function renderShell(template: Template, resolve: Resolve, step = ''): string {
  return template.pieces
    .map((piece) => (typeof piece === 'string' ? piece : shellText(piece, resolve(piece), step)))
    .join('')
}

function shellText(piece: PlacedPlaceholder, value: string, step: string): string {
  const { text, quoting } = piece
  const quoted = quote(value, quoting)
  if (quoted !== undefined) return quoted
  if (value.includes('\0')) throw new Refusal([failure('placeholder-nul', { text })])
  const fault = valueFault(piece, value, step)
  if (fault) throw new Refusal([fault])
  throw new Error(`{${text}} stands where no value can: ${quoting}`)
}

/** Describes a value that could become code where the placeholder stands. */
export function valueFault(
  { name, text, quoting }: PlacedPlaceholder,
  value: string,
  step: string,
): Failure | undefined {
  if (!isGuarded(quoting) || quote(value, quoting) !== undefined) return undefined
  return failure('placeholder-code', { step, name, text, value, where: guarded[quoting] })
}

/** Renders one argument of a command list, which no shell reads. */
export function renderArgument(template: Template, resolve: Resolve, step = ''): string {
  return template.pieces
    .map((piece) => (typeof piece === 'string' ? piece : argumentText(piece, resolve(piece), step)))
    .join('')
}

function argumentText(piece: PlacedPlaceholder, value: string, step: string): string {
  const fault = piece.quoting === 'code' ? valueFault(piece, value, step) : undefined
  if (fault) throw new Refusal([fault])
  return value
}
