// The live view of a build: messages scroll by above, while a few lines below are redrawn.
import type { KitchenEvent } from '../base/event.ts'
import { count, duration } from './text/amounts-text.ts'
import { advance, beginProgress, estimateLeft, type Progress, type RunningJob } from './progress.ts'
import { messageText, type Reporter, type View } from './reporter.ts'
import type { Style } from './text/style.ts'
import type { JobEvent } from './summary.ts'
import { reasonText } from './text/reason-text.ts'
import { jobText, type NameFilter, variantText } from './text/variant-text.ts'
import { cut, padStart, widthOf } from './text/width.ts'

const redrawMs = 50
/** Redraws this often, in milliseconds, to advance the times of running jobs. */
const tickMs = 200
const mostRunning = 12

export interface Size {
  columns: number
  rows: number
}

/** The clock, and the view's way to word jobs. */
interface FrameStyle {
  now: number
  style: Style
  varies: NameFilter
}

/** Returns the lines of the live region, each at most `columns - 1` wide without its colours. */
export function frame(progress: Progress, size: Size, view: FrameStyle): string[] {
  if (progress.todo === 0 || progress.summary) return []
  const columns = Math.max(10, size.columns - 1)
  const room = Math.max(0, Math.min(mostRunning, size.rows - 3))
  const running = [...progress.running.values()].sort((a, b) => a.startedAt - b.startedAt)
  const shown = running.length > room ? running.slice(0, Math.max(0, room - 1)) : running
  const { style } = view
  const lines = shown.map((job) => runningLine(job, columns, view))
  const hidden = running.length - shown.length
  if (hidden > 0 && room > 0) lines.push(style.dim(cut(`  … and ${count(hidden)} more`, columns)))
  lines.push(barLine(progress, columns, view))
  return lines
}

function runningLine(job: RunningJob, columns: number, { now, style, varies }: FrameStyle): string {
  const elapsed = now - job.startedAt
  const time =
    job.expectedMs !== undefined && job.expectedMs >= 1000
      ? `${duration(elapsed)} of ${duration(job.expectedMs)}`
      : duration(elapsed)
  const timeWidth = Math.max(8, widthOf(time))
  const left = columns - timeWidth - 3
  if (left < 8) return cut(`  ${job.step} ${time}`, columns)
  const step = cut(job.step, left)
  const variant = cut(variantText(job.depends, varies), Math.max(0, left - widthOf(step) - 1))
  const gap = ' '.repeat(left - widthOf(step) - widthOf(variant))
  const named = variant === '' ? `${style.bold(step)}${gap}` : `${style.bold(step)} ${variant}${gap.slice(1)}`
  return `  ${named} ${style.dim(padStart(time, timeWidth))}`
}

function barLine(progress: Progress, columns: number, { now, style }: FrameStyle): string {
  const { todo, done, failed } = progress
  const left = estimateLeft(progress, now)
  const parts = [`${count(done)}/${count(todo)}`, `${count(Math.max(0, todo - done))} left`]
  if (failed > 0) parts.push(`${count(failed)} failed`)
  if (left !== undefined) parts.push(`about ${duration(left)}`)
  let text = parts.join(', ')
  const width = Math.min(40, columns - widthOf(text) - 4)
  if (width < 8) return cut(`  ${text}`, columns)
  const filled = Math.min(width, Math.floor((done / todo) * width))
  const paint = failed > 0 ? style.red : style.green
  if (failed > 0) text = text.replace(/\d[\d,]* failed/, (found) => style.red(found))
  return `  ${paint('━'.repeat(filled))}${style.dim('─'.repeat(width - filled))} ${text}`
}

/** With --verbose every job leaves a line. */
function finishedLine(job: JobEvent, columns: number, style: Style, varies: NameFilter): string {
  const paint = job.status === 'cooked' ? style.green : job.status === 'reused' ? style.cyan : style.yellow
  const time = job.status === 'cooked' ? ` (${duration(job.ms)})` : ''
  const room = columns - widthOf(job.status) - 2
  return `${paint(job.status)} ${cut(`${jobText(job, varies)}${time}: ${reasonText(job.reason)}`, room)}\n`
}

const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')

/** A few lines at the end of a terminal that are erased and redrawn, while other text is printed above them. */
export class LiveRegion {
  #widths: number[] = []
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Prints `above` for good and redraws the region with `lines`. `columns` is the current width of the terminal. */
  draw(lines: string[], columns: number, above = ''): void {
    const erase = this.#erasing(columns)
    this.#widths = lines.map((line) => widthOf(line.replace(colours, '')))
    const drawn = lines.map((line) => `${line}\n`).join('')
    if (erase !== '' || above !== '' || drawn !== '') this.#write(erase + above + drawn)
  }

  /** A terminal that became narrower has wrapped the old lines, so they take more rows than were drawn. */
  #erasing(columns: number): string {
    if (this.#widths.length === 0) return ''
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / Math.max(1, columns))), 0)
    return `\x1b[${rows}A\r\x1b[J`
  }
}

export function terminalReporter(view: View, size: () => Size, clock: () => number): Reporter {
  const progress = beginProgress(clock())
  const region = new LiveRegion(view.write)
  let above = ''
  let drawnAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  const draw = (): void => {
    clearTimeout(timer)
    timer = undefined
    drawnAt = clock()
    const now = size()
    region.draw(frame(progress, now, { ...view, now: drawnAt }), now.columns, above)
    above = ''
    if (progress.running.size > 0) later(tickMs)
  }
  const later = (ms: number): void => {
    timer = setTimeout(draw, ms)
    timer.unref()
  }
  return {
    event(event: KitchenEvent) {
      const now = clock()
      advance(progress, event, now)
      above += messageText(event, view) ?? ''
      if (event.type === 'job' && view.verbose && event.status !== 'failed' && !event.log) {
        above += finishedLine(event, size().columns, view.style, view.varies)
      }
      const wait = drawnAt + redrawMs - now
      if (wait <= 0 || event.type === 'summary' || event.type === 'waiting') return draw()
      clearTimeout(timer)
      later(wait)
    },
    close() {
      clearTimeout(timer)
      region.draw([], size().columns, above)
      above = ''
    },
  }
}
