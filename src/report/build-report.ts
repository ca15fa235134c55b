// Renders a build as one self-contained HTML page: the plan, the times of the jobs, the failures and the results.
import type { Summary } from '../base/event.ts'
import type { StepGraph } from '../inspection/views.ts'
import { cellOf, type Table } from '../tables/table.ts'
import { bytes, count, duration, many } from './text/amounts-text.ts'
import { svgText } from './charts/graph-picture.ts'
import { colours, escapeMarkup } from './text/markup.ts'
import type { TraceEvent } from './profile.ts'
import type { JobEvent } from './summary.ts'
import { jobText, type NameFilter } from './text/variant-text.ts'
import { quietLog } from './text/width.ts'

export interface BuildReport {
  title: string
  /** The start of the build, in milliseconds since the epoch. */
  at: number
  summary?: Summary
  graph: StepGraph
  jobs: readonly JobEvent[]
  warnings: readonly string[]
  traced: readonly TraceEvent[]
  tables: { result: string; table: Table; bytes: number }[]
  varies: NameFilter
}

/** Limits of what a page can show and a person read. */
const mostRows = 200
const mostBars = 1500
const mostFailures = 100
const longestLog = 20_000

export function buildReportText(report: BuildReport): string {
  const { title, at, summary } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}: chef build</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeMarkup(title)}</h1>
