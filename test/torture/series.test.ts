// Large kitchens and odd ones: sub-recipes, warm cooks, many burners, short hashes. Edited, hurt and built again, they end as
// a build from an empty fridge does, and the next build cooks nothing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edits } from '../random/edits.ts'
import { shapes } from '../random/kitchens.ts'
import { expectAsFromEmpty, mishaps, type Series } from '../random/series.ts'
import { mostMs, seed, tell, times } from './counts.ts'

const bits = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 64)
const round = fc.record({
  edits: fc.array(edits, { minLength: 1, maxLength: 4 }),
  mishap: mishaps,
  burners: fc.integer({ min: 1, max: 8 }),
})

const small: fc.Arbitrary<Series> = fc.record({
  shape: shapes(8, ['shell', 'node', 'python']),
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
  bits,
  nested: fc.boolean(),
})

const large: fc.Arbitrary<Series> = fc.record({
  shape: shapes(100),
  rounds: fc.array(round, { minLength: 1, maxLength: 2 }),
  bits,
  variants: fc.constant(3),
  nested: fc.boolean(),
})

for (const [what, arbitrary, quick, long] of [
  ['up to 8 steps in three languages', small, 2, 1800],
  ['up to 100 steps', large, 1, 200],
] as const) {
  test(`random kitchens of ${what} end as from an empty fridge`, { timeout: mostMs }, async () => {
    let series = 0
    let steps = 0
    const counted = async (one: Series): Promise<void> => {
      await expectAsFromEmpty(one)
      series += 1
      steps += one.shape.steps.length
    }
    await fc.assert(fc.asyncProperty(arbitrary, counted), { numRuns: times(quick, long), seed, endOnFailure: true })
    tell(`random kitchens of ${what}`, { series, steps })
    expect(series).toBeGreaterThan(0)
  })
}
