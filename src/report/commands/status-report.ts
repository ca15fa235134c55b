// `chef status`: shows the shelves by kind, their freshness, and the contents of the fridge.
import type { AuditNote } from '../../base/event.ts'
import type { FridgeTotals, ItemView, ShelfView } from '../../inspection/views.ts'
import { ago, bytes, count, duration, many } from '../text/amounts-text.ts'
import { type Cell, columnsText } from '../text/columns.ts'
import { verdictPaint } from './plan-report.ts'
import { reasonText } from '../text/reason-text.ts'
import type { Style } from '../text/style.ts'
import { type NameFilter, valueText, variantText } from '../text/variant-text.ts'
import { printable } from '../text/width.ts'

export interface StatusOptions {
  style: Style
  columns: number
  verbose: boolean
  now: number
  /** The number of items that could be listed. */
  total?: number
  /** True where this machine can observe steps. */
  observer?: { whyNot: string | undefined }
}

const titles: [ShelfView['kind'], string][] = [
  ['resource', 'Resources'],
  ['flavour', 'Flavours'],
  ['step', 'Steps'],
  ['result', 'Results'],
]

const barWidth = 12
const listedItems = 40

export function statusText(shelves: ShelfView[], totals: FridgeTotals, options: StatusOptions): string {
  const blocks = titles.map(([kind, title]) =>
    shelvesText(
      shelves.filter((shelf) => shelf.kind === kind),
      title,
      options,
    ),
  )
  const shown = blocks.filter((block) => block !== '')
  const ends = [fridgeLines(totals, options), observationLines(totals, options)].filter((lines) => lines.length > 0)
  return [...shown, ...ends.map((lines) => `${lines.join('\n')}\n`)].join('\n')
}

function shelvesText(shelves: ShelfView[], title: string, { style, columns }: StatusOptions): string {
  if (shelves.length === 0) return ''
  const rows = shelves.map((shelf) => shelfRow(shelf, style))
  return `${style.bold(title)}\n${columnsText(rows, columns, '  ').join('\n')}\n`
}

function shelfRow(shelf: ShelfView, style: Style): Cell[] {
  const name: Cell = { text: shelf.name, paint: style.cyan }
  const items: Cell = { text: shelf.items === 0 ? 'empty' : many(shelf.items, itemWord(shelf.kind)), right: true }
  if (shelf.items === 0) items.paint = style.yellow
  const size: Cell = { text: shelf.bytes > 0 ? bytes(shelf.bytes) : '', paint: style.dim, right: true }
  if (shelf.kind === 'flavour' || shelf.kind === 'step') return [name, items]
  if (shelf.kind === 'resource') return [name, items, size]
  return [name, items, size, freshBar(shelf, style), freshness(shelf, style)]
}

function itemWord(kind: ShelfView['kind']): string {
  return { resource: 'item', flavour: 'value', step: 'source', result: 'variant' }[kind]
}

function freshBar(shelf: ShelfView, style: Style): Cell {
  const { items, fresh, failed } = shelf
  if (items === 0) return { text: '' }
  const full = fresh === items ? barWidth : Math.min(barWidth - 1, Math.floor((fresh / items) * barWidth))
  const bad = failed === 0 ? 0 : Math.min(barWidth - full, Math.max(1, Math.round((failed / items) * barWidth)))
  const text = '━'.repeat(full + bad) + '─'.repeat(barWidth - full - bad)
  const paint = (shown: string): string =>
    style.green(shown.slice(0, full)) + style.red(shown.slice(full, full + bad)) + style.dim(shown.slice(full + bad))
  return { text, paint }
}

function freshness(shelf: ShelfView, style: Style): Cell {
  const parts = [
    shelf.fresh > 0 && `${count(shelf.fresh)} fresh`,
    shelf.stale > 0 && `${count(shelf.stale)} stale`,
    shelf.failed > 0 && `${count(shelf.failed)} failed`,
  ].filter((part) => part !== false)
  const paint = shelf.failed > 0 ? style.red : shelf.stale > 0 ? style.yellow : style.green
  return { text: parts.join(', '), paint }
}

