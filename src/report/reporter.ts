// The interface of every view of a running build, and the messages that all views print in the same words.
import { isAbsolute, relative } from 'node:path'
import type { KitchenEvent } from '../base/event.ts'
import { bytes, many } from './text/amounts-text.ts'
import { failureText } from './text/failure-text.ts'
import type { Style } from './text/style.ts'
import { failedJobText, loggedJobText, summaryText } from './summary.ts'
import type { NameFilter } from './text/variant-text.ts'
import { printable } from './text/width.ts'

export interface Reporter {
  event(event: KitchenEvent): void
  /** Ends all drawing. */
  close(): void
}

export interface View {
  style: Style
  /** Paths are shown relative to this folder. */
  folder: string
  varies: NameFilter
  verbose: boolean
  quiet: boolean
  /** Tells why, beyond what each view tells anyway. */
  explains?: boolean
  /** True if the reader folds lines between marks, as the log of a GitHub workflow does. */
  groups?: boolean
  write(text: string): void
}

/** Returns the text of an event that deserves a line in every view, and undefined for the others. */
export function messageText(event: KitchenEvent, view: Omit<View, 'write'>): string | undefined {
  const { style, folder, verbose } = view
  switch (event.type) {
    case 'warning':
      return failureText(event.failure, { style, folder, verbose, kind: 'warning' })
    case 'job':
      if (event.status === 'failed') return failedJobText(event, style, view.varies)
      return event.log ? loggedJobText(event, view) : undefined
    case 'undeclared-read':
      return view.explains ? undeclaredText(event, view) : undefined
    case 'waiting':
      if (view.quiet) return undefined
      return `waiting for another chef: process ${event.pid} (${printable(event.command)})\n`
    case 'room':
      if (view.quiet || event.dropped === 0) return undefined
      return `made room in the fridge: dropped ${many(event.dropped, 'thing')} of earlier builds, ${bytes(event.freed)}\n`
    case 'link':
      return view.quiet ? undefined : linkText(event, view)
    case 'summary':
      return view.quiet ? undefined : summaryText(event, style)
    default:
      return undefined
  }
}

function undeclaredText(
  { step, path, more }: Extract<KitchenEvent, { type: 'undeclared-read' }>,
  { style }: Omit<View, 'write'>,
): string {
  const others = more > 0 ? ` (and ${many(more, 'other path')})` : ''
  return `${style.bold(printable(step))} reads ${printable(path)}, which nobody declared${others}\n`
}

function linkText(event: Extract<KitchenEvent, { type: 'link' }>, view: Omit<View, 'write'>): string | undefined {
  if (event.action === 'laid' && !view.verbose) return undefined
  const path = isAbsolute(event.path) ? relative(view.folder, event.path) : event.path
  const why = event.why ? `: ${printable(event.why)}` : ''
  const paint = { laid: view.style.dim, mended: view.style.yellow, removed: view.style.dim, kept: view.style.yellow }
  return `${paint[event.action](event.action)} ${printable(path)}${why}\n`
}
