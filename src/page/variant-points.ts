// Arranges variants as points for the grid and the plot: two names are axes, and the others are held at a value.
import type { ResultView } from '../inspection/session-views.ts'
import { elementAt } from '../base/element-at.ts'
import type { Int32Column } from '../base/number-columns.ts'
import { plainText, type Value } from '../base/value.ts'
import type { Cell, GridPage, Line, PlotPage } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { readVariants, type VariantReader } from './variant-reader.ts'

export interface PlaceRequest {
  /** Names of axes. An empty or unknown name selects the first free one. */
  x: string
  y: string
  by: string
  field: string
  /** The index of the value at which each other name is held. */
  held: { [name: string]: number }
}

/** The most cells in a row or column of the grid. */
const mostAcross = 60
const mostLines = 24
const mostPoints = 20_000

interface Axis {
  name: string
  values: Value[]
  numeric: boolean
  /** The index of the value of each row. */
  places: Int32Column
}

function axesOf(variants: VariantReader): Axis[] {
  return variants.parameters().map(({ shelf: { name, items }, places }) => {
    const values = items.map(({ label }) => label)
    return { name, values, numeric: values.every((value) => typeof value === 'number'), places }
  })
}

/** Returns the flavour of numbers with the most values. */
function longest(axes: readonly Axis[], without: string): Axis | undefined {
  const numeric = axes.filter(({ name, numeric }) => numeric && name !== without)
  return numeric.sort((one, other) => other.values.length - one.values.length)[0]
}

/** Holds a name at its first value if nothing is chosen. */
function holding(axes: readonly Axis[], free: readonly (string | undefined)[], held: PlaceRequest['held']) {
  const fixed = axes.filter(({ name }) => !free.includes(name))
  const at = Object.fromEntries(
    fixed.map(({ name, values }) => [name, Math.min(values.length - 1, Math.max(0, Math.trunc(held[name] ?? 0)))]),
  )
  return { at, holds: (row: number): boolean => fixed.every(({ name, places }) => places.get(row) === at[name]) }
}

const shownAxis = ({ name, values, numeric }: Axis): PlotPage['axes'][number] => ({ name, values, numeric })

export function gridPage(
  reading: Reading,
  kitchen: ResultView,
  result: string,
  request: PlaceRequest,
): GridPage | undefined {
  const variants = readVariants(reading, kitchen, result)
  if (!variants) return undefined
  const axes = axesOf(variants)
  const x = axes.find(({ name }) => name === request.x) ?? axes[0]
  const y = axes.find(({ name }) => name === request.y && name !== x?.name) ?? axes.find((one) => one !== x)
  const { at: held, holds } = holding(axes, [x?.name, y?.name], request.held)
  const cells: Cell[] = []
  for (let row = 0; row < variants.table.rows; row++) {
    if (!holds(row)) continue
    const [across, down] = [x?.places.get(row) ?? 0, y?.places.get(row) ?? 0]
    if (across >= mostAcross || down >= mostAcross) continue
    const [id, verdict, shown] = [variants.id(row), variants.verdict(row), variants.shown(row)]
    cells.push({ x: across, y: down, id, verdict, shown })
  }
  return {
    result,
    axes: axes.map((axis) => ({ ...shownAxis(axis), values: axis.values.slice(0, mostAcross) })),
    fields: variants.numericFields(),
    x: x?.name ?? '',
    y: y?.name ?? '',
    held,
    cells,
  }
}

export function plotPage(
  reading: Reading,
  kitchen: ResultView,
  result: string,
  request: PlaceRequest,
): PlotPage | undefined {
  const variants = readVariants(reading, kitchen, result)
  if (!variants) return undefined
  const axes = axesOf(variants)
  const fields = variants.numericFields()
  const field = fields.includes(request.field) ? request.field : (fields[0] ?? '')
  const x = axes.find(({ name, numeric }) => numeric && name === request.x) ?? longest(axes, request.by)
  // A name with several values makes a line for each, unless it is held.
  const by =
    request.by === '-'
      ? undefined
      : (axes.find(({ name }) => name === request.by && name !== x?.name) ??
        axes.find((axis) => axis !== x && axis.values.length <= mostLines))
  const { at: held, holds } = holding(axes, [x?.name, by?.name], request.held)
  const lines = new Map<number, Line['points']>()
  const rows = x ? variants.table.rows : 0
  for (let row = 0, points = 0; row < rows && points < mostPoints; row++) {
    const line = by?.places.get(row) ?? 0
    if (!holds(row) || (!lines.has(line) && lines.size >= mostLines)) continue
    const y = variants.number(row, field)
    const across = x?.values[x.places.get(row)]
    if (y === undefined || typeof across !== 'number') continue
    points++
    const point = { x: across, y, id: variants.id(row) }
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
        label: by ? plainText(elementAt(by.values, line)) : field || result,
        points: points.sort((one, other) => one.x - other.x),
      })),
  }
}
