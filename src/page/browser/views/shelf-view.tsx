// Shelf: the variants of a result as a table. The server sorts and filters it, and the page draws a screen at a time.
import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes, count, duration } from '../../../report/text/amounts-text.ts'
import { reasonText } from '../../../report/text/reason-text.ts'
import type { ShelfPage, ShelfRow } from '../../page-protocol.ts'
import { ask, contentAddress } from '../page-queries.ts'
import type { ViewProps } from './props.ts'
import { Heading, ItemLink, State, Trouble, valueText } from '../parts.tsx'
import { PinButton } from '../pin-tray.tsx'
import { choose, linkTo, type Route } from '../route.ts'

const textHeight = 34
/** Pixels of a row with a picture. */
const pictureHeight = 72
/** Browsers fail at about 30 million pixels, so longer tables scroll in larger steps. */
const tallest = 15_000_000
const blockRows = 200
const keptBlocks = 24
const typingMs = 150

export function ShelfView({ route, revision, overview }: ViewProps) {
  const results = overview.shelves.filter(({ kind }) => kind === 'result')
  const name = route.name || results[0]?.name || ''
  if (name === '') return <p class="faint">There is no result in this kitchen.</p>
  return <Table key={name} name={name} route={{ ...route, name }} revision={revision} />
}

interface LoadedRows {
  query: string
  page?: ShelfPage
  blocks: Map<number, ShelfRow[]>
  trouble?: string
}

