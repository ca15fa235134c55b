// Expands `$(...)` of a Makefile: variables, substitutions, and the functions that name files.

export interface MakeFiles {
  exists: (path: string) => boolean
  /** Returns the sorted files that match one of make's patterns. */
  glob: (pattern: string) => string[]
}

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

const each = (list: string, change: (word: string) => string): string => words(list).map(change).join(' ')

const functions: { [name: string]: (files: MakeFiles, ...words: string[]) => string } = {
  wildcard: (files, list = '') => words(list).flatMap(files.glob).join(' '),
  patsubst: (_, from = '', to = '', list = '') => each(list, (word) => substitute(word, from, to)),
  subst: (_, from = '', to = '', text = '') => (from === '' ? text : text.replaceAll(from, to)),
  addprefix: (_, prefix = '', list = '') => each(list, (word) => prefix + word),
  addsuffix: (_, suffix = '', list = '') => each(list, (word) => word + suffix),
  notdir: (_, list = '') => each(list, (word) => word.slice(word.lastIndexOf('/') + 1)),
  dir: (_, list = '') => each(list, (word) => (word.includes('/') ? word.slice(0, word.lastIndexOf('/') + 1) : './')),
  basename: (_, list = '') => each(list, (word) => word.replace(/\.[^./]*$/, '')),
  sort: (_, list = '') => [...new Set(words(list))].sort().join(' '),
  strip: (_, list = '') => words(list).join(' '),
  filter: (_, patterns = '', list = '') =>
    words(list)
      .filter((word) => matchesAny(word, patterns))
      .join(' '),
  'filter-out': (_, patterns = '', list = '') =>
    words(list)
      .filter((word) => !matchesAny(word, patterns))
      .join(' '),
}

function matchesAny(word: string, patterns: string): boolean {
  return words(patterns).some((pattern) =>
    pattern.includes('%') ? substitute(word, pattern, '\0') === '\0' : word === pattern,
  )
}

/** Replaces a word by a pattern in which `%` stands for the same text on both sides. */
function substitute(word: string, from: string, to: string): string {
  if (!from.includes('%')) return word === from ? to : word
  const [before = '', after = ''] = from.split('%')
  const fits = word.startsWith(before) && word.endsWith(after) && word.length >= before.length + after.length
  return fits ? to.replace('%', word.slice(before.length, word.length - after.length)) : word
}

export interface MakeScope {
  variables: ReadonlyMap<string, string>
  files: MakeFiles
  /** Receives every call of a function that chef does not know. */
  unknown: (what: string) => void
}

/** Deeper nesting is a variable that contains itself. */
const deepestNesting = 50

export function expandMake(text: string, scope: MakeScope, depth = 0): string {
  if (depth > deepestNesting) return text
  const { variables, files, unknown } = scope
  const again = (inside: string): string => expandMake(inside, scope, depth + 1)
  let expanded = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '$') {
      expanded += text[at]
      continue
    }
    const next = text[++at] ?? ''
    if (next === '$') expanded += '$'
    else if (next === '(' || next === '{') {
      const end = closing(text, at)
      expanded += reference(text.slice(at + 1, end))
      at = end
    } else expanded += again(variables.get(next) ?? '')
  }
  return expanded

  function reference(inside: string): string {
    const [, name, list] = /^([a-z-]+)\s+([\s\S]*)$/.exec(inside) ?? []
    if (name !== undefined && list !== undefined) {
      const known = functions[name]
      if (known) return known(files, ...split(list).map((one) => again(one).trim()))
      unknown(`$(${inside.slice(0, 40)})`)
      return ''
    }
    const changed = /^([^:]+):([^=]*)=(.*)$/.exec(again(inside))
    if (!changed) return again(variables.get(again(inside)) ?? '')
    const [, variable = '', from = '', to = ''] = changed
    const [pattern, result] = from.includes('%') ? [from, to] : [`%${from}`, `%${to}`]
    return each(again(variables.get(variable) ?? ''), (word) => substitute(word, pattern, result))
  }
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(' || text[at] === '{') depth++
    else if ((text[at] === ')' || text[at] === '}') && --depth === 0) return at
  }
  return text.length
}

/** Splits at commas outside brackets. */
function split(text: string): string[] {
  const pieces = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(' || character === '{') depth++
    else if (character === ')' || character === '}') depth--
    if (character === ',' && depth === 0) pieces.push('')
    else pieces[pieces.length - 1] += character
  }
  return pieces
}
