// `chef plan --simulate`: how long a build would take with so many burners, as a table and as lines of JSON.
import type { BuildForecast } from '../../inspection/build-forecast.ts'
import { count, duration, many } from '../text/amounts-text.ts'
import { type Cell, columnsText } from '../text/columns.ts'
import type { Style } from '../text/style.ts'

/** So many jobs of the critical path are named. */
const listed = 12

export function forecastText(told: BuildForecast, { style, columns }: { style: Style; columns: number }): string {
  if (told.jobs === 0) return 'nothing to cook: --force forecasts a build of everything\n'
  const head = ['burners', 'time', 'speedup', 'busy'].map((text): Cell => ({ text, paint: style.bold, right: true }))
  const rows = told.rows.map(({ burners, ms, speedup, busy }): Cell[] => [
    { text: count(burners), right: true },
    { text: duration(ms), right: true, paint: style.green },
    { text: speedup.toFixed(1), right: true },
    { text: `${Math.round(busy * 100)} %`, right: true },
  ])
  const { recorded, median, guessed } = told.times
  const known = [
    recorded > 0 && `${count(recorded)} by their last cook`,
    median > 0 && `${count(median)} by the median of their step`,
    guessed > 0 && `${count(guessed)} guessed at ${duration(told.guessMs)} each`,
  ].filter((part) => part !== false)
  const lines = [
    `${style.bold(many(told.jobs, 'job'))} on the stove ${told.stove}: ${known.join(', ')}`,
    '',
    ...columnsText([head, ...rows], columns),
    '',
    `critical path ${style.bold(duration(told.critical.ms))}: ${pathText(told)}`,
  ]
  if (told.enough !== undefined)
    lines.push(`more than ${style.bold(many(told.enough, 'burner'))} would shorten it by less than 5 %`)
  return `${lines.join('\n')}\n`
}

function pathText({ critical: { jobs } }: BuildForecast): string {
  const named = jobs.slice(0, listed).map(({ id, ms }) => `${id.slice(0, id.lastIndexOf('/') + 9)} ${duration(ms)}`)
  const more = jobs.length > listed ? ` → … ${many(jobs.length - listed, 'job')} more` : ''
  return named.join(' → ') + more
}

export function* forecastLines(told: BuildForecast): Iterable<object> {
  const whole = Math.round
  for (const { burners, ms, speedup, busy } of told.rows)
    yield {
      type: 'forecast',
      burners,
      ms: whole(ms),
      speedup: whole(speedup * 100) / 100,
      busy: whole(busy * 1000) / 1000,
    }
  for (const { id, ms } of told.critical.jobs) yield { type: 'critical', id, ms: whole(ms) }
  const { stove, jobs, times, critical, enough } = told
  yield { type: 'summary', stove, jobs, criticalMs: whole(critical.ms), enough: enough ?? null, ...times }
}