function fridgeLines(
  { objects, bytes: held, lastBuild, lastAudit, savedMs }: FridgeTotals,
  { style, now }: StatusOptions,
): string[] {
  const lines = [style.bold('Fridge'), `  holds       ${many(objects, 'object')}, ${bytes(held)}`]
  if (lastBuild) {
    const { at, ms, cooked, reused } = lastBuild
    const done = `${count(cooked)} cooked, ${count(reused)} reused in ${duration(ms)}`
    lines.push(`  last build  ${ago(at, now)}: ${done}`)
  } else lines.push(`  last build  ${style.dim('none yet: run "chef build"')}`)
  if (lastAudit) lines.push(`  last audit  ${auditText(lastAudit, { style, now })}`)
  if (savedMs >= 1) lines.push(`  saved       ${duration(savedMs)} of cooking by reuse`)
  return lines
}

function auditText(
  { at, fresh, same, different, failed, steps }: AuditNote,
  { style, now }: Pick<StatusOptions, 'style' | 'now'>,
): string {
  const cooked = `${ago(at, now)}: ${count(same + different + failed)} of ${many(fresh, 'job')} cooked again`
  const names = steps.map(printable).join(', ')
  return steps.length === 0 ? `${cooked}, all the same` : `${cooked}, ${style.red(`not the same: ${names}`)}`
}

function observationLines({ unobserved = 0 }: FridgeTotals, { style, observer }: StatusOptions): string[] {
  const lines: string[] = []
  if (observer) lines.push(`  steps       ${observerText(observer.whyNot)}`)
  if (unobserved > 0) {
    const jobs = many(unobserved, 'job')
    const text = `${jobs} not observed: only declared inputs make ${unobserved === 1 ? 'it' : 'them'} stale`
    lines.push(`  incomplete  ${style.yellow(text)}`)
  }
  return lines.length === 0 ? [] : [style.bold('Traces'), ...lines]
}

/** Says in one line what this machine can observe. */
export function observerText(whyNot: string | undefined): string {
  return whyNot === undefined
    ? 'observed: what they read counts, declared or not'
    : `not observed on this machine: ${printable(whyNot)}`
}

/** `chef status NAME`: one shelf with its items. */
export function shelfText(
  shelf: ShelfView,
  items: Iterable<ItemView>,
  varies: NameFilter,
  options: StatusOptions,
): string {
  const title = titles.find(([kind]) => kind === shelf.kind)?.[1] ?? ''
  return shelvesText([shelf], title, options) + itemsText(items, varies, options)
}

/** Lists the items of one shelf with their parameters. */
function itemsText(items: Iterable<ItemView>, varies: NameFilter, options: StatusOptions): string {
  const { style, columns, verbose, total } = options
  const rows: Cell[][] = []
  for (const item of items) {
    rows.push(itemRow(item, varies, style))
    // Stops early, because the other items may number a million.
    if (!verbose && rows.length === listedItems) break
  }
  const hidden = (total ?? rows.length) - rows.length
  const lines = columnsText(rows, columns, '  ')
  if (hidden > 0) lines.push(style.dim(`  … and ${count(hidden)} more (--verbose shows all)`))
  return lines.map((line) => `${line}\n`).join('')
}

function itemRow(item: ItemView, varies: NameFilter, style: Style): Cell[] {
  const size: Cell = { text: item.content ? bytes(item.content.size) : '', paint: style.dim, right: true }
  if (item.kind === 'flavour') return [{ text: valueText(item.label), paint: style.cyan }]
  if (item.kind !== 'result') return [{ text: printable(item.id), paint: style.cyan }, size]
  const verdict = item.job?.verdict ?? 'stale'
  const reason = item.job && verdict !== 'fresh' ? printable(reasonText(item.job.reason)) : ''
  return [
    { text: item.id, paint: style.cyan },
    { text: verdict, paint: verdictPaint(verdict, style) },
    size,
    { text: variantText(item.depends, varies) },
    { text: reason, paint: style.dim },
  ]
}
