// Folds the events of a running build into what pages show. The server folds for late pages, each page for itself.
import type { Depends, JobStatus, KitchenEvent, Summary } from '../base/event.ts'
import type { Failure } from '../base/failures/failure.ts'
import type { Reason } from '../base/reason.ts'

export interface StampedEvent {
  /** Milliseconds since the epoch, by the server's clock. */
  at: number
  event: KitchenEvent
}

/** One cook on its burner. */
export interface Bar {
  job: number
  id: string
  step: string
  depends: Depends
  /** The number of the burner, from 0. Bars of one lane never overlap. */
  lane: number
  startedAt: number
  expectedMs?: number
  endedAt?: number
  status?: JobStatus
}

export interface Trouble {
  id: string
  step: string
  depends: Depends
  reason: Reason
  exit: number | null
  failure?: Failure
  command?: string
  logTail?: string
}

export interface StepProgress {
  running: number
  cooked: number
  reused: number
  failed: number
  blocked: number
  fresh: number
}

export interface Live {
  /** The command that builds, as it was typed. Undefined while nothing builds. */
  builder?: string
  startedAt: number
  todo: number
  done: number
  expectedMs?: number
  steps: { [step: string]: StepProgress }
  running: Bar[]
  /** The jobs that ended last, oldest first. */
  ended: Bar[]
  troubles: Trouble[]
  messages: string[]
  /** The summary of the last build that ended. */
  summary?: Summary
}

/** More bars than a screen can show, so that a build of a million jobs sends no more. */
const mostBars = 300
const mostTroubles = 40
const mostMessages = 40

export function beginLive(): Live {
  return { startedAt: 0, todo: 0, done: 0, steps: {}, running: [], ended: [], troubles: [], messages: [] }
}

/** Begins a build, and drops the state of the last one. */
export function beginBuild(builder: string, at: number): Live {
  return { ...beginLive(), builder, startedAt: at }
}

/** Updates the live state in place. */
export function advanceLive(live: Live, { at, event }: StampedEvent): void {
  switch (event.type) {
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
      stepOf(live, event.step)[event.status]++
      if (bar) keep(live.ended, { ...bar, endedAt: at, status: event.status }, mostBars)
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
      live.running = []
      live.builder = undefined
      live.summary = event
      for (const step of Object.values(live.steps)) step.running = 0
      return
    case 'link':
      return
  }
}

function stepOf(live: Live, step: string): StepProgress {
  live.steps[step] ??= { running: 0, cooked: 0, reused: 0, failed: 0, blocked: 0, fresh: 0 }
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

function troubleOf(event: Extract<KitchenEvent, { type: 'job' }>): Trouble {
  const { id, step, depends, reason, exit, failure, command, logTail } = event
  return { id, step, depends, reason, exit, failure, command, logTail }
}
