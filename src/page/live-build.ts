// Folds the events of a running build into what pages show. The server folds for late pages, each page for itself.
import type { KitchenEvent, Summary } from '../base/event.ts'
import { type Bar, type EndedBar, endStatus, mergeBars } from './now/bars.ts'
import type { FailedJob } from './now/failure-groups.ts'

export interface StampedEvent {
  /** Milliseconds since the epoch, by the server's clock. */
  at: number
  event: KitchenEvent
}

export interface StepProgress {
  running: number
  cooked: number
  reused: number
  failed: number
  blocked: number
  /** Ended by an interruption. */
  stopped: number
  /** Left after a failure elsewhere. */
  cancelled: number
  fresh: number
}

export interface Live {
  /** The command that builds, as it was typed. Undefined while nothing builds. */
  builder?: string
  /** The command of this build, or of the last one. Empty before the first. */
  command: string
  startedAt: number
  endedAt?: number
  todo: number
  done: number
  expectedMs?: number
  steps: { [step: string]: StepProgress }
  running: Bar[]
  /** What was cooked. Short neighbours are joined, and none is dropped. */
  ended: EndedBar[]
  /** The jobs that failed last, oldest first. */
  troubles: FailedJob[]
  messages: string[]
  /** The summary of the last build that ended. */
  summary?: Summary
}

/** More bars than a screen can show, so that a build of a million jobs sends no more. */
const mostBars = 300
/** Joining takes time, so it waits until so many more have ended. */
const spareBars = 100
const mostTroubles = 200
const mostMessages = 40

export function beginLive(): Live {
  return { command: '', startedAt: 0, todo: 0, done: 0, steps: {}, running: [], ended: [], troubles: [], messages: [] }
}

/** Begins a build, and drops the state of the last one. */
export function beginBuild(builder: string, at: number): Live {
  return { ...beginLive(), builder, command: builder, startedAt: at }
}

/** Updates the live state in place. */
export function advanceLive(live: Live, { at, event }: StampedEvent): void {
  switch (event.type) {
    case 'grown':
      live.todo += event.todo
      return
    case 'plan':
      live.startedAt = at
      live.todo = event.stale + event.maybe
      live.expectedMs = event.expectedMs
      return
    case 'start': {
      const { job, id, step, depends, expectedMs } = event
      stepOf(live, step).running++
      live.running.push({ job, id, step, depends, lane: freeLane(live.running), startedAt: at, expectedMs })
      return
    }
    case 'fresh':
      leave(live, event.job)
      live.done++
      stepOf(live, event.step).fresh++
      return
    case 'job': {
      const bar = leave(live, event.job)
      live.done++
      const status = endStatus(event.status, event.reason)
      stepOf(live, event.step)[status]++
      if (bar) live.ended.push({ ...bar, endedAt: at, status })
      if (live.ended.length > mostBars + spareBars) live.ended = mergeBars(live.ended, mostBars)
      if (event.status === 'failed') keep(live.troubles, troubleOf(event), mostTroubles)
      return
    }
    case 'warning':
      keep(live.messages, event.failure.message, mostMessages)
      return
    case 'waiting':
      keep(live.messages, `waiting for another chef: process ${event.pid} (${event.command})`, mostMessages)
      return
    case 'summary':
      live.summary = event
      endLive(live, at)
      return
    case 'link':
      return
  }
}

/** The builder is gone. What still ran was ended with it. */
export function endLive(live: Live, at: number): void {
  for (const bar of live.running) live.ended.push({ ...bar, endedAt: at, status: 'stopped' })
  for (const step of Object.values(live.steps)) {
    step.stopped += step.running
    step.running = 0
  }
  live.running = []
  live.builder = undefined
  live.endedAt ??= at
}

function stepOf(live: Live, step: string): StepProgress {
  live.steps[step] ??= { running: 0, cooked: 0, reused: 0, failed: 0, blocked: 0, stopped: 0, cancelled: 0, fresh: 0 }
  return live.steps[step]
}

function leave(live: Live, job: number): Bar | undefined {
  const at = live.running.findIndex((bar) => bar.job === job)
  if (at < 0) return undefined
  const [bar] = live.running.splice(at, 1)
  if (bar) stepOf(live, bar.step).running--
  return bar
}

function freeLane(running: readonly Bar[]): number {
  let lane = 0
  while (running.some((bar) => bar.lane === lane)) lane++
  return lane
}

function keep<Item>(list: Item[], item: Item, most: number): void {
  list.push(item)
  if (list.length > most) list.shift()
}

function troubleOf({
  id,
  step,
  depends,
  failure,
  command,
  logTail,
}: Extract<KitchenEvent, { type: 'job' }>): FailedJob {
  return { id, step, depends, failure, command, logTail }
}
