// Words what a cook looked for: its own looks one a line, and the number of those at the system.
import { isAbsolute } from 'node:path'
import type { Look } from '../../base/trace.ts'
import type { TraceView } from '../../inspection/views.ts'
import { count, many } from './amounts-text.ts'
import type { Style } from './style.ts'
import { printable } from './width.ts'

const words: { readonly [kind in Look['kind']]: string } = {
  content: 'read',
  meta: 'asked about',
  exists: 'found',
  absent: 'did not find',
  listing: 'listed',
  link: 'followed',
  place: 'wrote path',
  unobserved: '',
}

const width = Math.max(...Object.values(words).map((word) => word.length))

/** Sorts paths of the project first, and reads before mere looks. */
function byInterest(one: Look, other: Look): number {
  return rank(one) - rank(other)
}

function rank({ kind, path }: Look): number {
  const isRead = kind === 'content' || kind === 'listing'
  return (isAbsolute(path) ? 2 : 0) + (isRead ? 0 : 1)
}

/** At most so many looks of the job's own. */
export function traceLines({ own: looks, system, unobserved }: TraceView, most: number, style: Style): string[] {
  const own = looks.filter(({ kind }) => kind !== 'unobserved')
  const lines = own
    .sort(byInterest)
    .slice(0, most)
    .map(({ kind, path }) => `${style.dim(words[kind].padEnd(width))} ${printable(path)}`)
  if (own.length > most) lines.push(style.dim(`… and ${count(own.length - most)} more (--verbose shows all)`))
  if (system.length > 0)
    lines.push(style.dim(`${own.length > 0 ? 'and ' : ''}${many(system.length, 'path')} of the system`))
  if (own.length < looks.length) lines.push(style.dim('not observed, because its step asked for that'))
  if (unobserved !== undefined) lines.push(style.yellow(`not observed: ${printable(unobserved)}`))
  return lines
}
