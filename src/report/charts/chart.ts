// Turns a table into points in series on two axes. Drawing is left to chart-svg and chart-text.
import { plainText } from '../../base/value.ts'
import type { Column, Table } from '../../tables/table.ts'
import { type Axis, categoryAxis, numberAxis } from './chart-scale.ts'

export interface ChartRequest {
  x: Column
  y: Column
  by: Column[]
  log: { x: boolean; y: boolean }
}

export interface Series {
  name: string
  /** A stale point has the value of an earlier build. */
  points: { x: number | string; y: number; isStale?: true }[]
}

export interface Chart {
  x: Axis
  y: Axis
  /** The columns that distinguish the series. */
  by: string
  series: DrawnSeries[]
  /** The number of points without a place: values that have no logarithm, and numbers that are not finite. */
  left: { log: number; infinite: number }
}

export interface DrawnSeries {
  name: string
  /** Between 0 and 1 on both axes. */
  points: Place[]
  /** The line through the mean of the points above each other. Names have no order, so they have no line. */
  line: Place[]
}

export interface Place {
  x: number
  y: number
}

/** Leaves out rows without a number for y, or without a value for x. */
export function seriesOf(table: Table, { x, y, by }: Omit<ChartRequest, 'log'>): Series[] {
  const isNumber = isNumeric(x)
  const found = new Map<string, Series>()
  const verdict = table.columns.find(({ kind }) => kind === 'verdict')
  for (let row = 0; row < table.rows; row++) {
    const [across, up] = [x.at(row), y.at(row)]
    if (across === undefined || across === null || typeof up !== 'number') continue
    const name = by.map((column) => plainText(column.at(row) ?? '')).join(', ')
    const series = found.get(name) ?? { name, points: [] }
    found.set(name, series)
    const point = { x: isNumber && typeof across === 'number' ? across : plainText(across), y: up }
    series.points.push({ ...point, ...(verdict?.at(row) === 'stale' && { isStale: true }) })
  }
  return [...found.values()]
}

export const isNumeric = ({ type }: Column): boolean => type === 'integer' || type === 'number'

/** `ticks` is the number of ticks that fit on each axis. */
export function chartOf(
  series: readonly Series[],
  { x, y, by, log }: ChartRequest,
  ticks: { x: number; y: number },
): Chart {
  const points = series.flatMap((one) => one.points)
  const across = points.map((point) => point.x)
  const axes = {
    x: isNumeric(x)
      ? numberAxis(
          x.name,
          across.filter((value) => typeof value === 'number'),
          log.x,
          ticks.x,
        )
      : categoryAxis(x.name, across.map(String)),
    y: numberAxis(
      y.name,
      points.map((point) => point.y),
      log.y,
      ticks.y,
    ),
  }
  const placed = series.map((one) => place(one, axes))
  const shown = placed.reduce((sum, one) => sum + one.points.length, 0)
  const infinite = points.filter((point) => isInfinite(point.x) || isInfinite(point.y)).length
  return {
    ...axes,
    by: by.map(({ name }) => name).join(', '),
    series: placed.filter((one) => one.points.length > 0),
    left: { log: points.length - shown - infinite, infinite },
  }
}

const isInfinite = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value)

function place({ name, points }: Series, axes: { x: Axis; y: Axis }): DrawnSeries {
  const found: Place[] = []
  const above = new Map<number | string, number[]>()
  for (const point of points) {
    const [x, y] = [axes.x.place(point.x), axes.y.place(point.y)]
    if (x === undefined || y === undefined) continue
    found.push({ x, y })
    if (typeof point.x === 'string') continue
    above.set(point.x, [...(above.get(point.x) ?? []), point.y])
  }
  const line = [...above].flatMap(([value, values]) => {
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length
    const [x, y] = [axes.x.place(value), axes.y.place(mean)]
    return x === undefined || y === undefined ? [] : [{ x, y }]
  })
  return { name, points: found, line: line.sort((one, other) => one.x - other.x) }
}
