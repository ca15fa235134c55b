// `chef plan --simulate`: shows how long a build would take with different numbers of burners, as a table and as JSON
// lines.
import type { BuildForecast } from '../../inspection/build-forecast.ts'
import { count, duration, many } from '../text/amounts-text.ts'
import { type Cell, columnsText } from '../text/columns.ts'
import type { Style } from '../text/style.ts'

/** The number of jobs of the critical path that are listed. */
const listed = 12

export function forecastText(forecast: BuildForecast, { style, columns }: { style: Style; columns: number }): string {
  if (forecast.jobs === 0) return 'nothing to cook: --force forecasts a build of everything\n'
  const head = ['burners', 'time', 'speedup', 'busy'].map((text): Cell => ({ text, paint: style.bold, right: true }))
  const rows = forecast.rows.map(({ burners, ms, speedup, busy }): Cell[] => [
    { text: count(burners), right: true },
    { text: duration(ms), right: true, paint: style.green },
    { text: speedup.toFixed(1), right: true },
    { text: `${Math.round(busy * 100)} %`, right: true },
  ])
  const { recorded, median, guessed } = forecast.times
  const known = [
    recorded > 0 && `${count(recorded)} by their last cook`,
    median > 0 && `${count(median)} by the median of their step`,
    guessed > 0 && `${count(guessed)} guessed at ${duration(forecast.guessMs)} each`,
  ].filter((part) => part !== false)
  const lines = [
    `${style.bold(many(forecast.jobs, 'job'))} on the stove ${forecast.stove}: ${known.join(', ')}`,
    '',
    ...columnsText([head, ...rows], columns),
    '',
    `critical path ${style.bold(duration(forecast.critical.ms))}: ${pathText(forecast)}`,
  ]
  if (forecast.enough !== undefined)
    lines.push(`more than ${style.bold(many(forecast.enough, 'burner'))} would shorten it by less than 5 %`)
  return `${lines.join('\n')}\n`
}

function pathText({ critical: { jobs } }: BuildForecast): string {
  const named = jobs.slice(0, listed).map(({ id, ms }) => `${id.slice(0, id.lastIndexOf('/') + 9)} ${duration(ms)}`)
  const more = jobs.length > listed ? ` → … ${many(jobs.length - listed, 'job')} more` : ''
  return named.join(' → ') + more
}

export function* forecastLines(forecast: BuildForecast): Iterable<object> {
  const whole = Math.round
  for (const { burners, ms, speedup, busy } of forecast.rows)
    yield {
      type: 'forecast',
      burners,
      ms: whole(ms),
      speedup: whole(speedup * 100) / 100,
      busy: whole(busy * 1000) / 1000,
    }
  for (const { id, ms } of forecast.critical.jobs) yield { type: 'critical', id, ms: whole(ms) }
  const { stove, jobs, times, critical, enough } = forecast
  yield { type: 'summary', stove, jobs, criticalMs: whole(critical.ms), enough: enough ?? null, ...times }
}
