// Computes the values of a range (`lin`, `log`), and merges values and ranges into one list.
import { canonical, type Value } from '../../base/value.ts'
import type { rangeShape } from '../schema/cheffile-schema.ts'
import type { TypeOf } from '../schema/shape.ts'
import {
  add,
  divide,
  exactRoot,
  type Fraction,
  floor,
  fractionOf,
  multiply,
  power,
  subtract,
  toNumber,
} from './decimal.ts'

export type Range = TypeOf<typeof rangeShape> & { type: 'lin' | 'log' }

/** A mistake in a range. Each is worded in base/failures/config-failures.ts. */
export type RangeFault =
  | 'step-zero'
  | 'step-sign'
  | 'count-small'
  | 'count-whole'
  | 'log-positive'
  | 'base-unfit'
  | 'base-lin'
  | 'too-many'
  | 'too-few-bounds'
  | 'too-many-bounds'

/** More values than any plan reaches. A mistake in a range must not fill the memory. */
export const mostRangeValues = 10_000_000

export function expandRange(range: Range): { values: number[] } | { fault: RangeFault } {
  const fault = faultOf(range)
  if (fault) return { fault }
  const values = range.type === 'lin' ? linear(range) : logarithmic(range)
  return values === undefined ? { fault: 'too-many' } : { values }
}

function faultOf({ type, start, stop, step, count, base }: Range): RangeFault | undefined {
  if (type === 'log' && (start <= 0 || (stop !== undefined && stop <= 0))) return 'log-positive'
  if (type === 'log' && base !== undefined && (base <= 0 || base === 1)) return 'base-unfit'
  if (type === 'lin' && base !== undefined) return 'base-lin'
  if (count !== undefined && !Number.isInteger(count)) return 'count-whole'
  if (count !== undefined && count < 1) return 'count-small'
  if (step === 0) return 'step-zero'
  if (stop !== undefined && step !== undefined && count !== undefined) return 'too-many-bounds'
  if (count === 1) return undefined
  if (stop === undefined && (step === undefined || count === undefined)) return 'too-few-bounds'
  if (type === 'lin' && step === undefined && count === undefined) return 'too-few-bounds'
  const growing = type === 'log' && (base ?? 10) < 1 ? -1 : 1
  if (step !== undefined && stop !== undefined && stop !== start && step * growing > 0 !== stop > start)
    return 'step-sign'
  return count !== undefined && count > mostRangeValues ? 'too-many' : undefined
}

function linear({ start, stop, step, count }: Range): number[] | undefined {
  if (count === 1) return [start]
  const first = fractionOf(start)
  const size =
    step === undefined
      ? divide(subtract(fractionOf(stop!), first), { numerator: BigInt(count! - 1), denominator: 1n })
      : fractionOf(step)
  if (size.numerator === 0n) return [start]
  const length = count === undefined ? floor(divide(subtract(fractionOf(stop!), first), size)) + 1n : BigInt(count)
  return length > BigInt(mostRangeValues) ? undefined : ladder(first, size, Number(length))
}

/** start, start + size, ...: in doubles where whole numbers over one denominator stay exact, else in big fractions. */
function ladder(start: Fraction, size: Fraction, length: number): number[] {
  const denominator = start.denominator * size.denominator
  const first = start.numerator * size.denominator
  const stride = size.numerator * start.denominator
  const safe = BigInt(Number.MAX_SAFE_INTEGER)
  const last = first + stride * BigInt(length - 1)
  const fits = [first, stride, last, denominator].every((one) => one <= safe && one >= -safe)
  if (fits) {
    const [from, by, over] = [Number(first), Number(stride), Number(denominator)]
    return Array.from({ length }, (_, index) => (from + by * index) / over || 0)
  }
  return Array.from({ length }, (_, index) =>
    toNumber(add(start, multiply(size, { numerator: BigInt(index), denominator: 1n }))),
  )
}

function logarithmic({ start, stop, step, count, base = 10 }: Range): number[] | undefined {
  if (count === 1 || start === stop) return [start]
  if (count !== undefined && stop !== undefined) return geometric(start, stop, count)
  const growth = base ** (step ?? (stop! > start === base > 1 ? 1 : -1))
  const exact = Number.isInteger(step ?? 1) && Math.abs(step ?? 1) < 400
  const length = count ?? Math.floor(Math.log(stop! / start) / Math.log(growth) + 1e-9) + 1
  if (length > mostRangeValues) return undefined
  if (!exact) return Array.from({ length }, (_, index) => start * growth ** index).filter(Number.isFinite)
  const factor = power(fractionOf(base), Math.abs(step ?? 1))
  const down = growth > 1 !== base > 1
  const first = fractionOf(start)
  return Array.from({ length }, (_, index) => {
    const grown = power(factor, index)
    return toNumber(down ? divide(first, grown) : multiply(first, grown))
  }).filter((value) => Number.isFinite(value) && value > 0)
}

/**
 * Where the ratio of the whole range is a perfect power, values at whole powers of its root are fractions and come out
 * exact: of 1e-3 to 1e3 in seven, all are; in four, again all; in three, too. The others are irrational anyway.
 */
function geometric(start: number, stop: number, count: number): number[] {
  const [first, last] = [fractionOf(start), fractionOf(stop)]
  const ratio = divide(last, first)
  const { degree, root } = perfectRoot(ratio, count - 1)
  const stride = (count - 1) / degree
  return Array.from({ length: count }, (_, index) => {
    if (index % stride === 0) return toNumber(multiply(first, power(root, index / stride)))
    const part = index / (count - 1)
    return start ** (1 - part) * stop ** part
  })
}

function perfectRoot(ratio: Fraction, steps: number): { degree: number; root: Fraction } {
  // A perfect power of degree d has at least d bits above or below the line.
  const bits = Math.max(ratio.numerator.toString(2).length, ratio.denominator.toString(2).length)
  for (let degree = Math.min(steps, bits); degree > 1; degree -= 1) {
    if (steps % degree !== 0) continue
    const root = exactRoot(ratio, degree)
    if (root) return { degree, root }
  }
  return { degree: 1, root: ratio }
}

/** Numbers alone are sorted; a list with anything else keeps its order. Doubles go in either case. */
export function mergeValues(values: Value[]): Value[] {
  if (values.every((value) => typeof value === 'number')) {
    const sorted = Float64Array.from(values).sort()
    return Array.from(sorted).filter((value, index) => index === 0 || value !== sorted[index - 1])
  }
  const seen = new Set<string>()
  return values.filter((value) => {
    const text = canonical(value)
    return seen.has(text) ? false : seen.add(text)
  })
}
