// Reports a build in plain lines for logs and pipes: at most one line a job, and no control codes but colour where
// allowed.
import type { KitchenEvent } from '../base/event.ts'
import { count, duration, many } from './text/amounts-text.ts'
import { advance, beginProgress, estimateLeft, type Progress } from './progress.ts'
import { messageText, type Reporter, type View } from './reporter.ts'
import type { JobEvent } from './summary.ts'
import { reasonText } from './text/reason-text.ts'
import { jobText } from './text/variant-text.ts'

/** With more jobs than this, one line a second reports the progress instead of a line for each job. */
const listedJobs = 1000
const pauseMs = 1000

export interface PlainState {
  progress: Progress
  lastLineAt: number
}

export function beginPlain(now: number): PlainState {
  return { progress: beginProgress(now), lastLineAt: Number.NEGATIVE_INFINITY }
}

/** Updates the state with the event and returns the text to print for it. */
export function plainText(state: PlainState, event: KitchenEvent, now: number, view: Omit<View, 'write'>): string {
  const { progress } = state
  advance(progress, event, now)
  const message = messageText(event, view)
  if (message !== undefined) return message
  if (view.quiet) return ''
  const few = progress.todo <= listedJobs || view.verbose
  if (event.type === 'plan' && few && event.expectedMs !== undefined && event.expectedMs >= 1000) {
    return `${many(progress.todo, 'job')} to cook, about ${duration(event.expectedMs)}\n`
  }
  if (event.type !== 'job') return ''
  if (event.status === 'blocked' && !view.verbose) return ''
  if (few) return `${jobLine(event, progress, view)}\n`
  if (now - state.lastLineAt < pauseMs) return ''
  state.lastLineAt = now
  return `${paceLine(progress, now)}\n`
}

function place({ done, todo }: Progress): string {
  return `[${done}/${Math.max(done, todo)}]`
}

function jobLine(job: JobEvent, progress: Progress, { style, varies, verbose }: Omit<View, 'write'>): string {
  const paint = job.status === 'cooked' ? style.green : job.status === 'reused' ? style.cyan : style.yellow
  const time = job.status === 'cooked' ? ` (${duration(job.ms)})` : job.from ? ' (from the cache)' : ''
  const reason = verbose ? style.dim(`: ${reasonText(job.reason)}`) : ''
  return `${style.dim(place(progress))} ${paint(job.status)} ${jobText(job, varies)}${time}${reason}`
}

function paceLine(progress: Progress, now: number): string {
  const left = estimateLeft(progress, now)
  const parts = [`${place(progress)} ${count(progress.cooked)} cooked`]
  if (progress.reused > 0) parts.push(`${count(progress.reused)} reused`)
  if (progress.failed > 0) parts.push(`${count(progress.failed)} failed`)
  if (left !== undefined) parts.push(`about ${duration(left)} left`)
  return parts.join(', ')
}

export function plainReporter(view: View, clock: () => number): Reporter {
  const state = beginPlain(clock())
  return {
    event(event) {
      const text = plainText(state, event, clock(), view)
      if (text !== '') view.write(text)
    },
    close() {},
  }
}
