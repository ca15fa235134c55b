// Folds the events of a build into its progress, which every view of a running build reads.
import type { Depends, KitchenEvent, Summary } from '../base/event.ts'

export interface RunningJob {
  job: number
  step: string
  depends: Depends
  startedAt: number
  expectedMs?: number
}

export interface Progress {
  startedAt: number
  /** The number of jobs that were not fresh when the build began. */
  todo: number
  done: number
  cooked: number
  reused: number
  failed: number
  blocked: number
  running: Map<number, RunningJob>
  expectedMs?: number
  summary?: Summary
}

export function beginProgress(now: number): Progress {
  return { startedAt: now, todo: 0, done: 0, cooked: 0, reused: 0, failed: 0, blocked: 0, running: new Map() }
}

/** Changes the progress in place, because a build may emit a million events. */
export function advance(progress: Progress, event: KitchenEvent, now: number): void {
  switch (event.type) {
    case 'plan':
      progress.startedAt = now
      progress.todo = event.stale + event.maybe
      progress.expectedMs = event.expectedMs
      return
    case 'grown':
      progress.todo += event.todo
      return
    case 'start':
      progress.running.set(event.job, {
        job: event.job,
        step: event.step,
        depends: event.depends,
        startedAt: now,
        expectedMs: event.expectedMs,
      })
      return
    case 'job':
      progress.running.delete(event.job)
      progress.done++
      progress[event.status]++
      return
    case 'fresh':
      progress.running.delete(event.job)
      progress.done++
      return
    case 'later':
      progress.running.delete(event.job)
      return
    case 'summary':
      progress.running.clear()
      progress.summary = event
      return
    case 'warning':
    case 'link':
    case 'waiting':
      return
  }
}

/**
 * Estimates the remaining milliseconds. Returns undefined while there is nothing to judge by. It trusts recorded
 * times at first, and the pace of this build more and more.
 */
export function estimateLeft(progress: Progress, now: number): number | undefined {
  const { todo, done, expectedMs } = progress
  if (todo === 0 || done >= todo) return undefined
  const elapsed = now - progress.startedAt
  const share = done / todo
  const pace = done >= 3 && elapsed >= 500 ? (elapsed / done) * (todo - done) : undefined
  if (expectedMs === undefined) return pace
  const recorded = done === 0 ? Math.max(0, expectedMs - elapsed) : expectedMs * (1 - share)
  return pace === undefined ? recorded : recorded * (1 - share) + pace * share
}
