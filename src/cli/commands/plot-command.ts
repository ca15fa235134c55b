// chef plot: a result over a parameter, in the terminal, as SVG or as PNG.
import { extname } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { type ChartRequest, chartOf, isNumeric, type Series, seriesOf } from '../../report/charts/chart.ts'
import { chartSvg, svgTicks } from '../../report/charts/chart-svg.ts'
import { chartText, type TextSize, textTicks } from '../../report/charts/chart-text.ts'
import { jsonLine } from '../../report/json-lines.ts'
import { collectTable } from '../../tables/result-table.ts'
import { columnNamed, columnsNamed } from '../../tables/column-names.ts'
import type { Column, Table } from '../../tables/table.ts'
import { type Context, type Run, warn } from '../context.ts'
import { withKitchen } from '../open-from-arguments.ts'
import type { PlotMeant } from '../meant-table.ts'
import { resultsNamed } from '../../recipe/result-names.ts'
import { writeWhole } from '../write-whole.ts'

export const plot: Run = (context) => {
  const { meant } = context
  const form = formOf(meant.plot.out)
  return withKitchen(
    context,
    (configuration) => resultsNamed(configuration, meant.arguments),
    (kitchen) => {
      const table = collectTable(kitchen, resultsNamed(kitchen.configuration, meant.arguments))
      const request = chartRequest(table, meant.plot)
      const series = seriesOf(table, request)
      if (series.length === 0) throw new Refusal([failure('plot-empty', { x: request.x.name, y: request.y.name })])
      if (meant.json) return printPoints(context, series)
      return draw(context, series, request, form)
    },
  )
}

type Form = 'svg' | 'png' | 'text'

function formOf(path: string | undefined): Form {
  if (path === undefined) return 'text'
  const form = extname(path).slice(1).toLowerCase()
  if (form === 'svg' || form === 'png') return form
  throw new Refusal([failure('plot-form', { path })])
}

/** What is not said: the first number that varies over the first number that came out, a line for each of the rest. */
function chartRequest(table: Table, { x, y, by, log }: PlotMeant): ChartRequest {
  const varying = table.columns.filter((column) => column.kind === 'parameter' && varies(column, table.rows))
  const numbers = table.columns.filter((column) => column.kind === 'result' && isNumeric(column))
  const up = y === undefined ? numbers[0] : columnNamed(table, y)
  const across = x === undefined ? (varying.find(isNumeric) ?? varying[0]) : columnNamed(table, x)
  if (up === undefined)
    throw new Refusal([failure('plot-axis', { axis: 'y', known: table.columns.map(({ name }) => name) })])
  if (across === undefined)
    throw new Refusal([failure('plot-axis', { axis: 'x', known: table.columns.map(({ name }) => name) })])
  if (!isNumeric(up)) throw new Refusal([failure('column-no-number', { name: up.name, use: '-y' })])
  if (log.x && !isNumeric(across))
    throw new Refusal([failure('column-no-number', { name: across.name, use: '--log x' })])
  const rest = varying.filter((column) => column !== across)
  return { x: across, y: up, by: by ? by.flatMap((name) => columnsNamed(table, name)) : rest, log }
}

function varies(column: Column, rows: number): boolean {
  const first = JSON.stringify(column.at(0))
  for (let row = 1; row < rows; row++) if (JSON.stringify(column.at(row)) !== first) return true
  return false
}

async function draw(context: Context, series: Series[], request: ChartRequest, form: Form): Promise<number> {
  const { meant, out, outStyle: style } = context
  const size = textSize(context)
  const chart = chartOf(series, request, form === 'text' ? textTicks(size) : svgTicks)
  if (chart.series.length === 0) throw new Refusal([failure('plot-empty', { x: request.x.name, y: request.y.name })])
  if (chart.left > 0) warn(context, [failure('plot-left-out', { points: chart.left })])
  if (form === 'text' || meant.plot.out === undefined) {
    out.write(chartText(chart, size, style))
    return 0
  }
  const svg = chartSvg(chart)
  writeWhole(meant.plot.out, form === 'svg' ? svg : await pictureOf(svg))
  return 0
}

/** A picture twice as fine as the drawing says, for screens that show it so. */
async function pictureOf(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  return sharp(Buffer.from(svg), { density: 144 }).png().toBuffer()
}

/** Without a terminal as on one of the usual size. */
function textSize({ out }: Context): TextSize {
  const { columns, rows } = out.size
  return { columns: Math.min(columns, 120), rows: Math.min(rows - 2, 24) }
}

function printPoints({ out }: Context, series: Series[]): number {
  let points = 0
  for (const { name, points: own } of series) {
    for (const { x, y } of own) out.write(jsonLine({ type: 'point', series: name, x, y }))
    points += own.length
  }
  out.write(jsonLine({ type: 'summary', series: series.length, points }))
  return 0
}
