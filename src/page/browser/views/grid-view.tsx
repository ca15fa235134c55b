// Grid: two names as axes. Each cell shows the picture or the number of its variant, and colours numbers by size.
import type { Value } from '../../../base/value.ts'
import type { Cell, GridPage } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import type { ViewProps } from './props.ts'
import { Choice, Heading, numberText, ShownValue, Trouble, valueText } from '../parts.tsx'
import { PinButton } from '../pin-tray.tsx'
import { choose, linkTo, type Route } from '../route.ts'
import { Held, heldOf, OfResult } from './choices.tsx'

export function GridView({ route, revision, overview }: ViewProps) {
  const name = route.name || (overview.shelves.find(({ kind }) => kind === 'result')?.name ?? '')
  const { x = '', y = '', held = '{}' } = route.choices
  const query = new URLSearchParams({ x, y, held })
  const { answer, trouble } = useAnswer<GridPage>(`/api/grid/${encodeURIComponent(name)}?${query}`, revision)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the shelf</p>
  const named = { ...route, name }
  return (
    <>
      <Heading title={<OfResult name={name} overview={overview} view="grid" />}>
        <Axes page={answer} route={named} />
      </Heading>
      {answer.x === '' ? (
        <p class="faint">There is one variant: nothing makes an axis.</p>
      ) : (
        <Cells
          page={answer}
          field={answer.fields.includes(route.choices.field ?? '') ? route.choices.field : undefined}
          side={sideOf(route)}
        />
      )}
    </>
  )
}

const usualSide = 120
const sides = { least: 32, most: 480, step: 8 }

/** The most pixels of a picture in a cell, across and down. Smaller pictures are shown as they are. */
function sideOf({ choices }: Route): number {
  const side = Number(choices.side ?? usualSide)
  return Number.isFinite(side) ? Math.min(sides.most, Math.max(sides.least, side)) : usualSide
}

function Axes({ page, route }: { page: GridPage; route: Route }) {
  const options = page.axes.map(({ name }) => [name, name] as const)
  return (
    <>
      {page.fields.length > 1 && (
        <Choice
          label="Value"
          value={route.choices.field ?? page.fields[0] ?? ''}
          options={page.fields.map((field) => [field, field] as const)}
          onChoose={(field) => choose(route, { field })}
        />
      )}
      {page.cells.some(({ shown }) => shown.kind === 'picture') && (
        <label class="choice">
          <span>Size</span>
          <input
            type="range"
            min={sides.least}
            max={sides.most}
            step={sides.step}
            value={sideOf(route)}
            onInput={(event) => choose(route, { side: event.currentTarget.value })}
          />
        </label>
      )}
      {options.length > 1 && (
        <>
          <Choice
            label="Across"
            value={page.x}
            options={options}
            onChoose={(x) => choose(route, { x, y: x === page.y ? page.x : page.y, held: '' })}
          />
          <Choice
            label="Down"
            value={page.y}
            options={options.filter(([name]) => name !== page.x)}
            onChoose={(y) => choose(route, { x: page.x, y, held: '' })}
          />
        </>
      )}
      <Held axes={page.axes} held={page.held} onHold={(held) => choose(route, { held })} asked={heldOf(route)} />
    </>
  )
}

function Cells({ page, field, side }: { page: GridPage; field?: string; side: number }) {
  const across = valuesOf(page, page.x)
  const down = page.y === '' ? [''] : valuesOf(page, page.y)
  const at = new Map(page.cells.map((cell) => [`${cell.x} ${cell.y}`, cell]))
  const shownField = field ?? page.fields[0] ?? ''
  const numbers = page.cells.flatMap((cell) => numberIn(cell, shownField) ?? [])
  const heat = { least: Math.min(...numbers), most: Math.max(...numbers) }
  return (
    <div class="grid" role="region" aria-label="Variants" tabIndex={0} style={{ '--side': `${side}px` }}>
      <table>
        <thead>
          <tr>
            <td class="corner faint">
              {page.y && `${page.y} ↓ `}
              {page.x} →
            </td>
            {across.map((value, column) => (
              <th key={column} scope="col">
                {valueText(value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {down.map((value, line) => (
            <tr key={line}>
              <th scope="row">{valueText(value)}</th>
              {across.map((_, column) => (
                <GridCell key={column} cell={at.get(`${column} ${line}`)} field={shownField} heat={heat} side={side} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {numbers.length > 1 && (
        <p class="heat-scale faint">
          {numberText(heat.least)} <span /> {numberText(heat.most)}
        </p>
      )}
    </div>
  )
}

function valuesOf({ axes }: GridPage, name: string): Value[] {
  return axes.find((axis) => axis.name === name)?.values ?? []
}

function numberIn({ shown }: Cell, field: string): number | undefined {
  if (shown.kind === 'number') return shown.number
  const value = shown.kind === 'fields' ? shown.fields[field] : undefined
  return typeof value === 'number' ? value : undefined
}

/** Leaves a cell empty if the recipe makes no such variant. */
function GridCell({
  cell,
  field,
  heat,
  side,
}: {
  cell?: Cell
  field: string
  heat: { least: number; most: number }
  side: number
}) {
  if (!cell) return <td class="none" />
  const number = numberIn(cell, field)
  const share = number === undefined ? undefined : (number - heat.least) / Math.max(1e-300, heat.most - heat.least)
  return (
    <td
      class={`${cell.verdict} ${share === undefined ? '' : 'heat'}`}
      style={share === undefined ? undefined : { '--share': `${Math.round(share * 100)}%` }}
    >
      <a href={linkTo('item', cell.id)} aria-label={cell.shown.kind === 'picture' ? `picture ${cell.id}` : undefined}>
        {number === undefined ? <ShownValue shown={cell.shown} id={cell.id} side={side} /> : numberText(number)}
      </a>
      <PinButton id={cell.id} />
    </td>
  )
}
