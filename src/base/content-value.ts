// Reads and writes values that are kept as content: JSON that also holds the numbers NaN, Infinity and -Infinity.
import { isMap, parsed, type Value } from './value.ts'

/** Numbers that JSON has no words for travel as texts that no value holds. */
const mark = '\u0000chef '
const marked = /"\\u0000chef (NaN|-?Infinity)"/g

/** Returns undefined for what is no JSON, even with the bare words. */
export function parsedContent(text: string): Value | undefined {
  const plain = parsed(text)
  if (plain !== undefined || !/NaN|Infinity/.test(text)) return plain
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) =>
    found.startsWith('"') ? found : `"\\u0000chef ${found}"`,
  )
  const value = parsed(quoted)
  return value === undefined ? undefined : unmarked(value)
}

function unmarked(value: Value): Value {
  if (typeof value === 'string') return value.startsWith(mark) ? Number(value.slice(mark.length)) : value
  if (Array.isArray(value)) return value.map(unmarked)
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, unmarked(inside)]))
}

/** Writes JSON with the bare words. Undefined where JSON.stringify gives nothing. */
export function contentText(value: unknown): string | undefined {
  let isPlain = true
  const text: string | undefined = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'number' || Number.isFinite(one)) return one
    isPlain = false
    return `${mark}${one}`
  })
  return isPlain ? text : text.replace(marked, '$1')
}

/** Recognises the words that C, Python, R and JavaScript print for these numbers. */
export function numberWord(text: string): number | undefined {
  const [, sign, word] = /^([+-]?)(nan|NaN|inf|Inf|Infinity)$/.exec(text) ?? []
  if (word === undefined) return undefined
  if (word.startsWith('n') || word.startsWith('N')) return Number.NaN
  return sign === '-' ? -Infinity : Infinity
}

/** Reads the text of a content as JSON, as a number, or as the text that it is. */
export function valueOfText(text: string): Value {
  const value = parsedContent(text)
  if (value !== undefined) return value
  const trimmed = text.trim()
  const word = numberWord(trimmed)
  if (word !== undefined) return word
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
}

/** For lines of --json, which other programs read as plain JSON: the words become texts. */
export function withNumberTexts(value: Value): Value {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(withNumberTexts)
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, withNumberTexts(inside)]))
}
