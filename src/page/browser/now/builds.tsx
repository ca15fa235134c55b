// Builds: the latest ones, each told apart from the others, with what came of it and its time line.
import type { ComponentChildren } from 'preact'
import { ago, count, duration } from '../../../report/text/amounts-text.ts'
import type { BuildRun } from '../../now/build-runs.ts'
import type { Live } from '../../live-build.ts'
import type { Overview } from '../../page-protocol.ts'
import { varyingNames } from '../parameters.ts'
import { Share } from '../parts.tsx'
import { Timeline } from './timeline.tsx'

const kinds = ['cooked', 'reused', 'failed', 'blocked', 'stopped', 'cancelled'] as const

type Counts = { [kind in (typeof kinds)[number]]?: number }

/** `live` is a build that this page heard of from start to end, so it knows what was stopped as well. */
export function Builds({
  runs,
  live,
  now,
  step,
  overview,
}: {
  runs: readonly BuildRun[]
  live?: Live
  now: number
  /** Shows the cooks of this step only. */
  step: string
  overview: Overview
}) {
  const until = live && (live.endedAt ?? now)
  const others = runs.filter((run) => !live || run.startedAt > (until ?? 0) || run.endedAt < live.startedAt)
  const later = others.filter((run) => live && run.startedAt > live.startedAt)
  const earlier = others.filter((run) => !later.includes(run))
  return (
    <section aria-label="Builds">
      {later.map((run) => (
        <Run key={run.startedAt} run={run} now={now} step={step} overview={overview} />
      ))}
      {live && <LiveRun live={live} now={now} step={step} overview={overview} />}
      {earlier.map((run) => (
        <Run key={run.startedAt} run={run} now={now} step={step} overview={overview} />
      ))}
    </section>
  )
}

function LiveRun({ live, now, step, overview }: { live: Live; now: number; step: string; overview: Overview }) {
  const totals = liveCounts(live)
  const until = live.endedAt ?? now
  const bars = [...live.ended, ...live.running].filter((bar) => step === '' || bar.step === step)
  return (
    <article class="build-run">
      <Head
        title={live.command}
        when={live.builder === undefined ? `${ago(until, now)}, took ${duration(until - live.startedAt)}` : 'now'}
        counts={totals}
        ms={until - live.startedAt}
      />
      {bars.length > 0 && (
        <Timeline
          bars={bars}
          lanes={Math.max(...bars.map(({ lane }) => lane)) + 1}
          from={live.startedAt}
          until={until}
          names={varyingNames(overview)}
        />
      )}
    </article>
  )
}

export function liveCounts(live: Live): Counts {
  const totals: Required<Counts> = { cooked: 0, reused: 0, failed: 0, blocked: 0, stopped: 0, cancelled: 0 }
  for (const progress of Object.values(live.steps)) for (const kind of kinds) totals[kind] += progress[kind]
  return totals
}

function Run({ run, now, step, overview }: { run: BuildRun; now: number; step: string; overview: Overview }) {
  const { startedAt, endedAt, note, command, lanes, bars } = run
  const shown = bars.filter((bar) => step === '' || bar.step === step || bar.step === '')
  return (
    <article class="build-run">
      <Head
        title={command ?? (note ? 'a build of another chef' : 'cooked outside of any finished build')}
        isOther={command === undefined}
        when={`${ago(endedAt, now)}, took ${duration(endedAt - startedAt)}`}
        counts={note ?? { cooked: bars.reduce((sum, { cooks = 1 }) => sum + cooks, 0) }}
        ms={endedAt - startedAt}
      />
      {shown.length > 0 && (
        <Timeline bars={shown} lanes={lanes} from={startedAt} until={endedAt} names={varyingNames(overview)} />
      )}
      {note && note.cooked > run.cooks && (
        <p class="faint">{count(note.cooked - run.cooks)} of its cooks were replaced by later ones.</p>
      )}
    </article>
  )
}

function Head({
  title,
  when,
  counts,
  ms,
  isOther = false,
}: {
  title: ComponentChildren
  when: string
  counts: Counts
  ms: number
  isOther?: boolean
}) {
  const parts = kinds.flatMap((kind) => ((counts[kind] ?? 0) > 0 ? [[kind, counts[kind] ?? 0] as const] : []))
  return (
    <header>
      <p>
        {isOther ? <strong>{title}</strong> : <code>{title}</code>}
        <span class="faint" title={duration(ms)}>
          {when}
        </span>
        {parts.map(([kind, amount]) => (
          <span key={kind} class={`state ${kind}`}>
            {count(amount)} {kind}
          </span>
        ))}
      </p>
      <Share parts={parts} total={parts.reduce((sum, [, amount]) => sum + amount, 0)} />
    </header>
  )
}
