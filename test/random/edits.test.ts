// After any series of edits a build leaves what a build from an empty fridge leaves, byte for byte, and the next cooks nothing.
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { edits } from './edits.ts'
import { shapes } from './kitchens.ts'
import { laneOf, lanes, laneTimeout } from './runs.ts'
import { expectAsFromEmpty, mishaps, type Series } from './series.ts'

const series: fc.Arbitrary<Series> = fc.record({
  shape: shapes(5),
  rounds: fc.array(fc.record({ edits: fc.array(edits, { minLength: 1, maxLength: 3 }), mishap: mishaps }), {
    minLength: 1,
    maxLength: 4,
  }),
  bits: fc.constantFrom(64, 4),
})

describe('random series of edits leave what a build from an empty fridge leaves', () => {
  for (const lane of lanes) {
    test.concurrent(`lane ${lane}`, { timeout: laneTimeout }, async () => {
      await fc.assert(fc.asyncProperty(series, expectAsFromEmpty), laneOf(lane, 4, 90))
    })
  }
})
