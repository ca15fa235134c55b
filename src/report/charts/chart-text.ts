// Renders a chart for the terminal: lines in braille with eight dots a character, and a mark for each point.
import type { Chart, Place } from './chart.ts'
import type { Tick } from './chart-scale.ts'
import type { Paint, Style } from '../text/style.ts'
import { cut, padEnd, padStart, printable, widthOf } from '../text/width.ts'

const marks = ['●', '▲', '■', '◆', '○', '△', '□', '◇']
/** The bits of the eight dots of a braille character, by column and row. */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
]

interface Cell {
  bits: number
  mark?: string
  series: number
}

export interface TextSize {
  columns: number
  rows: number
}

/** The number of ticks that fit. */
export function textTicks({ columns, rows }: TextSize): { x: number; y: number } {
  return { x: Math.max(2, Math.floor(columns / 10)), y: Math.max(2, Math.floor(rows / 3)) }
}

export function chartText(chart: Chart, size: TextSize, style: Style): string {
  const labels = chart.y.ticks.map((tick) => ({ ...tick, text: cut(printable(tick.text), 10) }))
  const gutter = Math.max(1, ...labels.map(({ text }) => widthOf(text))) + 1
  const paints = [style.cyan, style.magenta, style.yellow, style.green, style.blue, style.red]
  const paintOf = (series: number): Paint => paints[series % paints.length] ?? style.cyan
  const names = legend(chart, size.columns, paintOf)
  const wide = Math.max(8, size.columns - gutter - 1)
  const high = Math.max(4, size.rows - 3 - names.length)
  const cells = drawCells(chart, wide, high)
  const lines = cells.map((row, at) => {
    const label = labels.find(({ at: place }) => rowAt(place, high) === at)
    const axis = padStart(label?.text ?? '', gutter - 1)
    return `${style.dim(`${axis} ${label ? '┤' : '│'}`)}${rowText(row, paintOf)}`.trimEnd()
  })
  const under = [
    style.dim(`${' '.repeat(gutter)}└${baseLine(chart.x.ticks, wide)}`),
    style.dim(' '.repeat(gutter + 1) + tickLine(chart.x.ticks, wide)),
  ].map((line) => line.trimEnd())
  const head = `${style.bold(printable(chart.y.name))} over ${style.bold(printable(chart.x.name))}`
  return `${[head, ...lines, ...under, ...names].join('\n')}\n`
}

const columnAt = (at: number, wide: number): number => Math.min(wide - 1, Math.max(0, Math.floor(at * wide)))
const rowAt = (at: number, high: number): number => high - 1 - columnAt(at, high)

function drawCells(chart: Chart, wide: number, high: number): Cell[][] {
  const cells = Array.from({ length: high }, () => Array.from({ length: wide }, (): Cell => ({ bits: 0, series: 0 })))
  for (const [series, { line }] of chart.series.entries()) {
    for (const [at, to] of line.entries()) {
      const from = line[at - 1] ?? to
      eachDot(from, to, { wide: wide * 2, high: high * 4 }, (x, y) => {
        const cell = cells[y >> 2]?.[x >> 1]
        if (cell) Object.assign(cell, { bits: cell.bits | (dots[x & 1]?.[y & 3] ?? 0), series })
      })
    }
  }
  for (const [series, { points }] of chart.series.entries()) {
    for (const { x, y } of points) {
      const cell = cells[rowAt(y, high)]?.[columnAt(x, wide)]
      if (cell) Object.assign(cell, { mark: marks[series % marks.length], series })
    }
  }
  return cells
}

function eachDot(
  from: Place,
  to: Place,
  size: { wide: number; high: number },
  visit: (x: number, y: number) => void,
): void {
  const [fromX, fromY] = [columnAt(from.x, size.wide), rowAt(from.y, size.high)]
  const [toX, toY] = [columnAt(to.x, size.wide), rowAt(to.y, size.high)]
  const steps = Math.max(1, Math.abs(toX - fromX), Math.abs(toY - fromY))
  for (let step = 0; step <= steps; step++) {
    visit(Math.round(fromX + ((toX - fromX) * step) / steps), Math.round(fromY + ((toY - fromY) * step) / steps))
  }
}

/** Paints adjacent cells of one series together. */
function rowText(row: Cell[], paintOf: (series: number) => Paint): string {
  let text = ''
  let piece = ''
  let series = -1
  const end = (): void => {
    text += series < 0 ? piece : paintOf(series)(piece)
    piece = ''
  }
  for (const cell of row) {
    const own = cell.mark || cell.bits > 0 ? cell.series : -1
    if (own !== series) end()
    series = own
    piece += cell.mark ?? (cell.bits > 0 ? String.fromCodePoint(0x2800 + cell.bits) : ' ')
  }
  end()
  return text
}

function baseLine(ticks: Tick[], wide: number): string {
  const places = new Set(ticks.map(({ at }) => columnAt(at, wide)))
  return Array.from({ length: wide }, (_, at) => (places.has(at) ? '┬' : '─')).join('')
}

/** Writes texts under their ticks, and leaves out a text that would overlap the one before it. */
function tickLine(ticks: Tick[], wide: number): string {
  let line = ''
  for (const { at, text } of ticks) {
    const shown = cut(printable(text), 20)
    const start = Math.min(wide - widthOf(shown), Math.max(0, columnAt(at, wide) - (widthOf(shown) >> 1)))
    if (start < 0 || (line !== '' && start < widthOf(line) + 1)) continue
    line = padEnd(line, start) + shown
  }
  return line
}

function legend(chart: Chart, columns: number, paintOf: (series: number) => Paint): string[] {
  if (chart.series.length < 2) return []
  const lines: string[] = []
  let used = Infinity
  for (const [series, { name }] of chart.series.entries()) {
    const shown = cut(printable(name), columns - 4)
    const needed = widthOf(shown) + 4
    const entry = `${paintOf(series)(marks[series % marks.length] ?? '')} ${shown}`
    if (used + needed > columns) {
      lines.push(entry)
      used = needed
    } else {
      lines[lines.length - 1] += `  ${entry}`
      used += needed
    }
  }
  return [printable(`${chart.by}:`), ...lines]
}
