// Formulas as text, and when a value computed by one ends.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readExpression } from '../../src/simulation/expression.ts'
import { decayOf, type Formula, type ShelvedOrder, type Variables } from '../../src/simulation/formula.ts'

const variables: Variables = { shelfLife: 100, decayRate: 0.5, age: 8, wear: 12, factor: 2 }

function formula(text: string): Formula {
  const read = readExpression(text)
  if ('fault' in read) throw new Error(JSON.stringify(read))
  return read
}

test.each<[string, number, boolean]>([
  ['shelfLife - age - decayRate * age * factor', 84, true],
  ['shelfLife - age - decayRate * wear', 86, true],
  ['(shelfLife + -age) / 2', 46, true],
  ['shelfLife * 2 ** -(age / 4)', 25, false],
  ['shelfLife - age * age', 36, false],
  ['max(0, shelfLife - 10 * age, min(1, 2))', 20, false],
  ['age < 10 ? shelfLife : 0', 100, false],
  ['factor >= 2 ? shelfLife - 2 * age : shelfLife - age', 84, true],
  ['sqrt(shelfLife) + abs(-1) + floor(1.9) + 7 % 4', 15, true],
])('%s', (text, value, straight) => {
  const { worth, straight: found } = formula(text)
  expect(worth(variables)).toBeCloseTo(value, 12)
  expect(found).toBe(straight)
})

test.each([
  ['shelflife - age', { fault: 'name', what: 'shelflife', near: 'shelfLife' }],
  ['sqr(age)', { fault: 'name', what: 'sqr', near: 'sqrt' }],
  ['constructor(age)', { fault: 'name', what: 'constructor' }],
  ['shelfLife.constructor', { fault: 'form', what: 'a dot or a bracket' }],
  ['age["x"]', { fault: 'form', what: 'a dot or a bracket' }],
  ['sqrt(age, 2)', { fault: 'count', what: 'sqrt', wanted: 1 }],
  ['shelfLife -', { fault: 'syntax', column: 12 }],
  ['age age', { fault: 'form', what: 'several formulas' }],
  ['', { fault: 'form', what: 'nothing' }],
  ['"age"', { fault: 'form', what: '"age"' }],
  ['age ^ 2', { fault: 'form', what: '^' }],
  ['age = 2', { fault: 'syntax' }],
  ['('.repeat(2000), { fault: 'form' }],
])('%s is no formula', (text, found) => {
  expect(readExpression(text)).toMatchObject(found)
})

const ticket = (shelfLife: number, decayRate: number): ShelvedOrder => ({
  order: { id: '', name: '', temp: '', shelfLife, decayRate },
  kind: '',
  size: 1,
  born: 0,
  due: 0,
})

describe('the end of a value', () => {
  const part = fc.double({ min: 0, max: 50, noNaN: true })
  const cases = fc.tuple(fc.double({ min: 1, max: 1000, noNaN: true }), part, part, part, fc.constantFrom(0, 1, 2))

  test.each(['shelfLife - age - decayRate * wear', 'shelfLife - age ** 2 - decayRate * wear'])(
    'of %s: above 0 before it, nothing after',
    (text) => {
      const decay = decayOf(formula(text))
      fc.assert(
        fc.property(cases, ([shelfLife, decayRate, age, wear, factor]) => {
          const moment = { age, wear, factor }
          const good = ticket(shelfLife, decayRate)
          const later = (seconds: number): number =>
            decay.value(good, { age: age + seconds, wear: wear + factor * seconds, factor })
          const left = decay.lastAge(good, moment) - age
          expect(left).toBeGreaterThanOrEqual(0)
          if (left > 0) expect(later(left * (1 - 1e-6))).toBeGreaterThan(0)
          expect(later(left * (1 + 1e-6) + 1e-9)).toBe(0)
        }),
      )
    },
  )

  test('may never come', () => {
    for (const text of ['shelfLife', 'shelfLife / (1 + age)'])
      expect(decayOf(formula(text)).lastAge(ticket(10, 1), { age: 0, wear: 0, factor: 1 })).toBe(
        Number.POSITIVE_INFINITY,
      )
  })

  test('is there at once where nothing keeps', () => {
    const decay = decayOf(formula('shelfLife - age'))
    expect(decay.lastAge(ticket(0, 0), { age: 0, wear: 0, factor: 1 })).toBe(0)
    expect(decay.value(ticket(0, 0), { age: 0, wear: 0, factor: 1 })).toBe(0)
  })
})
