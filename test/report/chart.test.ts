// Charts: axes with round ticks, drawings that fit where they are shown, at 80 and at 40 columns.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../../src/base/value.ts'
import { type Chart, chartOf, type ChartRequest, seriesOf } from '../../src/report/charts/chart.ts'
import { numberAxis } from '../../src/report/charts/chart-scale.ts'
import { chartSvg, svgTicks } from '../../src/report/charts/chart-svg.ts'
import { chartText, textTicks } from '../../src/report/charts/chart-text.ts'
import { styleOf } from '../../src/report/text/style.ts'
import { widthOf } from '../../src/report/text/width.ts'
import { type Column, type Table, typeOf } from '../../src/tables/table.ts'

interface Point {
  n: Value
  error: number
  algorithm: string
}

function chart(points: Point[], ticks: { x: number; y: number }, log: Partial<ChartRequest['log']> = {}): Chart {
  const column = (name: keyof Point): Column => ({
    name,
    of: name,
    kind: 'result',
    type: typeOf(points.map((point) => point[name])),
    at: (row) => points[row]?.[name],
  })
  const table: Table = { rows: points.length, columns: [] }
  const request: ChartRequest = {
    x: column('n'),
    y: column('error'),
    by: [column('algorithm')],
    log: { x: false, y: false, ...log },
  }
  return chartOf(seriesOf(table, request), request, ticks)
}

const study: Point[] = [1, 2, 3, 4].flatMap((n) => [
  { n, error: 8 / n, algorithm: 'BP' },
  { n, error: n - 1, algorithm: 'OMP' },
])

test('a chart in the terminal has lines, marks, ticks and a legend', () => {
  const size = { columns: 40, rows: 16 }
  expect(chartText(chart(study, textTicks(size)), size, styleOf(false))).toBe(`error over n
8 ┤ ●⡀
  │  ⠈⠑⢄
6 ┤     ⠑⢄⡀
  │       ⠈⠢⡀
  │         ⠈⠢⢄
4 ┤            ●⠢⠤⣀⣀
  │                 ⠉⠑⠒⠤⠤⣀⡀          ⢀▲
  │                       ⠈●⢑⣒⡲⠦⠤⠶⢖⣊⣉⡁
2 ┤                ⣀⣀⡠⠤⠤⠒⠒⠉▲⠁        ⠈●
  │       ⣀⣀⡠⠤⠔▲⠒⠉⠉
0 ┤ ▲⠔⠒⠊⠉⠉
  └─┬──────────┬───────────┬──────────┬─
    1          2           3          4
algorithm:
● BP  ▲ OMP
`)
})

test('what has no logarithm is left out and counted', () => {
  expect(chart(study, svgTicks, { y: true }).left).toEqual({ log: 1, infinite: 0 })
  expect(chart(study, svgTicks).left).toEqual({ log: 0, infinite: 0 })
  const one = chart([{ n: 1, error: 0, algorithm: 'BP' }], svgTicks, { y: true })
  expect([one.left.log, one.series]).toEqual([1, []])
  const wild = chart(
    [
      { n: 1, error: Infinity, algorithm: 'BP' },
      { n: 2, error: NaN, algorithm: 'BP' },
      { n: 3, error: 1, algorithm: 'BP' },
    ],
    svgTicks,
  )
  expect([wild.left, wild.series[0]?.points.length]).toEqual([{ log: 0, infinite: 2 }, 1])
})

test('names have places of their own, and no line', () => {
  const { x, series } = chart(
    study.map((point) => ({ ...point, n: `run ${String(point.n)}` })),
    svgTicks,
  )
  expect(x.ticks.map(({ text }) => text)).toEqual(['run 1', 'run 2', 'run 3', 'run 4'])
  expect(series.map(({ line }) => line)).toEqual([[], []])
})

const sizes = fc.record({ columns: fc.integer({ min: 24, max: 160 }), rows: fc.integer({ min: 12, max: 60 }) })
const numbers = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ noNaN: true, min: -1e300, max: 1e300 }))
const points = fc.array(
  fc.record<Point>({
    n: numbers,
    error: numbers,
    algorithm: fc.constantFrom('a', 'b', 'ä\n', '<&>', '東京', 'long name of a series'),
  }),
  { minLength: 1, maxLength: 30 },
)
const logs = fc.record({ x: fc.boolean(), y: fc.boolean() })

test('whatever the numbers are, the drawing fits and nothing lies outside', () => {
  fc.assert(
    fc.property(points, sizes, logs, (made, size, log) => {
      const drawn = chart(made, textTicks(size), log)
      for (const { points, line } of drawn.series)
        for (const { x, y } of [...points, ...line]) {
          expect(x).toBeGreaterThanOrEqual(0)
          expect(x).toBeLessThanOrEqual(1)
          expect(y).toBeGreaterThanOrEqual(0)
          expect(y).toBeLessThanOrEqual(1)
        }
      const lines = chartText(drawn, size, styleOf(false)).trimEnd().split('\n')
      expect(Math.max(...lines.slice(1).map(widthOf))).toBeLessThanOrEqual(size.columns)
      const svg = chartSvg(chart(made, svgTicks, log))
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      expect(svg).not.toContain('<&>')
    }),
  )
})

test('ticks are round, few and in order', () => {
  fc.assert(
    fc.property(
      fc.array(numbers, { minLength: 2 }),
      fc.integer({ min: 2, max: 12 }),
      fc.boolean(),
      (values, most, log) => {
        const { ticks } = numberAxis('n', values, log, most)
        const places = ticks.map(({ at }) => at)
        expect(places).toEqual([...places].sort((one, other) => one - other))
        expect(ticks.length).toBeLessThanOrEqual(Math.max(most + 2, 10))
        const texts = ticks.map(({ text }) => text)
        expect(new Set(texts).size).toBe(texts.length)
      },
    ),
  )
  expect(numberAxis('n', [0, 1], false, 6).ticks.map(({ text }) => text)).toEqual([
    '0',
    '0.2',
    '0.4',
    '0.6',
    '0.8',
    '1',
  ])
  expect(numberAxis('n', [0.001, 1000], true, 8).ticks.map(({ text }) => text)).toEqual([
    '0.001',
    '0.01',
    '0.1',
    '1',
    '10',
    '100',
    '1000',
  ])
  expect(numberAxis('n', [1, 60], true, 8).ticks.map(({ text }) => text)).toEqual(['1', '2', '5', '10', '20', '50'])
})
