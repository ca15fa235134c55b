// `chef diff`: shows the differences between two items in the style of a patch.
import { plainText, type Value } from '../../base/value.ts'
import type { Comparison, ContentDifference, Difference } from '../../inspection/item-difference.ts'
import type { LineChange } from '../../inspection/line-difference.ts'
import { bytes, many } from '../text/amounts-text.ts'
import type { Style } from '../text/style.ts'
import { printable, quietLog } from '../text/width.ts'

/** The number of lines shown around a change. */
const around = 3

export function diffText(ids: [string, string], { records, content }: Comparison, style: Style): string {
  const lines = [style.red(`--- ${printable(ids[0])}`), style.green(`+++ ${printable(ids[1])}`), '']
  lines.push(style.bold('Records'), ...(records.length === 0 ? ['  the same'] : differenceLines(records, style)), '')
  lines.push(style.bold('Content'), ...contentLines(content, style))
  return `${lines.join('\n')}\n`
}

function differenceLines(differences: Difference[], style: Style): string[] {
  return differences.flatMap(({ path, one, other }) => [
    `  ${style.cyan(printable(path === '' ? 'value' : path))}`,
    ...(one === undefined ? [] : [style.red(`  - ${shown(one)}`)]),
    ...(other === undefined ? [] : [style.green(`  + ${shown(other)}`)]),
  ])
}

function shown(value: Value): string {
  return printable(plainText(value))
}

function contentLines(content: ContentDifference, style: Style): string[] {
  switch (content.kind) {
    case 'same':
      return [`  the same, ${bytes(content.size)}`]
    case 'missing':
      if (content.one && content.other) return ['  neither has any']
      return [`  the ${content.one ? 'first' : 'second'} has none`]
    case 'size':
      return [style.red(`  - ${bytes(content.one)}`), style.green(`  + ${bytes(content.other)}`)]
    case 'json':
    case 'folder':
      return differenceLines(content.differences, style)
    case 'text':
      return changedLines(content.changes, style)
  }
}

function changedLines(changes: LineChange[], style: Style): string[] {
  const near = new Set<number>()
  for (const [at, { kind }] of changes.entries()) {
    if (kind !== 'same') for (let line = at - around; line <= at + around; line++) near.add(line)
  }
  const lines: string[] = []
  let left = 0
  for (const [at, { kind, line }] of changes.entries()) {
    if (!near.has(at)) {
      left++
      continue
    }
    if (left > 0) lines.push(style.dim(`  … ${many(left, 'line')} the same`))
    left = 0
    const text = quietLog(line)
    lines.push(
      kind === 'same'
        ? `    ${text}`.trimEnd()
        : kind === 'out'
          ? style.red(`  - ${text}`)
          : style.green(`  + ${text}`),
    )
  }
  if (left > 1) lines.push(style.dim(`  … ${many(left, 'line')} the same`))
  return lines
}
