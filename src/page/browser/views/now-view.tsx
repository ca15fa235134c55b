// Now: opens on the answer. What failed and why, what cooks and says, what waits, and what the latest builds cooked.
import { useEffect, useRef, useState } from 'preact/hooks'
import { count, duration } from '../../../report/text/amounts-text.ts'
import { advance, beginProgress, estimateLeft } from '../../../report/progress.ts'
import type { Live } from '../../live-build.ts'
import { groupFailures, mergeGroups } from '../../now/failure-groups.ts'
import type { RunningCook } from '../../now/running-cooks.ts'
import type { Holder, NowPage, Overview, RunsPage } from '../../page-protocol.ts'
import { type Connection, useConnection } from '../connection.ts'
import { Doing } from '../doing.tsx'
import { Builds, liveCounts } from '../now/builds.tsx'
import { Failures } from '../now/failures.tsx'
import { Running, type ShownCook } from '../now/running.tsx'
import { Waiting } from '../now/waiting.tsx'
import { useAnswer, usePolled } from '../page-queries.ts'
import { Heading, Share, Trouble } from '../parts.tsx'
import { linkTo } from '../route.ts'
import type { ViewProps } from './props.ts'

const tickMs = 200
const linesMs = 500
const shownJobs = 24

export function NowView({ route, revision, overview }: ViewProps) {
  const connection = useConnection()
  const { live, clock, holder } = connection
  const busy = live.builder !== undefined
  const now = useNow(busy || holder !== undefined) + clock
  const { answer, trouble } = useAnswer<NowPage>('/api/now', revision)
  // Reading what the fridge remembers takes long, so it waits for the end of a build.
  const { answer: past } = useAnswer<RunsPage>('/api/runs', useHeld(revision, busy || holder !== undefined))
  const { answer: lines } = usePolled<{ cooks: RunningCook[] }>('/api/running', busy || holder !== undefined, linesMs)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the kitchen</p>
  const { step = '' } = route.choices
  const failures = failuresNow(answer, connection)
  const running = runningNow(live, lines?.cooks ?? [])
  const waiting = busy ? [] : answer.waiting
  return (
    <>
      <Heading title="Now">{step !== '' && <a href={linkTo('now')}>only {step}: show all</a>}</Heading>
      <Answer
        live={live}
        holder={holder}
        now={now}
        overview={overview}
        failed={failures.reduce((sum, group) => sum + group.total, 0)}
        blocked={answer.waiting.reduce((sum, one) => sum + blockedIn(one), 0)}
      />
      {failures.length > 0 && <Failures groups={failures} overview={overview} />}
      {running.length > 0 && <Running cooks={running} now={now} overview={overview} />}
      {waiting.length > 0 && <Waiting steps={waiting} burners={answer.burners} />}
      {live.messages.length > 0 && (
        <section aria-label="Messages">
          <h2>Messages</h2>
          <pre class="log" tabIndex={0}>
            {live.messages.join('\n')}
          </pre>
        </section>
      )}
      {past?.runs.length === 0 && live.command === '' && <p class="faint">Nothing was cooked yet.</p>}
      <Builds
        runs={past?.runs ?? []}
        live={live.command === '' ? undefined : live}
        now={now}
        step={step}
        overview={overview}
      />
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
  return Math.max(now, Date.now())
}

/** Keeps a value while `isHeld`. */
function useHeld(value: number, isHeld: boolean): number {
  const kept = useRef(value)
  if (!isHeld) kept.current = value
  return kept.current
}

/** Until the kitchen is read again, only the events know what failed in the build. */
function failuresNow({ failures }: NowPage, { live, isSettled }: Connection) {
  if (isSettled || live.command === '') return failures
  const mended = new Set(live.ended.filter(({ status }) => status === 'cooked').map(({ id }) => id))
  const before = failures.flatMap((group) => {
    const jobs = group.jobs.filter(({ id }) => !mended.has(id))
    return jobs.length === 0 ? [] : [{ ...group, jobs, total: group.total - group.jobs.length + jobs.length }]
  })
  return mergeGroups(before, groupFailures(live.troubles, shownJobs))
}

function runningNow(live: Live, cooks: readonly RunningCook[]): ShownCook[] {
  const lines = new Map(cooks.map(({ id, line }) => [id, line]))
  if (live.builder === undefined) return [...cooks]
  return live.running.map((bar) => ({ ...bar, line: lines.get(bar.id) }))
}

const blockedIn = ({ reasons }: NowPage['waiting'][number]): number =>
  reasons.filter(({ why }) => why.startsWith('blocked')).reduce((sum, { jobs }) => sum + jobs, 0)

function Answer({
  live,
  holder,
  now,
  overview,
  failed,
  blocked,
}: {
  live: Live
  holder?: Holder
  now: number
  overview: Overview
  failed: number
  blocked: number
}) {
  const { fresh, jobs } = overview.counts
  const waiting = Math.max(0, jobs - fresh - failed - blocked)
  if (live.builder !== undefined) return <Progress live={live} now={now} />
  const parts = [
    ['failed', failed],
    ['blocked', blocked],
    ['waiting', waiting],
    ['fresh', fresh],
  ] as const
  return (
    <div class="progress" aria-live="polite">
      {holder && (
        <p class="another">
          <strong>Another chef works here:</strong> <code>{holder.command}</code>
          <span class="faint">
            process {holder.pid}, for {duration(Math.max(0, now - holder.since))}
          </span>
        </p>
      )}
      <p class="answer">
        {failed > 0 ? (
          <strong class="state failed">{count(failed)} failed</strong>
        ) : waiting + blocked > 0 ? (
          <strong class="state stale">{count(waiting + blocked)} to cook</strong>
        ) : (
          <strong class="state fresh">
            {jobs === 0 ? 'There is nothing to cook.' : `All ${count(jobs)} are fresh.`}
          </strong>
        )}
        {failed > 0 && blocked > 0 && <span>{count(blocked)} blocked by them</span>}
        {failed > 0 && waiting > 0 && <span>{count(waiting)} to cook</span>}
        {fresh > 0 && fresh < jobs && <span class="faint">{count(fresh)} fresh</span>}
      </p>
      <Share parts={parts} total={jobs} />
      <p class="ways">{jobs > fresh && <Doing wish={{}}>Cook all</Doing>}</p>
    </div>
  )
}

function Progress({ live, now }: { live: Live; now: number }) {
  const { builder, done, todo } = live
  const totals = liveCounts(live)
  const parts = [
    ['cooked', totals.cooked ?? 0],
    ['reused', totals.reused ?? 0],
    ['failed', totals.failed ?? 0],
    ['blocked', totals.blocked ?? 0],
    ['running', live.running.length],
    ['waiting', Math.max(0, todo - done - live.running.length)],
  ] as const
  return (
    <div class="progress">
      <p class="answer">
        <strong>{todo === 0 ? 'Planning' : `Cooking, ${count(done)} of ${count(Math.max(todo, done))} done`}</strong>
        <span class="faint">{leftText(live, now)}</span>
      </p>
      <Share parts={parts} total={Math.max(1, todo)} />
      <p>
        <code>{builder}</code>
        {parts
          .filter(([, amount]) => amount > 0)
          .map(([kind, amount]) => (
            <span key={kind} class={`state ${kind}`}>
              {count(amount)} {kind}
            </span>
          ))}
      </p>
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
