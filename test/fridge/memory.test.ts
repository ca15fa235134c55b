// What is remembered of files is the same whether it was written as one or in parts.
import type { BigIntStats } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentName } from '../../src/base/content-name.ts'
import { type Seen, StatMemory } from '../../src/fridge/stat-memory.ts'

const second = 1_000_000_000n

/** The same file at another time. */
function seenAt(time: number, name: string): Seen {
  const changed = BigInt(time) * second + 1n
  const lookedAt = changed + 10n * second
  return { size: 1n, mtime: changed, ctime: changed, ino: 1n, executable: 0n, lookedAt, name: name as ContentName }
}

function statOf({ size, mtime, ctime, ino }: Seen): BigIntStats {
  return { size, mtimeNs: mtime, ctimeNs: ctime, ino } as BigIntStats
}

/** What Fridge keeps: the rest, and what is newer. */
interface Kept {
  whole?: Buffer
  newer?: Buffer
}

function written(memory: StatMemory, kept: Kept): Kept {
  if (!memory.changed) return kept
  const packed = memory.pack()
  return 'newer' in packed ? { ...kept, newer: packed.newer } : packed
}

const round = fc.uniqueArray(fc.nat(40), { maxLength: 30 })

test('after any builds what was remembered last is recalled, and nothing older', () => {
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), (rounds) => {
      const latest = new Map<string, Seen>()
      const older: [string, Seen][] = []
      let kept: Kept = {}
      for (const [time, files] of rounds.entries()) {
        const memory = new StatMemory(kept.whole, kept.newer)
        for (const file of files) {
          const path = `/file ${file}`
          const former = latest.get(path)
          if (former) older.push([path, former])
          const seen = seenAt(time, `${file} at ${time}`)
          latest.set(path, seen)
          memory.remember(path, seen)
        }
        kept = written(memory, kept)
      }
      const memory = new StatMemory(kept.whole, kept.newer)
      expect(memory.changed).toBe(false)
      for (const [path, seen] of latest) expect(memory.recall(path, statOf(seen))).toEqual(seen)
      for (const [path, seen] of older) expect(memory.recall(path, statOf(seen))).toBeUndefined()
    }),
  )
})

test('one file of many is written beside the rest', () => {
  const memory = new StatMemory(undefined)
  for (let file = 0; file < 1000; file++) memory.remember(`/file ${file}`, seenAt(0, `${file}`))
  const { whole } = written(memory, {})
  const next = new StatMemory(whole)
  next.remember('/file 7', seenAt(1, 'another'))
  const { newer } = written(next, { whole })
  expect(newer?.length).toBeLessThan(200)
})
