// Traces: what a cook was seen to look for outside of its pan, as lines that must still hold for its results to count.

/** Kinds whose line holds a value to compare: a digest, a size and mode, or the target of a link. */
const valued = ['content', 'meta', 'listing', 'link', 'place'] as const
/** Kinds that say all by themselves. */
const bare = ['exists', 'absent', 'unobserved'] as const

type ValuedKind = (typeof valued)[number]
type BareKind = (typeof bare)[number]

/**
 * Paths below the project are relative to its root, so that a trace means the same in another work tree. `unobserved`
 * asks nothing of the world: its cook was not to be observed, so the other lines are not all that it looked for. `place`:
 * the results hold the absolute path of this folder, which the value is a digest of.
 */
export type Look =
  | { readonly kind: ValuedKind; readonly path: string; readonly value: string }
  | { readonly kind: BareKind; readonly path: string }

/** One line a look, in an order of its own, so that equal traces are equal texts. */
export function traceText(looks: Iterable<Look>): string {
  return [...new Set([...looks].map(lookLine))].sort().join('\n')
}

function lookLine(look: Look): string {
  const line = `${look.kind}\t${escaped(look.path)}`
  return 'value' in look ? `${line}\t${escaped(look.value)}` : line
}

/** Throws for a text that `traceText` did not write. */
export function looksIn(text: string): Look[] {
  return text === '' ? [] : text.split('\n').map(lookIn)
}

function lookIn(line: string): Look {
  const [kind = '', path, value] = line.split('\t').map(unescaped)
  const withValue = valued.find((one) => one === kind)
  const withoutValue = bare.find((one) => one === kind)
  if (path !== undefined && withValue && value !== undefined) return { kind: withValue, path, value }
  if (path !== undefined && withoutValue && value === undefined) return { kind: withoutValue, path }
  throw new Error(`not a line of a trace: ${line}`)
}

function escaped(text: string): string {
  return /[\\\t\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n') : text
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\[\\tn]/g, (pair) => escapes[pair] ?? pair) : text
}

const escapes: { readonly [pair: string]: string } = { '\\\\': '\\', '\\t': '\t', '\\n': '\n' }

/** The lines of a trace as they are stored: the system's apart, because many jobs share them. */
export interface TraceTexts {
  own: string
  system: string
}

export const emptyTrace: TraceTexts = { own: '', system: '' }

/** The trace with one more line. */
export function withLook({ own, system }: TraceTexts, look: Look): TraceTexts {
  return { own: traceText([...looksIn(own), look]), system }
}

/** A line of the trace of a cook that was not to be observed. */
export const unobservedLook: Look = { kind: 'unobserved', path: '.' }

const unobservedLine = lookLine(unobservedLook)

/** Tells whether a trace lacks what its cook looked for without declaring it. */
export function lacksLooks({ own }: TraceTexts): boolean {
  return own.includes(unobservedLine) && own.split('\n').includes(unobservedLine)
}
