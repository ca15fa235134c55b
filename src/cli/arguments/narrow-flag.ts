// Declares the flag `-f NAME=V[,V]`, and reads its values as the variants to which a command is narrowed.
import { failure } from '../../base/failures/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import type { Narrowing } from '../../session/narrowing.ts'
import type { Flag, Read } from './flag.ts'

export const narrowFlag: Flag<Narrowing[]> = {
  alias: 'f',
  value: 'NAME=V[,V]',
  completes: 'variants',
  summary: 'only these variants of a flavour or resource',
  read: ({ texts }) => readNarrowings(texts),
}

/** `-f` given twice for one name names more of its variants. */
async function readNarrowings(texts: readonly string[]): Promise<Read<Narrowing[]>> {
  const found = new Map<string, { values: Value[]; texts: string[] }>()
  for (const text of texts) {
    const equals = text.indexOf('=')
    const pieces = splitValues(text.slice(equals + 1))
    if (equals < 1 || pieces.includes('')) return { unfit: failure('narrow-malformed', { text }) }
    const name = text.slice(0, equals)
    const { values, texts } = found.get(name) ?? { values: [], texts: [] }
    for (const piece of pieces) values.push(await typedValue(piece))
    found.set(name, { values, texts: [...texts, ...pieces] })
  }
  // `1.10` is a number for a flavour of numbers, and a text for one of versions.
  const value = [...found].map(([name, { values, texts }]) =>
    values.some((value, at) => typeof value === 'number' && String(value) !== texts[at])
      ? { name, values, texts }
      : { name, values },
  )
  return { value }
}

/** Splits at commas outside of brackets and quotes: `{w: 1, h: 2},{w: 3, h: 4}` are two values. */
export function splitValues(text: string): string[] {
  const pieces = ['']
  let depth = 0
  let quote = ''
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote
    else if ((character === '"' || character === "'") && (depth > 0 || pieces.at(-1) === '')) quote = character
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (character === ',' && depth <= 0 && quote === '') pieces.push('')
    else pieces[pieces.length - 1] += character
  }
  return pieces.map((piece) => piece.trim())
}

async function typedValue(text: string): Promise<Value> {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (!/^[{["']/.test(text)) return text
  const { parse } = await import('yaml')
  try {
    const value: Value = parse(text)
    return isMap(value) || Array.isArray(value) || typeof value === 'string' ? value : text
  } catch {
    return text
  }
}
