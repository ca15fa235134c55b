// Variants as points: the values of two names as axes, the others held; for the grid and the plot.
import { plainText, type Value } from '../base/value.ts'
import type { Session } from '../session/session.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { Cell, GridPage, Line, PlotPage } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { columnsOf, numericFields, tellingColumns, verdictOf } from './variant-rows.ts'
import { numberOf, shownContent } from './cell-content.ts'

export interface PlaceRequest {
  /** Names of axes; empty or unknown: the first that are free. */
  x: string
  y: string
  by: string
  field: string
  /** The place of the value at which every other name is held. */
  held: { [name: string]: number }
}

/** A screen of cells. */
const mostAcross = 60
const mostLines = 24
const mostPoints = 20_000

interface Axis {
  name: string
  values: Value[]
  numeric: boolean
  column: Int32Array
}

function axesOf(kitchen: Session, result: string): Axis[] {
  const table = kitchen.plan.results.get(result)?.table
  if (!table) return []
  return tellingColumns(table).map((at) => {
    const { name, items } = table.shelves[at] as StockedShelf
    const values = items.map(({ label }) => label)
    const numeric = values.every((value) => typeof value === 'number')
    return { name, values, numeric, column: table.columns[at] as Int32Array }
  })
}

/** The flavour of numbers that makes the longest line. */
function longest(axes: readonly Axis[], without: string): Axis | undefined {
  const numeric = axes.filter(({ name, numeric }) => numeric && name !== without)
  return numeric.sort((one, other) => other.values.length - one.values.length)[0]
}

/** Where nothing is chosen a name is held at its first value. */
function holding(axes: readonly Axis[], free: readonly (string | undefined)[], held: PlaceRequest['held']) {
  const fixed = axes.filter(({ name }) => !free.includes(name))
  const at = Object.fromEntries(
    fixed.map(({ name, values }) => [name, Math.min(values.length - 1, Math.max(0, Math.trunc(held[name] ?? 0)))]),
  )
  return { at, holds: (row: number): boolean => fixed.every(({ name, column }) => column[row] === at[name]) }
}

const shownAxis = ({ name, values, numeric }: Axis): PlotPage['axes'][number] => ({ name, values, numeric })

export function gridPage(
  reading: Reading,
  kitchen: Session,
  result: string,
  request: PlaceRequest,
): GridPage | undefined {
  const made = kitchen.plan.results.get(result)
  const axes = axesOf(kitchen, result)
  const x = axes.find(({ name }) => name === request.x) ?? axes[0]
  const y = axes.find(({ name }) => name === request.y && name !== x?.name) ?? axes.find((one) => one !== x)
  const { at: held, holds } = holding(axes, [x?.name, y?.name], request.held)
  const cells: Cell[] = []
  if (!made) return undefined
  for (let row = 0; row < made.table.rows; row++) {
    if (!holds(row)) continue
    const [across, down] = [x?.column[row] ?? 0, y?.column[row] ?? 0]
    if (across >= mostAcross || down >= mostAcross) continue
    cells.push({
      x: across,
      y: down,
      id: `${result}/${made.table.items[row]}`,
      verdict: verdictOf(kitchen, made.table.first + row),
      shown: shownContent(kitchen, kitchen.work.contentOf(made.table, made.output, row), reading),
    })
  }
  return {
    result,
    axes: axes.map((axis) => ({ ...shownAxis(axis), values: axis.values.slice(0, mostAcross) })),
    fields: numericFields(columnsOf(reading, kitchen, made)),
    x: x?.name ?? '',
    y: y?.name ?? '',
    held,
    cells,
  }
}

export function plotPage(
  reading: Reading,
  kitchen: Session,
  result: string,
  request: PlaceRequest,
): PlotPage | undefined {
  const made = kitchen.plan.results.get(result)
  const axes = axesOf(kitchen, result)
  if (!made) return undefined
  const fields = numericFields(columnsOf(reading, kitchen, made))
  const field = fields.includes(request.field) ? request.field : (fields[0] ?? '')
  const x = axes.find(({ name, numeric }) => numeric && name === request.x) ?? longest(axes, request.by)
  // A name of several values has a line for each, unless it is to be held.
  const by =
    request.by === '-'
      ? undefined
      : (axes.find(({ name }) => name === request.by && name !== x?.name) ??
        axes.find((axis) => axis !== x && axis.values.length <= mostLines))
  const { at: held, holds } = holding(axes, [x?.name, by?.name], request.held)
  const lines = new Map<number, Line['points']>()
  const rows = x ? made.table.rows : 0
  for (let row = 0, points = 0; row < rows && points < mostPoints; row++) {
    const line = by?.column[row] ?? 0
    if (!holds(row) || (!lines.has(line) && lines.size >= mostLines)) continue
    const shown = shownContent(kitchen, kitchen.work.contentOf(made.table, made.output, row), reading)
    const y = numberOf(shown, field)
    if (y === undefined) continue
    points++
    const point = { x: x?.values[x.column[row] as number] as number, y, id: `${result}/${made.table.items[row]}` }
    const known = lines.get(line)
    if (known) known.push(point)
    else lines.set(line, [point])
  }
  return {
    result,
    axes: axes.map((axis) => ({ ...shownAxis(axis), values: axis.values.slice(0, mostPoints) })),
    fields,
    field,
    x: x?.name ?? '',
    by: by?.name ?? '',
    held,
    lines: [...lines]
      .sort(([one], [other]) => one - other)
      .map(([line, points]) => ({
        label: by ? plainText(by.values[line] as Value) : field || result,
        points: points.sort((one, other) => one.x - other.x),
      })),
  }
}
