// Ranges hold what decimal arithmetic says, to the last digit.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandRange, mergeValues, mostRangeValues, type Range } from '../../src/config/sections/ranges.ts'

const valuesOf = (range: Range): number[] => {
  const expanded = expandRange(range)
  if ('fault' in expanded) throw new Error(expanded.fault)
  return expanded.values
}
const lin = (start: number, stop: number, step: number): number[] => valuesOf({ type: 'lin', start, stop, step })

describe('lin', () => {
  test('stop is included when it is hit', () => {
    expect(lin(10, 20, 2)).toEqual([10, 12, 14, 16, 18, 20])
    expect(lin(10, 19, 2)).toEqual([10, 12, 14, 16, 18])
    expect(lin(3, 1, -1)).toEqual([3, 2, 1])
    expect(lin(5, 5, 1)).toEqual([5])
  })

  test('tenths are tenths', () => {
    expect(lin(0, 1, 0.1)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    expect(lin(1e-7, 3e-7, 1e-7)).toEqual([1e-7, 2e-7, 3e-7])
    expect(lin(-0.3, 0.3, 0.3)).toEqual([-0.3, 0, 0.3])
  })

  test('a count divides the way', () => {
    expect(valuesOf({ type: 'lin', start: 0, stop: 1, count: 4 })).toEqual([0, 1 / 3, 2 / 3, 1])
    expect(valuesOf({ type: 'lin', start: 7, stop: 9, count: 1 })).toEqual([7])
    expect(valuesOf({ type: 'lin', start: 1, step: 0.1, count: 3 })).toEqual([1, 1.1, 1.2])
  })

  test('every value is the decimal nearest to where it should be', () => {
    const whole = fc.integer({ min: -10_000, max: 10_000 })
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 6 }),
        (start, step, length, digits) => {
          const scaled = (value: number): number => Number(`${value}e-${digits}`)
          const expected = Array.from({ length }, (_, index) => scaled(start + index * step) || 0)
          expect(lin(scaled(start), scaled(start + (length - 1) * step), scaled(step))).toEqual(expected)
        },
      ),
    )
  })

  test('a hundred thousand values take no time', () => {
    expect(lin(1, 100_000, 1)).toHaveLength(100_000)
    expect(lin(0, 1, 1e-5).at(-1)).toBe(1)
  })
})

describe('log', () => {
  const log = (start: number, stop: number, count: number): number[] => valuesOf({ type: 'log', start, stop, count })

  test('powers come out as powers', () => {
    expect(log(1e-3, 1e3, 7)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000])
    expect(log(1e3, 1e-3, 7)).toEqual([1000, 100, 10, 1, 0.1, 0.01, 0.001])
    expect(log(1, 1024, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    expect(log(0.3, 30, 3)).toEqual([0.3, 3, 30])
    expect(log(1, 2, 3)).toEqual([1, Math.SQRT2, 2])
    expect(log(5, 5, 3)).toEqual([5])
  })

  test('without a count it goes up by the base', () => {
    expect(valuesOf({ type: 'log', start: 1, stop: 1000 })).toEqual([1, 10, 100, 1000])
    expect(valuesOf({ type: 'log', start: 1, stop: 100, base: 2 })).toEqual([1, 2, 4, 8, 16, 32, 64])
    expect(valuesOf({ type: 'log', start: 1000, stop: 0.1 })).toEqual([1000, 100, 10, 1, 0.1])
    expect(valuesOf({ type: 'log', start: 1, stop: 1e4, step: 2 })).toEqual([1, 100, 10000])
  })

  test('it is sorted, its ends are exact, and it has as many values as asked for', () => {
    const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 2, max: 200 }), (one, other, count) => {
        fc.pre(Math.max(one, other) / Math.min(one, other) > 1.001)
        const [start, stop] = [Math.min(one, other), Math.max(one, other)]
        const values = log(start, stop, count)
        expect(values).toHaveLength(count)
        expect([values[0], values.at(-1)]).toEqual([start, stop])
        expect(values.every((value, index) => index === 0 || value > values[index - 1]!)).toBe(true)
      }),
    )
  })

  test('whole powers are exact whatever the base and the start', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 8 }),
        (base, start, steps) => {
          const expected = Array.from({ length: steps + 1 }, (_, index) => start * base ** index)
          expect(log(start, start * base ** steps, steps + 1)).toEqual(expected)
        },
      ),
    )
  })
})

test.each<[Partial<Range>, string]>([
  [{ stop: 5, step: 0 }, 'step-zero'],
  [{ stop: 5, step: -1 }, 'step-sign'],
  [{ stop: -5, step: 1 }, 'step-sign'],
  [{ stop: 5, count: 0 }, 'count-small'],
  [{ stop: 5, count: 2.5 }, 'count-whole'],
  [{ stop: 5 }, 'too-few-bounds'],
  [{ step: 1 }, 'too-few-bounds'],
  [{ stop: 5, step: 1, count: 5 }, 'too-many-bounds'],
  [{ stop: 1, step: 1e-9 }, 'too-many'],
  [{ stop: 1, count: mostRangeValues + 1 }, 'too-many'],
  [{ type: 'log', stop: 5, count: 3 }, 'log-positive'],
  [{ type: 'log', start: 1, stop: -5, count: 3 }, 'log-positive'],
  [{ type: 'log', start: 1, stop: 5, base: 1 }, 'base-unfit'],
  [{ type: 'log', start: 1, stop: 1e9, step: -1 }, 'step-sign'],
  [{ stop: 3, step: 1, base: 2 }, 'base-lin'],
])('%j is refused: %s', (range, fault) => {
  expect(expandRange({ type: 'lin', start: 0, ...range })).toEqual({ fault })
})

describe('values taken together', () => {
  test('numbers are sorted, without doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 })), (numbers) => {
        expect(mergeValues(numbers)).toEqual([...new Set(numbers)].sort((one, other) => one - other))
      }),
    )
  })

  test('anything else keeps its order', () => {
    expect(mergeValues(['b', 'a', 3, 'b', 1])).toEqual(['b', 'a', 3, 1])
    expect(mergeValues([{ a: 1, b: 2 }, { b: 2, a: 1 }, [1]])).toEqual([{ a: 1, b: 2 }, [1]])
  })
})
