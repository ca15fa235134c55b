// Sorts the cooks that the fridge remembers into the builds that made them, each with its time line.
import type { BuildNote, Depends } from '../../base/event.ts'
import { mergeBars, type EndedBar } from './bars.ts'

/** A cook that the fridge remembers. */
export interface RememberedCook {
  id: string
  step: string
  depends: Depends
  startedAt: number
  ms: number
  ok: boolean
}

export interface BuildRun {
  startedAt: number
  endedAt: number
  /** The command, if this page's server saw the build. */
  command?: string
  /** Undefined for cooks of a command that wrote no summary: it was killed, or it is no build. */
  note?: BuildNote
  lanes: number
  cooks: number
  bars: EndedBar[]
}

/** A build that this server started or was told of. `endedAt` is missing while it runs. */
export interface SeenBuild {
  command: string
  startedAt: number
  endedAt?: number
}

const mostRuns = 8
/** More bars than a screen has room for. */
const mostBars = 500
/** Milliseconds without any cook that part two runs of which no build knows. */
const partingMs = 10_000
/** Milliseconds by which the clocks of a cook and of its build's note may disagree. */
const clockGrainMs = 60

/** Returns the latest runs, the latest first. */
export function buildRuns(
  cooks: readonly RememberedCook[],
  notes: readonly BuildNote[],
  seen: readonly SeenBuild[],
): BuildRun[] {
  const spans = notes
    .slice(0, 4 * mostRuns)
    .map((note): Span => ({ note, from: note.at - note.ms - clockGrainMs, cooks: [] }))
  const others: RememberedCook[] = []
  for (const cook of cooks) {
    const span = spans.find(
      ({ note, from }) => cook.startedAt >= from && cook.startedAt <= (note?.at ?? 0) + clockGrainMs,
    )
    ;(span?.cooks ?? others).push(cook)
  }
  return [...spans, ...parted(others)]
    .map((span) => runOf(span, seen))
    .sort((one, other) => other.startedAt - one.startedAt)
    .slice(0, mostRuns)
}

interface Span {
  note?: BuildNote
  from: number
  cooks: RememberedCook[]
}

function parted(cooks: readonly RememberedCook[]): Span[] {
  const spans: Span[] = []
  let until = Number.NEGATIVE_INFINITY
  for (const cook of cooks.toSorted((one, other) => one.startedAt - other.startedAt)) {
    const last = spans.at(-1)
    if (last && cook.startedAt - until <= partingMs) last.cooks.push(cook)
    else spans.push({ from: cook.startedAt, cooks: [cook] })
    until = Math.max(until, cook.startedAt + cook.ms)
  }
  return spans
}

function runOf({ note, from, cooks }: Span, seen: readonly SeenBuild[]): BuildRun {
  const bars = laneBars(cooks)
  const startedAt = note ? note.at - note.ms : from
  const endedAt = Math.max(note?.at ?? 0, ...bars.map((bar) => bar.endedAt))
  const own = seen.find(
    (build) => build.startedAt <= endedAt && (build.endedAt ?? Number.POSITIVE_INFINITY) >= endedAt - clockGrainMs,
  )
  return {
    startedAt,
    endedAt,
    ...(own && { command: own.command }),
    ...(note && { note }),
    lanes: Math.max(0, ...bars.map(({ lane }) => lane + 1)),
    cooks: bars.length,
    bars: mergeBars(bars, mostBars),
  }
}

/** Receipts are rounded to milliseconds. */
const receiptGrainMs = 3

/** Remembered cooks have times but no burners, so each takes the first lane that is free. */
function laneBars(cooks: readonly RememberedCook[]): EndedBar[] {
  const freeAt: number[] = []
  return cooks
    .toSorted((one, other) => one.startedAt - other.startedAt)
    .map(({ id, step, depends, startedAt, ms, ok }, job) => {
      const endedAt = startedAt + ms
      let lane = freeAt.findIndex((at) => at <= startedAt + receiptGrainMs)
      if (lane < 0) lane = freeAt.length
      freeAt[lane] = endedAt
      return { job, id, step, depends, lane, startedAt, endedAt, status: ok ? 'cooked' : 'failed' }
    })
}
