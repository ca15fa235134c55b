// Compares two items: first their records, then their content.
import type { ContentName } from '../base/content-name.ts'
import { parsedContent } from '../base/content-value.ts'
import { canonical, isMap, parsed, type Value, type ValueMap } from '../base/value.ts'
import { compareLines, type LineChange } from './line-difference.ts'
import type { ItemView } from './views.ts'
import type { ResultView } from './session-views.ts'

/** A place inside two values, and what stands there; undefined where nothing does. */
export interface Difference {
  path: string
  one?: Value
  other?: Value
}

export type ContentDifference =
  | { kind: 'same'; size: number }
  | { kind: 'missing'; one: boolean; other: boolean }
  | { kind: 'json'; differences: Difference[] }
  | { kind: 'text'; changes: LineChange[] }
  /** Members of folders, by path. */
  | { kind: 'folder'; differences: Difference[] }
  /** No text, or other in too many places to show. */
  | { kind: 'size'; one: number; other: number }

export interface Comparison {
  records: Difference[]
  content: ContentDifference
}

/** Larger contents are compared as a whole only. */
const readableBytes = 4_000_000
const mostLines = 2000

export function compareItems(kitchen: ResultView, one: ItemView, other: ItemView): Comparison {
  const records: Difference[] = []
  differences(recordOf(one), recordOf(other), '', records)
  return { records, content: compareContent(kitchen, one.content, other.content) }
}

function recordOf(item: ItemView): Value {
  return (item.record === undefined ? undefined : parsed(item.record)) ?? item.depends
}

function differences(one: Value | undefined, other: Value | undefined, path: string, found: Difference[]): void {
  if (isMap(one) && isMap(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)])
    for (const key of [...keys].sort()) differences(one[key], other[key], path === '' ? key : `${path}.${key}`, found)
  } else if (Array.isArray(one) && Array.isArray(other)) {
    const length = Math.max(one.length, other.length)
    for (let at = 0; at < length; at++) differences(one[at], other[at], `${path}[${at}]`, found)
  } else if (one === undefined || other === undefined || canonical(one) !== canonical(other)) {
    found.push({ path, ...(one !== undefined && { one }), ...(other !== undefined && { other }) })
  }
}

function compareContent(
  { fridge }: ResultView,
  one: ItemView['content'],
  other: ItemView['content'],
): ContentDifference {
  if (!one || !other) return { kind: 'missing', one: !one, other: !other }
  if (one.hash === other.hash) return { kind: 'same', size: one.size }
  const sizes: ContentDifference = { kind: 'size', one: one.size, other: other.size }
  const { objects } = fridge
  if (one.kind === 'folder' && other.kind === 'folder') {
    const listed = (hash: ContentName): ValueMap =>
      Object.fromEntries((objects.listing(hash) ?? []).map(({ path, name }) => [path, name]))
    const found: Difference[] = []
    const before = listed(one.hash)
    const after = listed(other.hash)
    for (const path of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      differences(before[path], after[path], path, found)
    return { kind: 'folder', differences: found }
  }
  if (one.kind === 'folder' || other.kind === 'folder' || one.size + other.size > readableBytes) return sizes
  const texts = [one, other].map(({ hash }) => textOf(objects.read(hash)))
  const [before, after] = texts
  if (before === undefined || after === undefined) return sizes
  const values = [parsedContent(before), parsedContent(after)]
  if (values.every((value) => typeof value === 'object' && value !== null)) {
    const found: Difference[] = []
    differences(values[0], values[1], '', found)
    if (found.length > 0) return { kind: 'json', differences: found }
  }
  const changes = compareLines(before.split('\n'), after.split('\n'), mostLines)
  return changes ? { kind: 'text', changes } : sizes
}

function textOf(bytes: Buffer | undefined): string | undefined {
  const text = bytes?.toString('utf8')
  return text === undefined || /\0|\uFFFD/.test(text) ? undefined : text
}
