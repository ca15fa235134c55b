// History: the builds of this kitchen, with what each cooked, reused and saved.
import { ago, count, duration, many } from '../../../report/text/amounts-text.ts'
import type { HistoryPage } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import type { ViewProps } from './props.ts'
import { Heading, Share, Trouble } from '../parts.tsx'

const shownBars = 60

export function HistoryView({ revision }: ViewProps) {
  const { answer, trouble } = useAnswer<HistoryPage>('/api/history', revision)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the history</p>
  const { builds } = answer
  if (builds.length === 0) return <p class="faint">Nothing was built yet.</p>
  const longest = Math.max(1, ...builds.slice(0, shownBars).map(({ ms }) => ms))
  const saved = builds.reduce((sum, { savedMs }) => sum + savedMs, 0)
  return (
    <>
      <Heading title="History">
        <span class="faint">
          {many(builds.length, 'build')}, {duration(saved)} of cooking saved
        </span>
      </Heading>
      <div class="durations" aria-hidden="true">
        {builds
          .slice(0, shownBars)
          .reverse()
          .map(({ at, ms, failed }) => (
            <span
              key={at}
              class={failed > 0 ? 'failed' : ''}
              style={{ height: `${Math.max(2, (ms / longest) * 100)}%` }}
            />
          ))}
      </div>
      <div class="table" role="region" aria-label="Builds" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {['when', 'what'].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              {['cooked', 'reused', 'fresh', 'failed', 'blocked', 'took', 'saved'].map((head) => (
                <th key={head} scope="col" class="right">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {builds.map(({ at, ms, jobs, fresh, cooked, reused, failed, blocked, savedMs }) => (
              <tr key={at} class="built">
                <td title={new Date(at).toLocaleString()}>{ago(at, Date.now())}</td>
                <td class="parts">
                  <Share
                    parts={[
                      ['cooked', cooked],
                      ['reused', reused],
                      ['failed', failed],
                      ['blocked', blocked],
                      ['waiting', fresh],
                    ]}
                    total={jobs}
                  />
                </td>
                <td class="right">{amount(cooked)}</td>
                <td class="right">{amount(reused)}</td>
                <td class="right faint">{amount(fresh)}</td>
                <td class={failed > 0 ? 'right state failed' : 'right'}>{amount(failed)}</td>
                <td class="right">{amount(blocked)}</td>
                <td class="right">{duration(ms)}</td>
                <td class="right faint">{savedMs > 0 ? duration(savedMs) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

const amount = (value: number): string => (value === 0 ? '' : count(value))
