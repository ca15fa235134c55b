// A time line: the cooks of one build on their burners. How a bar looks says how its cook ended.
import { duration, many } from '../../../report/text/amounts-text.ts'
import type { Bar } from '../../now/bars.ts'
import { parameterText } from '../parts.tsx'
import { linkTo } from '../route.ts'

/** Pixels. */
const tallLane = 26
const lowLane = 10
/** With more burners than this, lanes are low. */
const mostTall = 8
/** The share of the time line below which a bar has no room for its name. */
const labelledShare = 0.05

export function Timeline({
  bars,
  lanes,
  from,
  until,
  names,
}: {
  bars: readonly Bar[]
  lanes: number
  from: number
  until: number
  names: readonly string[]
}) {
  const whole = Math.max(1, until - from)
  const height = lanes > mostTall ? lowLane : tallLane
  const share = (ms: number): string => `${(Math.max(0, ms) / whole) * 100}%`
  return (
    <div class={lanes > mostTall ? 'timeline low' : 'timeline'}>
      <div class="burners" style={{ height: `${lanes * height}px` }}>
        {bars.map((bar) => {
          const ms = (bar.endedAt ?? until) - bar.startedAt
          const text = barText(bar, ms, names)
          const status = bar.status ?? 'running'
          const place = { top: `${bar.lane * height}px`, left: share(bar.startedAt - from), width: share(ms) }
          const name = ms / whole > labelledShare && height === tallLane ? bar.step : ''
          return bar.cooks === undefined ? (
            <a
              key={`${bar.job} ${bar.startedAt}`}
              class={`bar ${status}`}
              href={linkTo('item', bar.id)}
              aria-label={text}
              title={text}
              style={place}
            >
              {name}
            </a>
          ) : (
            <span key={`${bar.job} ${bar.startedAt}`} class={`bar joined ${status}`} title={text} style={place}>
              {name}
              <span class="unseen">{text}</span>
            </span>
          )
        })}
      </div>
      <p class="scale faint">
        <span>0</span>
        <span>{duration(whole / 2)}</span>
        <span>{duration(whole)}</span>
      </p>
    </div>
  )
}

function barText(bar: Bar, ms: number, names: readonly string[]): string {
  const { step, depends, cooks } = bar
  const end = `${bar.status ?? 'running'}, ${duration(ms)}`
  if (cooks !== undefined) return `${many(cooks, 'cook')}${step && ` of ${step}`}, ${end}`
  const variant = names.filter((name) => name in depends).map((name) => `${name} ${parameterText(depends[name])}`)
  return `${[step, ...variant].join(' ')}, ${end}`
}
