// `chef inspect`: shows everything known about one item.
import { plainText } from '../../base/value.ts'
import type { Ancestor } from '../../inspection/lineage.ts'
import type { CookView, ItemView } from '../../inspection/views.ts'
import { ago, bytes, count, duration } from '../text/amounts-text.ts'
import { verdictPaint } from './plan-report.ts'
import { reasonText } from '../text/reason-text.ts'
import type { Style } from '../text/style.ts'
import { logTailLines } from '../summary.ts'
import { traceLines } from '../text/trace-text.ts'
import { printable, quietLog } from '../text/width.ts'

/** The number of lines of a list without --verbose. */
const listed = 20

export function inspectText(
  item: ItemView,
  log: string | undefined,
  { lineage, usedBy }: { lineage: Ancestor[]; usedBy: Iterable<string> },
  { style, now, verbose }: { style: Style; now: number; verbose: boolean },
): string {
  const lines = [`${style.bold(printable(item.id))}  ${style.dim(item.kind)}`]
  const put = (name: string, text: string): void => {
    lines.push(`  ${style.cyan(name.padEnd(9))} ${text}`)
  }
  if (item.job) {
    const { verdict, reason } = item.job
    const word = verdictPaint(verdict, style)(verdict)
    put('verdict', reason.kind === 'fresh' ? word : `${word}: ${printable(reasonText(reason))}`)
    put('made by', item.job.id)
  }
  if (item.content) {
    const { kind, size, hash } = item.content
    put('content', `${kind} of ${bytes(size)}, hash ${hash}`)
  }
  const names = Object.keys(item.depends)
  const width = Math.max(0, ...names.map((name) => name.length))
  for (const [index, name] of names.entries()) {
    const text = `${printable(name).padEnd(width)} ${printable(plainText(item.depends[name] ?? null))}`
    put(index === 0 ? 'depends' : '', text)
  }
  if (item.cook) lines.push(...cookLines(item.cook, style, now))
  const most = verbose ? Number.POSITIVE_INFINITY : listed
  const looks = item.trace ? traceLines(item.trace, most, style).map((line) => `  ${line}`) : []
  if (looks.length > 0) lines.push('', style.bold('Looked for'), ...looks)
  const above = [...lineageLines(lineage, '  ')]
  if (above.length > 0) lines.push('', style.bold('Made from'), ...shortened(above, most, style))
  const users = [...usedBy].map((id) => `  ${printable(id)}`)
  if (users.length > 0) lines.push('', style.bold('Used by'), ...shortened(users, most, style))
  const record = recordLines(item.record)
  if (record.length > 0) lines.push('', style.bold('Record'), ...record.map((line) => `  ${line}`))
  const tail = logTailLines(log, style)
  if (tail.length > 0) lines.push('', style.bold('Log'), ...tail)
  return `${lines.join('\n')}\n`
}

function* lineageLines(ancestors: Ancestor[], indent: string): Iterable<string> {
  for (const { id, from } of ancestors) {
    yield indent + printable(id)
    yield* lineageLines(from, `${indent}  `)
  }
}

function shortened(lines: string[], most: number, style: Style): string[] {
  if (lines.length <= most) return lines
  return [...lines.slice(0, most), style.dim(`  … and ${count(lines.length - most)} more (--verbose shows all)`)]
}

function cookLines(cook: CookView, style: Style, now: number): string[] {
  const lines = ['', style.bold('Last cook')]
  const put = (name: string, text: string): void => {
    lines.push(`  ${style.cyan(name.padEnd(9))} ${text}`)
  }
  put('ended', cook.ok ? style.green('well') : style.red(printable(cook.failure?.message ?? '')))
  put('when', `${ago(cook.startedAt, now)}, on ${printable(cook.host)}`)
  const times = [duration(cook.ms)]
  if (cook.cpuMs !== undefined) times.push(`CPU ${duration(cook.cpuMs)}`)
  if (cook.peakBytes !== undefined) times.push(`${bytes(cook.peakBytes)} at its peak`)
  put('took', times.join(', '))
  if (cook.command) {
    for (const [index, line] of quietLog(cook.command).trimEnd().split('\n').entries())
      put(index === 0 ? 'command' : '', line)
  }
  put('key', cook.key)
  return lines
}

/** Prints the record with one name a line, because the hashed text has no line breaks. */
function recordLines(record: string | undefined): string[] {
  if (record === undefined) return []
  return JSON.stringify(JSON.parse(record), null, 2).split('\n').map(printable)
}
