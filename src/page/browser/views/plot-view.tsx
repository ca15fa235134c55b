// Plot: a numeric result over a flavour, with a line for each value of another name, and linear or logarithmic axes.
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import type { PlotPage } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import type { ViewProps } from './props.ts'
import { Choice, Heading, numberText, Trouble } from '../parts.tsx'
import { choose, linkTo, type Route } from '../route.ts'
import { useWidth } from '../size.ts'
import { Held, heldOf, OfResult } from './choices.tsx'

const chartHeight = 460
// This enumeration's names exist for the compiler only.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const logarithmic = 3 as UPlot.Scale.Distr

export function PlotView({ route, revision, overview }: ViewProps) {
  const name = route.name || (overview.shelves.find(({ kind }) => kind === 'result')?.name ?? '')
  const { x = '', by = '', field = '', held = '{}' } = route.choices
  const query = new URLSearchParams({ x, by, field, held })
  const { answer, trouble } = useAnswer<PlotPage>(`/api/plot/${encodeURIComponent(name)}?${query}`, revision)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the shelf</p>
  return (
    <>
      <Heading title={<OfResult name={name} overview={overview} view="plot" />}>
        <Choices page={answer} route={{ ...route, name }} />
      </Heading>
      {answer.x === '' || answer.fields.length === 0 ? (
        <p class="faint">
          {answer.fields.length === 0 ? 'This result holds no numbers.' : 'No flavour of numbers leads to this result.'}
        </p>
      ) : (
        <Chart page={answer} route={route} />
      )}
    </>
  )
}

function Choices({ page, route }: { page: PlotPage; route: Route }) {
  const { axes, fields, x, by } = page
  const over = axes.filter(({ numeric }) => numeric).map(({ name }) => [name, name] as const)
  const lines = axes.filter(({ name }) => name !== x).map(({ name }) => [name, name] as const)
  return (
    <>
      {fields.length > 1 && (
        <Choice
          label="Value"
          value={page.field}
          options={fields.map((one) => [one, one] as const)}
          onChoose={(field) => choose(route, { field })}
        />
      )}
      {over.length > 0 && (
        <Choice
          label="Over"
          value={x}
          options={over}
          onChoose={(next) => choose(route, { x: next, by: '', held: '' })}
        />
      )}
      {lines.length > 0 && (
        <Choice
          label="Lines"
          value={by === '' ? '-' : by}
          options={[['-', 'one'], ...lines]}
          onChoose={(next) => choose(route, { x, by: next, held: '' })}
        />
      )}
      <Held axes={axes} held={page.held} asked={heldOf(route)} onHold={(held) => choose(route, { held })} />
      <Log label="log x" name="logx" route={route} />
      <Log label="log y" name="logy" route={route} />
    </>
  )
}

function Log({ label, name, route }: { label: string; name: string; route: Route }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={route.choices[name] === '1'}
        onChange={(event) => choose(route, { [name]: event.currentTarget.checked ? '1' : '' })}
      />
      {label}
    </label>
  )
}

/** Colours that can be distinguished in light and dark, and with reduced colour vision. */
const colours = ['#b3622a', '#2f7f9e', '#7a6bb5', '#5b8a3c', '#c0504d', '#a5872b', '#4a7cc7', '#9a5a86']

function Chart({ page, route }: { page: PlotPage; route: Route }) {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame, true)
  const { logx, logy } = route.choices
  const shape = JSON.stringify(page)
  useEffect(() => {
    if (width === 0 || !frame.current) return undefined
    const chart = drawChart(page, { width, logX: logx === '1', logY: logy === '1' }, frame.current)
    return () => chart.destroy()
  }, [shape, width, logx, logy])
  return (
    <>
      <div class="chart" ref={frame} role="img" aria-label={`${page.field || page.result} over ${page.x}`} />
      <Points page={page} />
    </>
  )
}

/** Draws all lines over one x axis. A line without a point at some x skips it. */
function drawChart(
  page: PlotPage,
  { width, logX, logY }: { width: number; logX: boolean; logY: boolean },
  frame: HTMLElement,
): UPlot {
  const allowed = (value: number, log: boolean): boolean => !log || value > 0
  const xs = [...new Set(page.lines.flatMap(({ points }) => points.map(({ x }) => x)))]
    .filter((x) => allowed(x, logX))
    .sort((one, other) => one - other)
  const rows = page.lines.map(({ points }) => {
    const byX = new Map(points.map(({ x, y }) => [x, y]))
    return xs.map((x) => {
      const y = byX.get(x)
      return y === undefined || !allowed(y, logY) ? null : y
    })
  })
  const style = getComputedStyle(document.documentElement)
  const ink = style.getPropertyValue('--faint')
  const line = style.getPropertyValue('--line')
  const axis = (label: string): UPlot.Axis => ({
    label,
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    labelSize: 22,
    values: (_, splits) => splits.map((split) => (split === null ? '' : numberText(split))),
  })
  return new UPlot(
    {
      width,
      height: chartHeight,
      scales: {
        x: { time: false, ...(logX && { distr: logarithmic }) },
        y: logY ? { distr: logarithmic } : {},
      },
      axes: [axis(page.x), { ...axis(page.field || page.result), size: 70 }],
      series: [
        { label: page.x, value: (_, value) => (value === null ? '' : numberText(value)) },
        ...page.lines.map(({ label }, at) => ({
          label: page.by === '' ? label : `${page.by} ${label}`,
          stroke: colours[at % colours.length],
          width: 2,
          dash: at >= colours.length ? [6, 4] : undefined,
          points: { show: xs.length < 80, size: 6 },
          spanGaps: true,
          value: (_: UPlot, value: number | null) => (value === null ? '' : numberText(value)),
        })),
      ],
      legend: { live: true },
    },
    [xs, ...rows],
    frame,
  )
}

const listedPoints = 200

/** Lists the points for people who prefer reading, and links to the item behind each. */
function Points({ page }: { page: PlotPage }) {
  const points = page.lines.flatMap(({ label, points: own }) => own.map((point) => ({ ...point, label })))
  return (
    <details>
      <summary>Points</summary>
      <table class="points">
        <thead>
          <tr>
            {page.by && <th scope="col">{page.by}</th>}
            <th scope="col">{page.x}</th>
            <th scope="col">{page.field || page.result}</th>
          </tr>
        </thead>
        <tbody>
          {points.slice(0, listedPoints).map(({ id, label, x, y }) => (
            <tr key={id}>
              {page.by && <td>{label}</td>}
              <td>{numberText(x)}</td>
              <td>
                <a href={linkTo('item', id)}>{numberText(y)}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {points.length > listedPoints && <p class="faint">and {points.length - listedPoints} more</p>}
    </details>
  )
}
