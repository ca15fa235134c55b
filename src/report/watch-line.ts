// The line that `chef watch` shows between builds, and the failures of the last build on request.
import type { KitchenEvent } from '../base/event.ts'
import { count } from './text/amounts-text.ts'
import type { Style } from './text/style.ts'
import { failedJobText } from './summary.ts'
import type { NameFilter } from './text/variant-text.ts'
import { cut } from './text/width.ts'

export function restingLine(
  watched: number,
  { columns, keys }: { columns: number; keys: boolean },
  style: Style,
): string {
  const line = `watching ${count(watched)} ${watched === 1 ? 'path' : 'paths'}`
  const offered = keys ? [' · r build · f failures · q quit', ' · r f q', ''] : ['']
  const fitting = offered.find((text) => line.length + text.length < columns) ?? ''
  return style.dim(cut(line + fitting, Math.max(1, columns - 1)))
}

export function failedJobsText(events: readonly KitchenEvent[], style: Style, varies: NameFilter): string {
  const texts = events.flatMap((event) => (event.type === 'job' ? [failedJobText(event, style, varies)] : []))
  return texts.length === 0 ? 'nothing failed in the last build\n' : texts.join('')
}
