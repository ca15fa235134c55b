// Now: shows the current and past work of every burner, the failures with their reasons, and the remaining time.
import { useEffect, useState } from 'preact/hooks'
import { count, duration } from '../../../report/text/amounts-text.ts'
import { advance, beginProgress, estimateLeft } from '../../../report/progress.ts'
import type { Bar, Live, Trouble as FailedJob } from '../../live-build.ts'
import type { Cooked } from '../../page-protocol.ts'
import { ask, useAnswer } from '../page-queries.ts'
import { useConnection } from '../connection.ts'
import type { ViewProps } from './props.ts'
import { Heading, ItemLink, Share, Variant } from '../parts.tsx'
import { linkTo } from '../route.ts'

const laneHeight = 26
const tickMs = 200
const logMs = 500
/** The share of the time line below which a bar has no room for its name. */
const labelledShare = 0.05
/** Recorded times are rounded to milliseconds. */
const clockGrainMs = 3

export function NowView({ route, revision }: ViewProps) {
  const { live, clock } = useConnection()
  const busy = live.builder !== undefined
  const now = useNow(busy) + clock
  const { answer } = useAnswer<{ cooks: Cooked[] }>('/api/cooks', revision)
  const known = live.running.length + live.ended.length > 0
  const bars = known ? [...live.ended, ...live.running] : lanesOf(answer?.cooks ?? [])
  const { step = '' } = route.choices
  const shown = step === '' ? bars : bars.filter((bar) => bar.step === step)
  const failed = known || busy ? live.troubles : []
  return (
    <>
      <Heading title="Now">{step !== '' && <a href={linkTo('now')}>only {step}: show all</a>}</Heading>
      <Progress live={live} now={now} />
      {shown.length === 0 ? (
        <p class="faint">Nothing was cooked yet.</p>
      ) : (
        <Timeline bars={shown} now={busy ? now : lastEnd(shown)} title={known ? '' : 'What was cooked last'} />
      )}
      {live.running.length > 0 && (
        <section aria-label="Cooking">
          <h2>Cooking</h2>
          <ul class="running">
            {live.running.map((bar) => (
              <Cooking key={bar.job} bar={bar} now={now} />
            ))}
          </ul>
        </section>
      )}
      {failed.length > 0 && (
        <section aria-label="Failed">
          <h2>Failed</h2>
          {failed.map((job) => (
            <Failed key={job.id} job={job} />
          ))}
        </section>
      )}
      {live.messages.length > 0 && (
        <section aria-label="Messages">
          <h2>Messages</h2>
          <pre class="log" tabIndex={0}>
            {live.messages.join('\n')}
          </pre>
        </section>
      )}
    </>
  )
}

function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    if (!ticking) return undefined
    const timer = setInterval(() => setNow(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [ticking])
  return ticking ? Math.max(now, Date.now()) : now
}

function Progress({ live, now }: { live: Live; now: number }) {
  const { builder, done, todo, summary } = live
  if (builder === undefined && !summary) return null
  const totals = { cooked: 0, reused: 0, failed: 0, blocked: 0, fresh: 0 }
  for (const step of Object.values(live.steps))
    for (const kind of Object.keys(totals) as (keyof typeof totals)[]) totals[kind] += step[kind]
  const waiting = Math.max(0, todo - done - live.running.length)
  const parts = [
    ['cooked', totals.cooked],
    ['reused', totals.reused],
    ['failed', totals.failed],
    ['blocked', totals.blocked],
    ['running', live.running.length],
    ['waiting', builder ? waiting : 0],
  ] as const
  const words = parts.filter(([, amount]) => amount > 0).map(([kind, amount]) => `${count(amount)} ${kind}`)
  return (
    <div class="progress">
      <p>
        <code>{builder ?? 'last build'}</code>
        <span>{words.join(', ') || (builder ? 'planning' : 'all was fresh')}</span>
        <span class="faint">{builder ? leftText(live, now) : summary ? `took ${duration(summary.ms)}` : ''}</span>
      </p>
      <Share parts={parts} total={Math.max(1, todo)} />
    </div>
  )
}

