// What retention chooses, for any goods: never more than there is room for, never what is worth more, everything accounted for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Good } from '../../src/fridge/maintenance/inventory.ts'
import { unplaced, worth } from '../../src/fridge/maintenance/retention.ts'

const hour = 3_600_000
const now = 1000 * hour

const goods: fc.Arbitrary<Good[]> = fc.array(
  fc
    .record({ size: fc.integer({ min: 1, max: 1000 }), ms: fc.nat(100_000), age: fc.nat(900) })
    .map(({ size, ms, age }) => ({
      kind: 'cold' as const,
      what: 'result' as const,
      contents: [],
      rows: 0,
      size,
      ms,
      born: now - age * hour,
    })),
  { maxLength: 60 },
)

const bytes = (some: readonly Good[]): number => some.reduce((sum, { size }) => sum + size, 0)

test('what is kept fits, what goes was there, and nothing is in both', () => {
  fc.assert(
    fc.property(goods, fc.nat(20_000), (all, room) => {
      const gone = new Set(unplaced(all, room, now))
      const kept = all.filter((good) => !gone.has(good))
      expect(bytes(kept)).toBeLessThanOrEqual(room)
      expect([...gone].every((good) => all.includes(good))).toBe(true)
      expect(gone.size + kept.length).toBe(all.length)
    }),
    { numRuns: 300 },
  )
})

test('nothing goes while there is room for all, and all goes where there is none', () => {
  fc.assert(
    fc.property(goods, (all) => {
      // Twice over: the places for goods of one age are not all of the room.
      expect(unplaced(all, 4 * bytes(all) + 4000, now)).toEqual([])
      expect(unplaced(all, 0, now).length).toBe(all.length)
    }),
    { numRuns: 100 },
  )
})

test('of goods of one size and age those go that take least to cook', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 4, maxLength: 40 }), (times) => {
      const all = times.map((ms): Good => {
        return { kind: 'cold', what: 'result', contents: [], rows: 0, size: 100, ms, born: now - hour }
      })
      const gone = unplaced(all, 400 * Math.floor(all.length / 8), now)
      const kept = all.filter((good) => !gone.includes(good))
      // What lies on overflow has aged a little more in the same hour.
      const least = Math.min(...kept.map(({ ms }) => ms))
      expect(Math.max(0, ...gone.map(({ ms }) => ms))).toBeLessThanOrEqual(least * 1.02)
    }),
    { numRuns: 100 },
  )
})

test('a week without use halves what a byte is worth', () => {
  const good = { ms: 7000, size: 70 }
  expect(worth(good, 0)).toBe(100)
  expect(worth(good, 7 * 24 * hour)).toBe(50)
})
