// Rows of delimited text: what RFC 4180 allows, and what is refused.
import { expect, test } from 'vitest'
import { delimitedRows } from '../../src/base/delimited-text.ts'
import { seeded } from '../../src/base/seeded.ts'

function rowsOf(text: string, separator = ','): unknown {
  const rows = delimitedRows(text, separator)
  const found: string[][] = []
  for (;;) {
    const next = rows.next()
    if (next.done) return next.value ?? found
    found.push(next.value.cells.map((cell) => cell.text))
  }
}

test('quotes hold separators, quotes and line ends', () => {
  expect(rowsOf('a,b\r\n"1,5","say ""hi""\r\nthere"\r\n')).toEqual([
    ['a', 'b'],
    ['1,5', 'say "hi"\r\nthere'],
  ])
  expect(rowsOf('\uFEFFa\tb\n\n1\t\n\t', '\t')).toEqual([
    ['a', 'b'],
    ['1', ''],
    ['', ''],
  ])
  expect(rowsOf('a\rb')).toEqual([['a'], ['b']])
  expect(rowsOf('5" pipe,x')).toEqual([['5" pipe', 'x']])
})

test('a quote that stays open, and text behind one, are named with their place', () => {
  expect(rowsOf('a,b\n1,"x\ny\n')).toEqual({ fault: 'open', line: 2, column: 3 })
  expect(rowsOf('a\n"x\ny"z\n')).toEqual({ fault: 'after', line: 3, column: 3 })
})

test('cells know where they stand, also behind line ends in quotes', () => {
  const [, second] = [...delimitedRows('"a\nb",c\nd,e', ',')]
  expect(second).toEqual({
    line: 3,
    cells: [
      { text: 'd', line: 3, column: 1 },
      { text: 'e', line: 3, column: 3 },
    ],
  })
})

test('whatever is written with quotes is read back', () => {
  const next = seeded(7)
  const letters = ['a', ',', '"', '\n', '\r\n', '\r', ' ', 'é']
  for (let round = 0; round < 500; round += 1) {
    const table = Array.from({ length: 1 + (next() % 4) }, () =>
      Array.from({ length: 3 }, () => Array.from({ length: next() % 5 }, () => letters[next() % 8]).join('')),
    )
    const text = table.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')
    expect(rowsOf(text)).toEqual(table)
  }
})