<p class="quiet">${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC</p>
${summary ? tiles(summary) : '<p class="bad">The build was interrupted.</p>'}
${failures(report)}
${warnings(report)}
<h2>Plan</h2>
<div class="wide">${svgText(report.graph)}</div>
${steps(report)}
${timeline(report)}
${report.tables.length > 0 ? `<h2>Results</h2>\n${report.tables.map(resultTable).join('\n')}` : ''}
</body>
</html>
`
}

const style = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2.2rem }
.quiet { color: GrayText } .bad { color: light-dark(#b00020, #ff8080) } .good { color: light-dark(#11702f, #7fdc9a) }
.tiles { display: flex; flex-wrap: wrap; gap: .7rem } .tiles div { border: 1px solid #8886; border-radius: .5rem; padding: .4rem 1rem }
.tiles b { display: block; font-size: 1.5rem }
.wide { overflow-x: auto } .wide svg { background: #fff; border-radius: .5rem; max-width: none }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top }
th { border-bottom: 1px solid #8888 } .number { text-align: right }
pre { background: #8881; border-radius: .4rem; overflow-x: auto; padding: .6rem; white-space: pre-wrap }
details { margin: .5rem 0 } summary { cursor: pointer }
`

function tiles(summary: Summary): string {
  const { jobs, cooked, reused, fresh, failed, blocked, ms, savedMs = 0, criticalMs = 0 } = summary
  const shown: [string, string, string][] = [
    [count(jobs), jobs === 1 ? 'job' : 'jobs', ''],
    [count(cooked), 'cooked', ''],
    [count(reused), 'reused', ''],
    [count(fresh), 'fresh', 'good'],
    [count(failed), 'failed', failed > 0 ? 'bad' : ''],
    [count(blocked), 'blocked', blocked > 0 ? 'bad' : ''],
    [duration(ms), 'altogether', ''],
    ...optionalTile(savedMs, 'saved', 'good'),
    ...optionalTile(criticalMs, 'critical path', ''),
  ]
  return `<div class="tiles">${shown.map(([number, what, kind]) => `<div class="${kind}"><b>${number}</b>${what}</div>`).join('')}</div>`
}

function optionalTile(ms: number, name: string, kind: string): [string, string, string][] {
  return ms > 0 ? [[duration(ms), name, kind]] : []
}

function failures({ jobs, varies }: BuildReport): string {
  const failed = jobs.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return ''
  const shown = failed.slice(0, mostFailures).map((job) => {
    const { failure } = job
    const log = quietLog(job.log ?? job.logTail ?? '').slice(-longestLog)
    const hint = failure?.hint ? `<p>${escapeMarkup(failure.hint)}</p>` : ''
    return `<details open><summary class="bad">${escapeMarkup(jobText(job, varies))}: ${escapeMarkup(failure?.message ?? '')}</summary>${job.command ? `<pre>$ ${lines(quietLog(job.command))}</pre>` : ''}${log.trim() ? `<pre>${lines(log)}</pre>` : ''}${hint}</details>`
  })
  const more = failed.length > mostFailures ? `<p>and ${many(failed.length - mostFailures, 'more', 'more')}</p>` : ''
  return `<h2>Failures</h2>\n${shown.join('\n')}${more}`
}

/** Escapes line by line, so that line breaks survive. */
const lines = (text: string): string => text.trimEnd().split('\n').map(escapeMarkup).join('\n')

function warnings({ warnings }: BuildReport): string {
  if (warnings.length === 0) return ''
  return `<h2>Warnings</h2>\n<ul>${warnings.map((text) => `<li>${lines(text)}</li>`).join('')}</ul>`
}

function steps({ graph, jobs }: BuildReport): string {
  const rows = graph.nodes
    .filter(({ kind }) => kind === 'step')
    .map(({ name, size }) => {
      const own = jobs.filter(({ step }) => step === name)
      const cooked = own.filter(({ status }) => status === 'cooked')
      const times = cooked.map(({ ms }) => ms)
      const counts = ['cooked', 'reused', 'failed', 'blocked'].map(
        (status) => own.filter((job) => job.status === status).length,
      )
      const peak = Math.max(0, ...own.map(({ peakBytes = 0 }) => peakBytes))
      const total = times.reduce((sum, ms) => sum + ms, 0)
      const cells = [
        count(size),
        ...counts.map((amount) => (amount > 0 ? count(amount) : '')),
        total > 0 ? duration(total) : '',
        times.length > 0 ? duration(Math.max(...times)) : '',
        peak > 0 ? bytes(peak) : '',
      ]
      return `<tr><td>${escapeMarkup(name)}</td>${cells.map((cell) => `<td class="number">${cell}</td>`).join('')}</tr>`
    })
  const head = ['step', 'jobs', 'cooked', 'reused', 'failed', 'blocked', 'time', 'longest', 'memory']
  const heads = head.map((name, at) => `<th${at > 0 ? ' class="number"' : ''}>${name}</th>`).join('')
  return `<div class="wide"><table><tr>${heads}</tr>\n${rows.join('\n')}</table></div>`
}

/**
 * Draws a lane for each of the jobs that ran at the same time, and a colour for each step. Shows only the longest
 * jobs of a large build.
 */
function timeline({ traced }: BuildReport): string {
  const ran = traced.filter(({ args: { status } }) => status === 'cooked' || status === 'failed')
  if (ran.length === 0) return ''
  const shown = [...ran].sort((one, other) => other.dur - one.dur).slice(0, mostBars)
  const end = Math.max(...ran.map(({ ts, dur }) => ts + dur))
  const lanes = Math.max(...shown.map(({ tid }) => tid))
  const names = [...new Set(ran.map(({ cat }) => cat))]
  const [width, high] = [1000, 18]
  const bars = shown.map(({ name, cat, ts, dur, tid, args }) => {
    const colour = colours[names.indexOf(cat) % colours.length]
    const failed = args.status === 'failed' ? ' stroke="#b00020" stroke-width="2"' : ''
    const [x, long] = [(ts / end) * width, Math.max(1, (dur / end) * width)]
    return `<rect x="${x.toFixed(1)}" y="${(tid - 1) * high + 2}" width="${long.toFixed(1)}" height="${high - 4}" fill="${colour}"${failed}><title>${escapeMarkup(name)}, ${duration(dur / 1000)}</title></rect>`
  })
  const legend = names
    .slice(0, 24)
    .map((name, at) => `<span style="color:${colours[at % colours.length]}">■</span> ${escapeMarkup(name)}`)
  const left = ran.length - shown.length
  return `<h2>When it ran</h2>
<div class="wide"><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${lanes * high}" width="${width}" height="${lanes * high}">${bars.join('')}</svg></div>
<p class="quiet">${legend.join(' ')} · ${duration(end / 1000)}${left > 0 ? ` · the ${count(shown.length)} longest of ${count(ran.length)}` : ''}</p>`
}

function resultTable({ result, table, bytes: size }: BuildReport['tables'][number]): string {
  const isNumber = table.columns.map(({ type }) => type === 'integer' || type === 'number')
  const kind = (at: number): string => (isNumber[at] ? ' class="number"' : '')
  const rows = Array.from({ length: Math.min(table.rows, mostRows) }, (_, row) => {
    const cells = table.columns.map(
      (column, at) => `<td${kind(at)}>${escapeMarkup(shortened(String(cellOf(column, row) ?? '')))}</td>`,
    )
    return `<tr>${cells.join('')}</tr>`
  })
  const heads = table.columns.map(({ name }, at) => `<th${kind(at)}>${escapeMarkup(name)}</th>`).join('')
  const left = table.rows - rows.length
  const more = left > 0 ? `<p class="quiet">and ${many(left, 'more row')}: chef table ${escapeMarkup(result)}</p>` : ''
  return `<details${table.rows <= 40 ? ' open' : ''}><summary>${escapeMarkup(result)} <span class="quiet">${many(table.rows, 'variant')}, ${bytes(size)}</span></summary>
<div class="wide"><table><tr>${heads}</tr>
${rows.join('\n')}</table></div>${more}</details>`
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text)
