// Compare: variants side by side, what differs first: parameters, pictures, films, numbers, contents, logs.
import { canonical, type Value } from '../../../base/value.ts'
import { bytes, duration } from '../../../report/text/amounts-text.ts'
import type { ComparePage, ItemPage } from '../../page-protocol.ts'
import { Difference } from '../compare/differences.tsx'
import { Films } from '../compare/films.tsx'
import { Pictures } from '../compare/pictures.tsx'
import { LogText } from '../log-text.tsx'
import { useAnswer } from '../page-queries.ts'
import { Heading, ItemLink, numberText, parameterText, State, Trouble } from '../parts.tsx'
import { PinButton } from '../pin-tray.tsx'
import { usePins } from '../pins.ts'
import { linkTo } from '../route.ts'
import type { ViewProps } from './props.ts'

export function CompareView({ route, revision }: ViewProps) {
  const pins = usePins()
  const ids = route.choices.ids ?? JSON.stringify(pins)
  const { answer, trouble } = useAnswer<ComparePage>(`/api/compare?${new URLSearchParams({ ids })}`, revision)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the variants</p>
  const { items, differences } = answer
  if (items.length < 2)
    return (
      <>
        <Heading title="Compare" />
        <p>
          Pin two variants or more, with ◇ beside them on a <a href={linkTo('shelf')}>shelf</a>, in the grid or on their
          pages, and they stand here side by side.
        </p>
      </>
    )
  const names = namesOf(items)
  const named = items.map(({ id }, at) => ({ id, name: names[at] ?? id }))
  const ofKind = (kind: string) => named.filter((_, at) => items[at]?.shown.kind === kind)
  const [pictures, films] = [ofKind('picture'), ofKind('film')]
  const logs = items.filter(({ log }) => log?.trim())
  return (
    <article class="item">
      <Heading title="Compare" />
      <section aria-label="Parameters">
        <Facts items={items} />
      </section>
      {pictures.length > 1 && (
        <section aria-label="Pictures">
          <h2>Pictures</h2>
          <Pictures pictures={pictures} />
        </section>
      )}
      {films.length > 0 && (
        <section aria-label="Films">
          <h2>Films</h2>
          <Films films={films} />
        </section>
      )}
      <section aria-label="Contents">
        <h2>Contents</h2>
        {differences.map((difference, at) => (
          <figure key={named[at + 1]?.id}>
            <figcaption>
              {names[0]} and {names[at + 1]}
            </figcaption>
            <Difference difference={difference} texts={[items[0]?.text, items[at + 1]?.text]} />
          </figure>
        ))}
      </section>
      {logs.length > 0 && (
        <section aria-label="Logs">
          <h2>Logs</h2>
          <div class="beside">
            {items.map(({ id, log }, at) => (
              <figure key={id}>
                <figcaption>{names[at]}</figcaption>
                {log?.trim() ? <LogText text={log} end /> : <p class="faint">It said nothing.</p>}
              </figure>
            ))}
          </div>
        </section>
      )}
    </article>
  )
}

/** Calls each item by what it does not share with all others. */
function namesOf(items: readonly ItemPage[]): string[] {
  const shelves = new Set(items.map(({ shelf }) => shelf))
  const names = parameterNames(items).filter((name) => !isShared(items, ({ depends }) => depends[name]))
  return items.map(({ shelf, depends }) => {
    const parts = names.map((name) => (depends[name] === undefined ? '' : `${name} ${parameterText(depends[name])}`))
    return [...(shelves.size > 1 || names.length === 0 ? [shelf] : []), ...parts].join(' ').trim()
  })
}

const parameterNames = (items: readonly ItemPage[]): string[] => [
  ...new Set(items.flatMap(({ depends }) => Object.keys(depends))),
]

function isShared(items: readonly ItemPage[], value: (item: ItemPage) => Value | undefined): boolean {
  return new Set(items.map((item) => canonical(value(item) ?? null))).size === 1
}

function Facts({ items }: { items: readonly ItemPage[] }) {
  const names = parameterNames(items)
  const differing = names.filter((name) => !isShared(items, ({ depends }) => depends[name]))
  const shared = names.filter((name) => !differing.includes(name))
  const fields = [...new Set(items.flatMap(({ shown }) => (shown.kind === 'fields' ? Object.keys(shown.fields) : [])))]
  return (
    <div class="compared" tabIndex={0} role="region" aria-label="Facts">
      <table class="facts">
        <thead>
          <tr>
            <td />
            {items.map(({ id, shelf }) => (
              <th key={id} scope="col">
                <ItemLink id={id}>{shelf}</ItemLink> <PinButton id={id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map((name) => (
            <FactRow key={name} name={name} isMain items={items} cell={({ depends }) => parameterText(depends[name])} />
          ))}
          {items.some(({ shown }) => shown.kind === 'number') && (
            <NumberRow
              name="value"
              items={items}
              number={({ shown }) => (shown.kind === 'number' ? shown.number : undefined)}
            />
          )}
          {fields.map((field) => (
            <NumberRow
              key={field}
              name={field}
              items={items}
              number={({ shown }) => (shown.kind === 'fields' ? shown.fields[field] : undefined)}
            />
          ))}
          <FactRow
            name="state"
            items={items}
            cell={({ verdict }) => (verdict === undefined ? '' : <State verdict={verdict} />)}
          />
          <NumberRow name="time" items={items} number={({ cook }) => cook?.ms} word={duration} />
          <NumberRow name="bytes" items={items} number={({ content }) => content?.size} word={bytes} />
          <NumberRow name="memory" items={items} number={({ cook }) => cook?.peakBytes} word={bytes} />
        </tbody>
      </table>
      {shared.length > 0 && (
        <p class="faint">
          the same in all: {shared.map((name) => `${name} ${parameterText(items[0]?.depends[name])}`).join(', ')}
        </p>
      )}
    </div>
  )
}

function FactRow({
  name,
  items,
  cell,
  isMain = false,
}: {
  name: string
  items: readonly ItemPage[]
  cell: (item: ItemPage) => preact.ComponentChildren
  isMain?: boolean
}) {
  return (
    <tr class={isMain ? 'differing' : ''}>
      <th scope="row">{name}</th>
      {items.map((item) => (
        <td key={item.id}>{cell(item)}</td>
      ))}
    </tr>
  )
}

/** Numbers stand beside their difference from the first one. */
function NumberRow({
  name,
  items,
  number,
  word = numberText,
}: {
  name: string
  items: readonly ItemPage[]
  number: (item: ItemPage) => Value | undefined
  word?: (value: number) => string
}) {
  const [base, ...others] = items.map(number)
  if ([base, ...others].every((value) => value === undefined)) return null
  return (
    <tr>
      <th scope="row">{name}</th>
      {items.map((item, at) => {
        const value = number(item)
        return (
          <td key={item.id}>
            {typeof value === 'number' ? word(value) : value === undefined ? '' : parameterText(value)}
            {at > 0 && typeof value === 'number' && typeof base === 'number' && value !== base && (
              <span class="faint"> {changeText(base, value)}</span>
            )}
          </td>
        )
      })}
    </tr>
  )
}

function changeText(base: number, value: number): string {
  if (base === 0) return ''
  const share = (value - base) / Math.abs(base)
  const rounded = Number(Math.abs(share * 100).toPrecision(2))
  return rounded < 1000 ? `${share > 0 ? '+' : '−'}${rounded} %` : `× ${numberText(value / base)}`
}
