// Records when each job ran as a Chrome trace, with one lane for each of the jobs that ran at the same time.
import type { KitchenEvent } from '../base/event.ts'
import { reasonText } from './text/reason-text.ts'
import { jobText } from './text/variant-text.ts'

export interface TraceEvent {
  name: string
  cat: string
  ph: 'X'
  /** Microseconds since the build began. */
  ts: number
  dur: number
  pid: 1
  tid: number
  args: { id: string; status: string; reason: string; exit: number | null }
}

export interface Profile {
  readonly traced: readonly TraceEvent[]
  event(event: KitchenEvent, now: number): void
  text(): string
}

export function beginProfile(): Profile {
  const traced: TraceEvent[] = []
  const running = new Map<number, { lane: number; at: number }>()
  const lanes = new Set<number>()
  let begun: number | undefined
  return {
    traced,
    event(event, now) {
      begun ??= now
      if (event.type === 'start') {
        let lane = 1
        while (lanes.has(lane)) lane++
        lanes.add(lane)
        running.set(event.job, { lane, at: now })
      }
      if (event.type === 'fresh' || event.type === 'job') {
        const ran = running.get(event.job)
        if (!ran) return
        running.delete(event.job)
        lanes.delete(ran.lane)
        if (event.type === 'fresh') return
        const { step, depends, id, status, reason, exit } = event
        const ts = (ran.at - begun) * 1000
        const dur = Math.max(1, (now - ran.at) * 1000)
        traced.push({
          name: jobText({ step, depends }),
          cat: step,
          ph: 'X',
          ts,
          dur,
          pid: 1,
          tid: ran.lane,
          args: { id, status, reason: reasonText(reason), exit },
        })
      }
    },
    text() {
      return `${JSON.stringify({ traceEvents: traced, displayTimeUnit: 'ms' })}\n`
    },
  }
}
