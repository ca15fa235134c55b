// What a watching chef shows between builds: one line that says it is there, and the failures again when asked.
import type { KitchenEvent } from '../base/event.ts'
import { count } from './text/amounts-text.ts'
import type { Style } from './text/style.ts'
import { failedJobText } from './summary.ts'
import type { JobEvents } from './text/variant-text.ts'
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

export function failedJobsText(events: readonly KitchenEvent[], style: Style, telling: JobEvents): string {
  const texts = events.flatMap((event) => (event.type === 'job' ? [failedJobText(event, style, telling)] : []))
  return texts.length === 0 ? 'nothing failed in the last build\n' : texts.join('')
}
