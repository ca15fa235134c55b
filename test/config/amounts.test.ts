// Sizes, durations and amounts that grow with the attempt.
import { expect, test } from 'vitest'
import { parseAmount, parseDuration, parseSize } from '../../src/config/sections/amounts.ts'
import { editDistance, nearest } from '../../src/base/suggestion.ts'

test.each<[string, number | undefined]>([
  ['20GB', 20e9],
  ['16 MB', 16e6],
  ['4 KiB', 4096],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['2G', 2e9],
  ['7', 7],
  ['7 b', 7],
  ['GB', undefined],
  ['1 parsec', undefined],
  ['-1GB', undefined],
  ['', undefined],
])('the size %s', (text, bytes) => expect(parseSize(text)).toBe(bytes))

test.each<[string, number | undefined]>([
  ['90', 90],
  ['30s', 30],
  ['5m', 300],
  ['2h', 7200],
  ['1h30m', 5400],
  ['250ms', 0.25],
  ['1d', 86400],
  ['1.5 h', 5400],
  ['5 x', undefined],
  ['', undefined],
  ['m', undefined],
  ['1..2', undefined],
])('the duration %s', (text, seconds) => expect(parseDuration(text)).toBe(seconds))

test('amounts', () => {
  expect(parseAmount('2GB * attempt', 'bytes')).toEqual({ expression: '2000000000 * attempt' })
  expect(parseAmount('2 GB + (attempt - 1) * 500MB', 'bytes')).toEqual({
    expression: '2000000000 + ( attempt - 1 ) * 500000000',
  })
  expect(parseAmount('10m*attempt', 'seconds')).toEqual({ expression: '600 * attempt' })
  expect(parseAmount('2 * 3', 'count')).toBe(6)
  for (const text of ['', '2 *', '2 GB GB', 'attempts', '(1', '1)', 'process.exit()', '1/0', '-1'])
    expect(parseAmount(text, 'bytes'), text).toBeUndefined()
})

test('the nearest name', () => {
  expect(nearest('thumbs', ['thumb', 'photos'])).toBe('thumb')
  expect(nearest('widht', ['width', 'height'])).toBe('width')
  expect(nearest('Width', ['width'])).toBe('width')
  expect(nearest('x', ['y', 'abc'])).toBeUndefined()
  expect(nearest('flavour', ['resources', 'recipe'])).toBeUndefined()
  expect(editDistance('widht', 'width')).toBe(1)
})
