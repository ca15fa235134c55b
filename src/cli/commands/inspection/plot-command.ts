// chef plot: draws a result over a parameter, in the terminal, as SVG or as PNG.
import { extname } from 'node:path'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { withNumberTexts } from '../../../base/content-value.ts'
import { type ChartRequest, chartOf, isNumeric, type Series, seriesOf } from '../../../report/charts/chart.ts'
import { chartSvg, svgTicks } from '../../../report/charts/chart-svg.ts'
import { chartText, type TextSize, textTicks } from '../../../report/charts/chart-text.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { collectTable, verdictCounts } from '../../../tables/result-table.ts'
import { columnNamed, columnsNamed } from '../../../tables/column-names.ts'
import type { Column, Table } from '../../../tables/table.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import { type Context, warn } from '../../context.ts'
import { withKitchen } from '../../kitchen/open-from-arguments.ts'
import { resultsNamed } from '../../../recipe/result-names.ts'
import { writeWhole } from '../../terminal/write-whole.ts'

const flags = {
  across: flag.text({
    alias: 'x',
    value: 'NAME',
    completes: 'columns',
    summary: 'the column along the x axis; default: the first number that varies',
  }),
  up: flag.text({
    alias: 'y',
    value: 'NAME',
    completes: 'columns',
    summary: 'the column along the y axis; default: the first number that came out',
  }),
  by: flag.columns({ summary: 'a line for each value; default: all else that varies' }),
  log: flag.choice({ value: 'AXES', choices: ['x', 'y', 'xy'], summary: 'a logarithmic axis, or two: x, y or xy' }),
  out: flag.path({ value: 'FILE', summary: 'write FILE.svg or FILE.png instead of drawing here' }),
}
type PlotOptions = FlagOptions<typeof flags>

export const plot = command({
  name: 'plot',
  summary: 'draw a result over a parameter',
  positionals: {
    result: positional.one({ completes: 'results' }),
    more: positional.any({ completes: 'results' }),
  },
  flags,
  examples: [
    ['chef plot error', 'in the terminal'],
    ['chef plot z -x num_N --by size --log x', 'columns as "chef table z" shows them'],
    ['chef plot z -y error --out error.png', 'a picture'],
  ],
  run(options, context) {
    const names = [options.result, ...options.more]
    // A form that cannot be written refuses before anything is read.
    formOf(options.out)
    return withKitchen(
      context,
      (configuration) => resultsNamed(configuration, names),
      (kitchen) => {
        const table = collectTable(kitchen, resultsNamed(kitchen.configuration, names))
        const verdicts = verdictCounts(table)
        if (Object.keys(verdicts).length > 0) warn(context, [failure('table-not-current', verdicts)])
        const request = chartRequest(table, options)
        const series = seriesOf(table, request)
        if (series.length === 0) throw new Refusal([failure('plot-empty', { x: request.x.name, y: request.y.name })])
        return context.json ? printPoints(context, series) : draw(context, series, request, options.out)
      },
    )
  },
})

type Form = 'svg' | 'png' | 'text'

function formOf(path: string | undefined): Form {
  if (path === undefined) return 'text'
  const form = extname(path).slice(1).toLowerCase()
  if (form === 'svg' || form === 'png') return form
  throw new Refusal([failure('plot-form', { path })])
}

/** By default the first number that came out over the first number that varies, with a line for each of the rest. */
function chartRequest(table: Table, { across: x, up: y, by, log: axes }: PlotOptions): ChartRequest {
  const log = { x: axes?.includes('x') ?? false, y: axes?.includes('y') ?? false }
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
  return { x: across, y: up, by: by.length > 0 ? by.flatMap((name) => columnsNamed(table, name)) : rest, log }
}

function varies(column: Column, rows: number): boolean {
  const first = JSON.stringify(column.at(0))
  for (let row = 1; row < rows; row++) if (JSON.stringify(column.at(row)) !== first) return true
  return false
}

async function draw(context: Context, series: Series[], request: ChartRequest, path?: string): Promise<number> {
  const { out, outStyle: style } = context
  const form = formOf(path)
  const size = textSize(context)
  const chart = chartOf(series, request, form === 'text' ? textTicks(size) : svgTicks)
  if (chart.series.length === 0) throw new Refusal([failure('plot-empty', { x: request.x.name, y: request.y.name })])
  if (chart.left.log + chart.left.infinite > 0) warn(context, [failure('plot-left-out', chart.left)])
  if (path === undefined) {
    out.write(chartText(chart, size, style))
    return 0
  }
  const svg = chartSvg(chart)
  writeWhole(path, form === 'svg' ? svg : await pictureOf(svg))
  return 0
}

/** A picture of twice the drawing's resolution, for screens of high density. */
async function pictureOf(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  return sharp(Buffer.from(svg), { density: 144 }).png().toBuffer()
}

/** Without a terminal, the size of a usual one. */
function textSize({ out }: Context): TextSize {
  const { columns, rows } = out.size
  return { columns: Math.min(columns, 120), rows: Math.min(rows - 2, 24) }
}

function printPoints({ out }: Context, series: Series[]): number {
  let points = 0
  for (const { name, points: own } of series) {
    for (const { x, y, isStale } of own) {
      const point = { type: 'point', series: name, x: withNumberTexts(x), y: withNumberTexts(y) }
      out.write(jsonLine({ ...point, ...(isStale && { stale: true }) }))
    }
    points += own.length
  }
  out.write(jsonLine({ type: 'summary', series: series.length, points }))
  return 0
}
