// Texts measured and cut as a terminal shows them, and amounts in words.
import { expect, test } from 'vitest'
import { ago, bytes, duration, many } from '../../src/report/text/amounts-text.ts'
import { cut, padStart, printable, quietLog, widthOf } from '../../src/report/text/width.ts'

test('wide characters take two columns, marks none', () => {
  expect(widthOf('abc')).toBe(3)
  expect(widthOf('料理')).toBe(4)
  expect(widthOf('e\u0301')).toBe(1)
  expect(widthOf('🍲')).toBe(2)
})

test('a text is cut to the columns it has', () => {
  expect(cut('compute', 7)).toBe('compute')
  expect(cut('compute', 6)).toBe('compu…')
  expect(cut('料理人', 4)).toBe('料…')
  expect(cut('abc', 0)).toBe('')
  expect(padStart('料', 4)).toBe('  料')
})

test('no name can command the terminal', () => {
  expect(printable('a\x1b[2Jb\nc\td')).toBe('a\\u001b[2Jb\\nc\\td')
  expect(printable('left\u202eright')).toBe('left\\u202eright')
})

test('a log keeps its lines and loses its colours', () => {
  expect(quietLog('\x1b[31mred\x1b[0m\r\nnext\x07\x1b]0;title\x07!\n')).toBe('red\nnext!\n')
})

test('amounts are short', () => {
  expect([0, 84, 100, 9_949, 12_000, 192_000, 7_500_000].map(duration)).toEqual([
    '0 ms',
    '84 ms',
    '0.1 s',
    '9.9 s',
    '12 s',
    '3 min 12 s',
    '2 h 05 min',
  ])
  expect([0, 999, 1000, 15_900_000, 2e12].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '16 MB', '2.0 TB'])
  expect([many(1, 'job'), many(1200, 'job')]).toEqual(['1 job', '1,200 jobs'])
  expect([ago(0, 500), ago(0, 30_000), ago(0, 7_200_000)]).toEqual(['just now', '30 s ago', '2 h ago'])
})
