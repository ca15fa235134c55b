// Reads references in unexpanded text of a Makefile: which have effects of their own, and which flags open a recipe line.
import type { MakeVariable } from './make-database.ts'

type Variables = ReadonlyMap<string, MakeVariable>

const effects = /\$[({](?:shell|file|eval|info|warning|error|guile)[\s,)}]/
/** In a variable, `$(shell)` gives a value like any other. In a recipe it may be the work itself. */
const effectsButShell = /\$[({](?:file|eval|info|warning|error|guile)[\s,)}]/
const writes = /\$[({]file\s/

/** Names the variables whose expansion does something besides giving text. */
export function variablesWithEffects(variables: Variables, effect = effects): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [name, { value }] of variables) if (effect.test(value)) found.add(name)
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const [name, { value }] of variables) if (refersTo(value, found)) found.add(name)
  }
  return found
}

export const variablesThatAct = (variables: Variables): ReadonlySet<string> =>
  variablesWithEffects(variables, effectsButShell)

export const variablesThatWrite = (variables: Variables): ReadonlySet<string> => variablesWithEffects(variables, writes)

export const hasEffects = (text: string, tainted: ReadonlySet<string>): boolean =>
  effects.test(text) || refersTo(text, tainted)

export const doesWrite = (text: string, tainted: ReadonlySet<string>): boolean =>
  writes.test(text) || refersTo(text, tainted)

/** Returns the names that a text refers to, as `$(NAME)`, `$(NAME:.c=.o)` or `$(call NAME,…)`. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\$[({](?:call\s+)?([^\s:(){}$,=#]+)/g)].map(([, name = '']) => name)
}

function refersTo(text: string, names: ReadonlySet<string>): boolean {
  return names.size > 0 && namesIn(text).some((name) => names.has(name))
}

interface Lead {
  /** True where a `-` makes make ignore the failure of the line. */
  isIgnored: boolean
  /** References that decide, and whose values are not known. */
  unknown: string[]
}

/**
 * Reads the flags at the start of a recipe line, through variables that hold them, as in `$(Q)cc`. `told` returns the
 * expansion of a reference where make was asked for it. `changed` names variables that differ from target to target.
 */
export function leadOf(
  text: string,
  variables: Variables,
  changed: ReadonlySet<string>,
  told: (reference: string) => string | undefined = () => undefined,
): Lead {
  const lead: Lead = { isIgnored: false, unknown: [] }
  readLead(text, lead, 0)
  return lead

  /** Returns true where the text is nothing but flags, so that the line goes on behind it. */
  function readLead(part: string, into: Lead, depth: number): boolean {
    for (let at = 0; at < part.length; at++) {
      const character = part[at] ?? ''
      if (character === '-') into.isIgnored = true
      else if (character === '$' && part[at + 1] !== '$') {
        const reference = referenceAt(part, at)
        if (!readReference(reference, into, depth)) return false
        at += reference.length - 1
      } else if (!/[\s@+]/.test(character)) return false
    }
    return true
  }

  function readReference(reference: string, into: Lead, depth: number): boolean {
    const value = told(reference)
    if (value !== undefined) {
      const flags = /^[\s@+-]*/.exec(value)?.[0] ?? ''
      if (flags.includes('-')) into.isIgnored = true
      return flags.length === value.length
    }
    const [, name = ''] = /^\$[({]([\w.-]+)[)}]$/.exec(reference) ?? []
    const known = variables.get(name)
    if (name !== '' && !changed.has(name) && known === undefined) return true
    if (
      name !== '' &&
      !changed.has(name) &&
      known &&
      known.origin !== 'automatic' &&
      !known.value.includes('\n') &&
      depth < 20
    ) {
      const inner: Lead = { isIgnored: false, unknown: [] }
      const goesOn = readLead(known.value, inner, depth + 1)
      if (inner.unknown.length === 0) {
        if (inner.isIgnored) into.isIgnored = true
        return goesOn
      }
    }
    into.unknown.push(reference)
    return true
  }
}

/** Returns `$(…)`, `${…}` or `$x`. */
function referenceAt(text: string, at: number): string {
  const open = text[at + 1]
  const closer = open === '(' ? ')' : open === '{' ? '}' : undefined
  if (closer === undefined) return text.slice(at, at + 2)
  let depth = 0
  for (let to = at + 1; to < text.length; to++) {
    if (text[to] === open) depth++
    else if (text[to] === closer && --depth === 0) return text.slice(at, to + 1)
  }
  return text.slice(at)
}
