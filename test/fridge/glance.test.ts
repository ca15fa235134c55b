// A glance in doubles says that a file is what it was only where the exact look says so, and nothing was racy.
import type { Stats } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentName } from '../../src/base/content-name.ts'
import { isRacy, pack, Packed, type Seen } from '../../src/fridge/stat-memory.ts'

const second = 1_000_000_000n
const began = 1_790_000_000n * second
const times = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n * second }),
  fc.bigInt({ min: 0n, max: 3n }).map((seconds) => seconds * second),
)
/** From a nanosecond to a second, and often nothing at all. */
const shift = fc.oneof(fc.constant(0n), fc.constantFrom(1n, 300n, 5_000n, 20_000_000n, second, -5_000n, -second))

const seen: fc.Arbitrary<Seen> = fc.record({
  size: fc.bigInt({ min: 0n, max: 1n << 42n }),
  mtime: times.map((time) => began + time),
  ctime: times.map((time) => began + time),
  ino: fc.bigInt({ min: 1n, max: 1n << 50n }),
  executable: fc.constant(0n),
  lookedAt: times.map((time) => began + time),
  name: fc.constant('0123456789abcdef' as ContentName),
})
const shifts = fc.record({ size: shift, mtime: shift, ctime: shift, ino: shift })

/** As Node makes them of seconds and nanoseconds. */
function milliseconds(time: bigint): number {
  return Number(time / second) * 1000 + Number(time % second) / 1e6
}

const magnitude = (one: bigint): bigint => (one < 0n ? -one : one)

test('a file that changed, or may have changed unseen, is never taken for what it was', () => {
  fc.assert(
    fc.property(seen, shifts, (known, by) => {
      const looks = new Packed(pack([['/file', known]]))
      const stat = {
        size: Number(known.size + by.size),
        ino: Number(known.ino + by.ino),
        mtimeMs: milliseconds(known.mtime + by.mtime),
        ctimeMs: milliseconds(known.ctime + by.ctime),
      }
      const still = looks.isSurelyStill(0, stat as Stats)
      const changed = by.size !== 0n || by.ino !== 0n || magnitude(by.mtime) > 2000n || magnitude(by.ctime) > 2000n
      if (changed || isRacy(known)) expect(still).toBe(false)
      const isLongAgo = known.ctime + 2n * second + 2000n < known.lookedAt
      if (Object.values(by).every((one) => one === 0n) && isLongAgo) expect(still).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('what was not there is never taken for a file', () => {
  const gone: Seen = { size: -1n, mtime: 0n, ctime: 0n, ino: 0n, executable: 0n, lookedAt: began, name: '' }
  const looks = new Packed(pack([['/file', gone]]))
  expect(looks.isSurelyStill(0, { size: 0, ino: 0, mtimeMs: 0, ctimeMs: 0 } as Stats)).toBe(false)
})