/** Uses the same estimate as the terminal. */
function leftText({ startedAt, todo, done, expectedMs }: Live, now: number): string {
  const progress = beginProgress(startedAt)
  advance(progress, { type: 'plan', jobs: todo, fresh: 0, stale: todo, maybe: 0, expectedMs }, startedAt)
  const left = estimateLeft({ ...progress, done }, now)
  return left === undefined ? '' : `about ${duration(left)} left`
}

/** Shows the log of a running job. Only an open one is queried. */
function Cooking({ bar, now }: { bar: Bar; now: number }) {
  const [isOpen, setOpen] = useState(false)
  const [log, setLog] = useState('')
  useEffect(() => {
    if (!isOpen) return undefined
    const stop = new AbortController()
    const look = (): void => {
      ask<{ log?: string }>(`/api/cooking/${bar.id.split('/').map(encodeURIComponent).join('/')}`, stop.signal).then(
        (answer) => setLog(answer.log ?? ''),
        () => undefined,
      )
    }
    look()
    const timer = setInterval(look, logMs)
    return () => {
      clearInterval(timer)
      stop.abort()
    }
  }, [isOpen, bar.id])
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {bar.step} <Variant depends={bar.depends} without={[bar.step]} />{' '}
          <span class="faint">{duration(Math.max(0, now - bar.startedAt))}</span>
        </summary>
        <pre class="log" tabIndex={0}>
          {log || 'It has said nothing yet.'}
        </pre>
      </details>
    </li>
  )
}

/** Recorded cooks have times but no burners, so they are distributed over lanes here. */
function lanesOf(cooks: readonly Cooked[]): Bar[] {
  const freeAt: number[] = []
  return cooks.map(({ id, step, depends, startedAt, ms, ok }, job) => {
    const endedAt = startedAt + ms
    let lane = freeAt.findIndex((at) => at <= startedAt + clockGrainMs)
    if (lane < 0) lane = freeAt.length
    freeAt[lane] = endedAt
    return { job, id, step, depends, lane, startedAt, endedAt, status: ok ? 'cooked' : 'failed' }
  })
}

const lastEnd = (bars: readonly Bar[]): number => Math.max(...bars.map((bar) => bar.endedAt ?? bar.startedAt))

function Timeline({ bars, now, title }: { bars: readonly Bar[]; now: number; title: string }) {
  const begin = Math.min(...bars.map((bar) => bar.startedAt))
  const whole = Math.max(1, now - begin)
  const lanes = Math.max(...bars.map((bar) => bar.lane)) + 1
  const share = (ms: number): string => `${(Math.max(0, ms) / whole) * 100}%`
  return (
    <section aria-label="Burners">
      {title !== '' && <h2>{title}</h2>}
      <div class="burners" style={{ height: `${lanes * laneHeight}px` }}>
        {bars.map((bar) => (
          <a
            key={`${bar.job} ${bar.startedAt}`}
            class={`bar ${bar.status ?? 'running'}`}
            href={linkTo('item', bar.id)}
            aria-label={`${bar.step}, ${bar.status ?? 'cooking'}, ${duration((bar.endedAt ?? now) - bar.startedAt)}`}
            title={`${bar.step} ${Object.entries(bar.depends)
              .map(([name, value]) => `${name}=${String(value)}`)
              .join(' ')}`}
            style={{
              top: `${bar.lane * laneHeight}px`,
              left: share(bar.startedAt - begin),
              width: share((bar.endedAt ?? now) - bar.startedAt),
            }}
          >
            {((bar.endedAt ?? now) - bar.startedAt) / whole > labelledShare ? bar.step : ''}
          </a>
        ))}
      </div>
      <p class="scale faint">
        <span>0</span>
        <span>{duration(whole / 2)}</span>
        <span>{duration(whole)}</span>
      </p>
    </section>
  )
}

function Failed({ job }: { job: FailedJob }) {
  const { id, step, depends, failure, command, logTail } = job
  return (
    <article class="failure">
      <h3>
        <ItemLink id={id}>{step}</ItemLink> <Variant depends={depends} without={[step]} />
      </h3>
      <p>
        {failure?.message} <code class="faint">{failure?.code}</code>
        {failure?.hint && <span class="faint"> {failure.hint}</span>}
      </p>
      {command && (
        <p>
          <code>{command}</code>
        </p>
      )}
      {logTail && (
        <pre class="log" tabIndex={0}>
          {logTail}
        </pre>
      )}
    </article>
  )
}
