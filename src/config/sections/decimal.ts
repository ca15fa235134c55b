// Exact arithmetic for ranges: fractions of big integers, rounded to the nearest double at the end.

/** numerator / denominator, in lowest terms, denominator positive. */
export interface Fraction {
  numerator: bigint
  denominator: bigint
}

function fraction(numerator: bigint, denominator: bigint): Fraction {
  const sign = denominator < 0n ? -1n : 1n
  const divisor = greatestDivisor(numerator, denominator) || 1n
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor }
}

/** Takes a number as it is written: 0.1 is one tenth, not the double nearest to it. */
export function fractionOf(value: number): Fraction {
  const [mantissa, exponent = '0'] = String(value).toLowerCase().split('e')
  const [whole, decimals = ''] = mantissa!.split('.')
  const scale = Number(exponent) - decimals.length
  const digits = BigInt(`${whole}${decimals}`)
  return scale >= 0 ? fraction(digits * 10n ** BigInt(scale), 1n) : fraction(digits, 10n ** BigInt(-scale))
}

export const add = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)

export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, { ...b, numerator: -b.numerator })

export const multiply = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.numerator, a.denominator * b.denominator)

export const divide = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator, a.denominator * b.numerator)

export const power = (a: Fraction, exponent: number): Fraction => ({
  numerator: a.numerator ** BigInt(exponent),
  denominator: a.denominator ** BigInt(exponent),
})

/** The largest integer that is not above it. */
export function floor({ numerator, denominator }: Fraction): bigint {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}

export function toNumber({ numerator, denominator }: Fraction): number {
  const sign = numerator < 0n ? '-' : ''
  const size = numerator < 0n ? -numerator : numerator
  if (size === 0n) return 0
  // 40 significant digits: more than twice what a double holds, so that the last rounding is the only one.
  const shift = 40 - (String(size).length - String(denominator).length)
  const digits = shift >= 0 ? (size * 10n ** BigInt(shift)) / denominator : size / (denominator * 10n ** BigInt(-shift))
  return Number(`${sign}${digits}e${-shift}`)
}

/** The root, where it is a fraction again. */
export function exactRoot(value: Fraction, degree: number): Fraction | undefined {
  const numerator = integerRoot(value.numerator, degree)
  const denominator = integerRoot(value.denominator, degree)
  return numerator === undefined || denominator === undefined ? undefined : { numerator, denominator }
}

function integerRoot(value: bigint, degree: number): bigint | undefined {
  const exponent = BigInt(degree)
  let low = 0n
  let high = 1n << BigInt(Math.ceil(value.toString(2).length / degree))
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** exponent <= value) low = middle
    else high = middle - 1n
  }
  return low ** exponent === value ? low : undefined
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [one, other] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (other !== 0n) [one, other] = [other, one % other]
  return one
}
