// Parses sizes (20GB, 16 MB, 4 KiB), durations (90, 30s, 1h30m) and amounts that may grow with the attempt.

/** Amounts may grow with the attempt: an expression of numbers, `attempt`, + - * / and brackets, evaluated when cooking. */
export type Amount = number | { expression: string }

export type Unit = 'count' | 'bytes' | 'seconds'

const byteUnits: { [unit: string]: number } = { '': 1, b: 1 }
for (const [index, letter] of [...'kmgtp'].entries()) {
  // A bare letter means the decimal unit, as on a disk's label; KiB and its like are the binary ones.
  byteUnits[letter] = byteUnits[`${letter}b`] = 1000 ** (index + 1)
  byteUnits[`${letter}ib`] = 1024 ** (index + 1)
}

const secondUnits: { [unit: string]: number } = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86400 }

const numberPattern = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i

const caseless = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
const anyOf = (words: string[]): string =>
  `(${words
    .filter((word) => word !== '')
    .map(caseless)
    .join('|')})`

/** Patterns of sizes and durations, for programs that cannot parse them. */
export const amountPatterns = {
  bytes: `^\\s*([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*${anyOf(Object.keys(byteUnits))}?\\s*$`,
  seconds: `^\\s*([0-9]+(\\.[0-9]*)?|\\.[0-9]+|([0-9]+(\\.[0-9]+)?\\s*${anyOf(Object.keys(secondUnits))}\\s*)+)\\s*$`,
} as const

export function parseSize(text: string): number | undefined {
  const trimmed = text.trim()
  const digits = numberPattern.exec(trimmed)?.[0]
  if (digits === undefined) return undefined
  const factor = byteUnits[trimmed.slice(digits.length).trim().toLowerCase()]
  return factor === undefined ? undefined : Math.round(Number(digits) * factor)
}

export function parseDuration(text: string): number | undefined {
  let rest = text.trim().toLowerCase()
  if (/^[\d.]+$/.test(rest)) return Number.isFinite(Number(rest)) ? Number(rest) : undefined
  let seconds = 0
  if (rest === '') return undefined
  while (rest !== '') {
    const part = /^(\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest)
    const factor = secondUnits[part?.[2] ?? '']
    if (!part || factor === undefined) return undefined
    seconds += Number(part[1]) * factor
    rest = rest.slice(part[0].length)
  }
  return Math.round(seconds * 1e6) / 1e6
}

const signs = ['+', '-', '*', '/', '(', ')'] as const

type Token = number | 'attempt' | (typeof signs)[number]

/** Returns undefined if the text is no amount of this unit, and a number if `attempt` does not occur in it. */
export function parseAmount(text: string, unit: Unit): Amount | undefined {
  const tokens = tokenize(text, unit)
  if (tokens === undefined) return undefined
  const first = evaluate(tokens, 1)
  if (first === undefined || !Number.isFinite(first) || first < 0) return undefined
  return tokens.includes('attempt') ? { expression: tokens.join(' ') } : first
}

/** Returns an amount at the nth attempt. */
export function amountAt(amount: Amount, attempt: number): number {
  if (typeof amount === 'number') return amount
  // Its words are tokens, and it was evaluated once when it was read.
  const tokens = amount.expression.split(' ').map((word) => signOf(word) ?? (word === 'attempt' ? word : Number(word)))
  return evaluate(tokens, attempt) ?? Number.NaN
}

const signOf = (text: string): (typeof signs)[number] | undefined => signs.find((sign) => sign === text)

function tokenize(text: string, unit: Unit): Token[] | undefined {
  const tokens: Token[] = []
  let rest = text.trim()
  while (rest !== '') {
    const sign = signOf(rest.slice(0, 1))
    const word = /^attempt\b/.exec(rest)?.[0]
    const quantity = /^[\d.]+(?:e[+-]?\d+)?(?:\s*[a-z]+)?(?:\d[\da-z.]*)?/i.exec(rest)?.[0]
    if (sign) tokens.push(sign)
    else if (word) tokens.push('attempt')
    else {
      const value = quantity === undefined ? undefined : parseQuantity(quantity, unit)
      if (value === undefined) return undefined
      tokens.push(value)
    }
    rest = rest.slice((word ?? sign ?? quantity ?? '').length).trimStart()
  }
  return tokens
}

function parseQuantity(text: string, unit: Unit): number | undefined {
  if (unit === 'bytes') return parseSize(text)
  if (unit === 'seconds') return parseDuration(text)
  return numberPattern.exec(text)?.[0] === text ? Number(text) : undefined
}

function evaluate(tokens: Token[], attempt: number): number | undefined {
  let next = 0
  const value = sum()
  return next === tokens.length ? value : undefined

  function sum(): number | undefined {
    let total = product()
    while (total !== undefined && (tokens[next] === '+' || tokens[next] === '-')) {
      const sign = tokens[next++] === '+' ? 1 : -1
      const term = product()
      total = term === undefined ? undefined : total + sign * term
    }
    return total
  }

  function product(): number | undefined {
    let total = operand()
    while (total !== undefined && (tokens[next] === '*' || tokens[next] === '/')) {
      const times = tokens[next++] === '*'
      const factor = operand()
      total = factor === undefined ? undefined : times ? total * factor : total / factor
    }
    return total
  }

  function operand(): number | undefined {
    const token = tokens[next++]
    if (typeof token === 'number') return token
    if (token === 'attempt') return attempt
    if (token !== '(') return undefined
    const inside = sum()
    return tokens[next++] === ')' ? inside : undefined
  }
}
