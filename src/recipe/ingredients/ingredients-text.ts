// Parses ingredients from text: `resize -s .25; sort -m (threshold -l 64); quantize -n 8`. The trees equal those from
// YAML.
import type { Value, ValueMap } from '../../base/value.ts'
import { definitions, type Option } from './ingredients.ts'

export type TextFault = 'bracket-open' | 'bracket-closed' | 'quote-open' | 'word-surplus' | 'value-missing'

export class TextError extends Error {
  readonly fault: TextFault
  readonly near: string
  /** The ingredient that the word stands behind. */
  readonly ingredient: string | undefined
  constructor(fault: TextFault, near: string, ingredient?: string) {
    super(fault)
    this.fault = fault
    this.near = near
    this.ingredient = ingredient
  }
}

type Token = { kind: 'word'; text: string; quoted: boolean } | { kind: 'end' } | { kind: 'open' } | { kind: 'close' }

/** A `#` begins a comment at the start of a line or before a blank, so `#ff8000` is a colour. */
const pattern = /(^[ \t]*#[^\n]*|#(?=\s)[^\n]*)|([;\n])|(\()|(\))|"([^"\n]*)"|'([^'\n]*)'|([^\s;()"']+)|(["'])/gm

function tokens(text: string): Token[] {
  const found: Token[] = []
  for (const [, comment, end, open, close, double, single, word, quote] of text.matchAll(pattern)) {
    if (comment !== undefined) continue
    if (quote !== undefined) throw new TextError('quote-open', quote)
    if (end !== undefined) found.push({ kind: 'end' })
    else if (open !== undefined) found.push({ kind: 'open' })
    else if (close !== undefined) found.push({ kind: 'close' })
    else found.push({ kind: 'word', text: double ?? single ?? word ?? '', quoted: word === undefined })
  }
  return found
}

/** Returns the list that YAML would hold: `[{ resize: { scale: '.25' } }, ...]`. */
export function parseIngredientText(text: string): Value[] {
  const left = tokens(text)
  const parsed = parseChain(left)
  if (left.length > 0) throw new TextError('bracket-closed', ')')
  return parsed
}

function parseChain(left: Token[]): Value[] {
  const chain: Value[] = []
  for (let token = left[0]; token !== undefined && token.kind !== 'close'; token = left[0]) {
    left.shift()
    if (token.kind === 'end') continue
    if (token.kind === 'open') throw new TextError('word-surplus', '(')
    chain.push({ [token.text]: parseOptions(token.text, left) })
  }
  return chain
}

function parseOptions(ingredient: string, left: Token[]): ValueMap {
  const options: ValueMap = {}
  const definition = Object.hasOwn(definitions, ingredient) ? definitions[ingredient] : undefined
  const { main, options: known = {} } = definition ?? {}
  for (let token = left[0]; token !== undefined; token = left[0]) {
    if (token.kind === 'end' || token.kind === 'close') break
    left.shift()
    if (token.kind === 'open') throw new TextError('word-surplus', '(', ingredient)
    const { text } = token
    if (token.quoted || !isOption(text)) {
      // An unknown ingredient is reported by its name, whatever words follow it.
      if (definition === undefined) continue
      if (main === undefined || main in options) throw new TextError('word-surplus', text, ingredient)
      options[main] = text
      continue
    }
    const [, word = '', inline] = /^--?([^=]*)(?:=(.*))?$/.exec(text) ?? []
    const name = fullName(word, known)
    if (name === 'mask') options.mask = [...[options.mask ?? []].flat(), parseMask(left, inline)]
    else if (inline !== undefined) options[name] = inline
    else if (known[name]?.kind === 'flag' && !isTruth(left[0])) options[name] = true
    else options[name] = nextWord(left, text)
  }
  return options
}

const isOption = (text: string): boolean => /^-[^\d.]/.test(text)

const isTruth = (token: Token | undefined): boolean => token?.kind === 'word' && /^(true|false)$/.test(token.text)

export function fullName(word: string, known: { [name: string]: Option }): string {
  if (word in known) return word
  const name = Object.keys(known).find((one) => known[one]?.also?.includes(word))
  return name ?? (word === 'm' || word === 'masks' ? 'mask' : word)
}

function nextWord(left: Token[], option: string): string {
  const token = left.shift()
  if (token?.kind !== 'word' || (!token.quoted && isOption(token.text))) throw new TextError('value-missing', option)
  return token.text
}

/** Parses a chain of ingredients in brackets, or the name of a single one without them. */
function parseMask(left: Token[], inline: string | undefined): Value {
  if (inline !== undefined) return [{ [inline]: {} }]
  const token = left.shift()
  if (token?.kind === 'word') return [{ [token.text]: {} }]
  if (token?.kind !== 'open') throw new TextError('value-missing', '-m')
  const chain = parseChain(left)
  if (left.shift()?.kind !== 'close') throw new TextError('bracket-open', '(')
  return chain
}