function Table({ name, route, revision }: { name: string; route: Route; revision: number }) {
  const { sort = '', search = '', where = '{}' } = route.choices
  const query = new URLSearchParams({ sort, search, where }).toString()
  const [loaded, setLoaded] = useState<LoadedRows>({ query, blocks: new Map() })
  const [window, setWindow] = useState({ top: 0, height: 600 })
  const scroller = useRef<HTMLDivElement>(null)
  const matched = loaded.page?.matched ?? 0
  const rowHeight = heightOf(loaded.page)
  const whole = Math.min(tallest, matched * rowHeight)
  const shape = { whole, matched, rowHeight }
  const first = firstRow(window, shape)
  const last = Math.min(matched, first + Math.ceil(window.height / rowHeight) + 1)

  useEffect(() => {
    const stop = new AbortController()
    const from = Math.floor(first / blockRows) * blockRows
    const path = (at: number): string => `/api/shelf/${encodeURIComponent(name)}?${query}&from=${at}&count=${blockRows}`
    const wanted = [from, ...(last > from + blockRows ? [from + blockRows] : [])]
    const missing = loaded.query === query ? wanted.filter((at) => !loaded.blocks.has(at)) : wanted
    for (const at of missing)
      ask<ShelfPage>(path(at), stop.signal).then(
        (page) => setLoaded((before) => withBlock(before, query, page)),
        (error: Error) => {
          if (!stop.signal.aborted) setLoaded((before) => ({ ...before, trouble: error.message }))
        },
      )
    return () => stop.abort()
  }, [name, query, Math.floor(first / blockRows), Math.floor(last / blockRows)])

  useEffect(() => {
    // The kitchen was read again, so the visible rows are queried again and the others dropped.
    const from = Math.floor(first / blockRows) * blockRows
    const stop = new AbortController()
    ask<ShelfPage>(`/api/shelf/${encodeURIComponent(name)}?${query}&from=${from}&count=${blockRows}`, stop.signal).then(
      (page) => setLoaded({ query, page, blocks: new Map([[page.from, page.rows]]) }),
      () => undefined,
    )
    return () => stop.abort()
  }, [revision])

  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    const measure = new ResizeObserver(() => setWindow((before) => ({ ...before, height: element.clientHeight })))
    measure.observe(element)
    return () => measure.disconnect()
  }, [loaded.page === undefined])

  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [query])

  const { page, trouble } = loaded
  if (trouble && !page) return <Trouble text={trouble} />
  if (!page) return <p class="faint">reading the shelf</p>
  const isResult = page.kind === 'result'
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at)
  return (
    <>
      <Heading title={name}>
        <span class="faint" aria-live="polite">
          {matched === page.items ? count(page.items) : `${count(matched)} of ${count(page.items)}`}
        </span>
        <SearchField
          label="Search"
          value={search}
          placeholder="Search"
          onType={(text) => choose(route, { search: text })}
        />
        {isResult && (
          <>
            <a href={linkTo('grid', name)}>Grid</a>
            <a href={linkTo('plot', name)}>Plot</a>
          </>
        )}
      </Heading>
      <div
        class="table"
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={`Variants of ${name}`}
        onScroll={(event) =>
          setWindow({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
        }
      >
        <table aria-rowcount={matched + 1} class={rowHeight === pictureHeight ? 'pictures' : ''}>
          <thead>
            <Heads page={page} route={route} />
          </thead>
          <tbody>
            <tr class="space" aria-hidden="true" style={{ height: `${offsetOf(first, window, shape)}px` }} />
            {rows.map((at) => (
              <Row
                key={at}
                at={at}
                page={page}
                height={rowHeight}
                row={loaded.blocks.get(Math.floor(at / blockRows) * blockRows)?.[at % blockRows]}
              />
            ))}
            <tr
              class="space"
              aria-hidden="true"
              style={{
                height: `${Math.max(0, whole - offsetOf(first, window, shape) - rows.length * rowHeight)}px`,
              }}
            />
          </tbody>
        </table>
        {matched === 0 && <p class="faint">No variant is like that.</p>}
      </div>
    </>
  )
}

interface ScrollWindow {
  top: number
  height: number
}

/** The height of the whole table in pixels, the number of its rows, and the height of one. */
interface TableShape {
  whole: number
  matched: number
  rowHeight: number
}

function heightOf(page: ShelfPage | undefined): number {
  return page?.rows.some(({ shown }) => shown.kind === 'picture') ? pictureHeight : textHeight
}

/** Returns the row at the top: by pixels, or by share if the table is too long for pixels. */
function firstRow({ top, height }: ScrollWindow, { whole, matched, rowHeight }: TableShape): number {
  if (matched * rowHeight <= tallest) return Math.min(Math.max(0, matched - 1), Math.floor(top / rowHeight))
  const share = top / Math.max(1, whole - height)
  return Math.max(0, Math.floor(share * (matched - Math.floor(height / rowHeight))))
}

function offsetOf(first: number, { top }: ScrollWindow, { whole, matched, rowHeight }: TableShape): number {
  return matched * rowHeight <= tallest ? first * rowHeight : Math.min(top, whole)
}

function withBlock(before: LoadedRows, query: string, page: ShelfPage): LoadedRows {
  const blocks = before.query === query ? new Map(before.blocks) : new Map<number, ShelfRow[]>()
  blocks.set(page.from, page.rows)
  const [oldest] = blocks.keys()
  if (blocks.size > keptBlocks && oldest !== undefined) blocks.delete(oldest)
  return { query, page, blocks }
}

interface Head {
  key: string
  text: string
  numeric: boolean
  choices?: string[]
  /** Undefined if the table cannot be filtered by this column. */
  filter?: string
  /** Undefined if the table cannot be sorted by this column. */
  sort?: string
}

function headsOf({ kind, columns }: ShelfPage): Head[] {
  const heads = columns.map((column): Head => {
    const value = column.kind === 'value'
    const key = value ? `=${column.name}` : column.name
    const text = value ? column.name || 'result' : column.name
    const used = kind === 'result' ? { filter: key, sort: key } : {}
    return { key, text, numeric: column.numeric, choices: column.choices, ...used }
  })
  if (kind !== 'result') return [...heads, { key: ':bytes', text: 'bytes', numeric: true }]
  const states = ['fresh', 'stale', 'maybe', 'failed']
  return [
    { key: ':state', text: 'state', numeric: false, choices: states, filter: ':state', sort: ':state' },
    ...heads,
    { key: ':bytes', text: 'bytes', numeric: true, sort: ':bytes' },
    { key: ':ms', text: 'time', numeric: true },
  ]
}

function Heads({ page, route }: { page: ShelfPage; route: Route }) {
  const { sort = '', where = '{}' } = route.choices
  const asked = JSON.parse(where) as { [name: string]: string }
  const filter = (name: string, text: string): void => {
    const { [name]: _, ...others } = asked
    const next = text === '' ? others : { ...others, [name]: text }
    choose(route, { where: Object.keys(next).length === 0 ? '' : JSON.stringify(next) })
  }
  return (
    <tr>
      {headsOf(page).map((head) => {
        const up = sort === head.sort
        const down = sort === `-${head.sort}`
        return (
          <th
            key={head.key}
            scope="col"
            class={head.numeric ? 'right' : ''}
            aria-sort={up ? 'ascending' : down ? 'descending' : undefined}
          >
            {head.sort === undefined ? (
              <span class="head">{head.text}</span>
            ) : (
              <button
                type="button"
                class="head"
                onClick={() => choose(route, { sort: up ? `-${head.sort}` : down ? '' : (head.sort as string) })}
              >
                {head.text}
                <span aria-hidden="true">{up ? ' ↑' : down ? ' ↓' : ''}</span>
              </button>
            )}
            {head.filter !== undefined && (
              <SearchField
                label={`Only ${head.text}`}
                value={asked[head.filter] ?? ''}
                placeholder={head.numeric ? '> 0, 1..9' : 'any'}
                choices={head.choices}
                onType={(text) => filter(head.filter as string, text)}
              />
            )}
          </th>
        )
      })}
    </tr>
  )
}

/** A search field that reports its text when the typing pauses. */
function SearchField({
  label,
  value,
  placeholder,
  choices,
  onType,
}: {
  label: string
  value: string
  placeholder: string
  choices?: string[]
  onType: (text: string) => void
}) {
  const timer = useRef(0)
  const list = choices && `choices-${label.replaceAll(/\W/g, '-')}`
  return (
    <>
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        list={list}
        onInput={(event) => {
          const text = event.currentTarget.value
          clearTimeout(timer.current)
          timer.current = setTimeout(() => onType(text), typingMs) as unknown as number
        }}
      />
      {list && (
        <datalist id={list}>
          {choices?.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  )
}

function Row({ at, page, row, height }: { at: number; page: ShelfPage; row?: ShelfRow; height: number }) {
  const isResult = page.kind === 'result'
  const width = page.columns.length + (isResult ? 3 : 1)
  if (!row)
    return (
      <tr aria-rowindex={at + 2} style={{ height: `${height}px` }}>
        <td colSpan={width} class="faint">
          …
        </td>
      </tr>
    )
  return (
    <tr aria-rowindex={at + 2} style={{ height: `${height}px` }}>
      {isResult && (
        <td>
          <ItemLink id={row.id}>
            <State verdict={row.verdict} title={reasonText(row.reason)} />
          </ItemLink>
          <PinButton id={row.id} />
        </td>
      )}
      {page.columns.map((column, index) => {
        const cell = row.cells[index]
        const isOwn = column.kind === 'value' && column.name === ''
        return (
          <td key={`${column.kind}${column.name}`} class={column.numeric ? 'right number' : ''}>
            {!isResult ? (
              <ItemLink id={row.id}>{valueText(cell)}</ItemLink>
            ) : isOwn && row.shown.kind === 'picture' ? (
              <ItemLink id={row.id}>
                <img
                  class="thumbnail"
                  src={contentAddress(row.id, true)}
                  alt={`${page.name} ${at + 1}`}
                  loading="lazy"
                  decoding="async"
                />
              </ItemLink>
            ) : isOwn && row.shown.kind !== 'none' ? (
              <span class="faint">{row.shown.kind}</span>
            ) : (
              valueText(cell)
            )}
          </td>
        )
      })}
      <td class="right faint">{row.bytes > 0 ? bytes(row.bytes) : ''}</td>
      {isResult && <td class="right faint">{row.ms === null ? '' : duration(row.ms)}</td>}
    </tr>
  )
}
