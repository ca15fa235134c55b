// Two texts compared line by line: the changes lead from one to the other, and no shorter list does.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareLines, type LineChange } from '../../src/inspection/line-difference.ts'

const without = (changes: LineChange[], kind: 'in' | 'out') =>
  changes.flatMap((one) => (one.kind === kind ? [] : [one.line]))

/** The length of the longest common subsequence, by the table that everyone knows. */
function common(one: string[], other: string[]): number {
  let row = new Array<number>(other.length + 1).fill(0)
  for (const line of one) {
    const next = [0]
    for (const [at, against] of other.entries()) {
      next.push(line === against ? (row[at] as number) + 1 : Math.max(row[at + 1] as number, next[at] as number))
    }
    row = next
  }
  return row.at(-1) as number
}

test('a line put in, one taken out, one replaced', () => {
  expect(compareLines(['a', 'b', 'c'], ['a', 'x', 'c', 'd'], 10)).toEqual([
    { kind: 'same', line: 'a' },
    { kind: 'out', line: 'b' },
    { kind: 'in', line: 'x' },
    { kind: 'same', line: 'c' },
    { kind: 'in', line: 'd' },
  ])
})

test('the changes lead from one text to the other, and are as few as can be', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const changes = compareLines(one, other, 100) as LineChange[]
      expect(without(changes, 'in')).toEqual(one)
      expect(without(changes, 'out')).toEqual(other)
      expect(changes.filter(({ kind }) => kind !== 'same').length).toBe(
        one.length + other.length - 2 * common(one, other),
      )
    }),
    { numRuns: 500 },
  )
})

test('texts that differ in too many lines are not compared to the end', () => {
  expect(compareLines(['a', 'b'], ['c', 'd'], 3)).toBeUndefined()
})
