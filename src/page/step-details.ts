// Collects everything that the page shows of one step: source, inputs, settings, durations, failures, trace, neighbours.
import { readFileSync } from 'node:fs'
import { extname, relative } from 'node:path'
import { medianOf, sumOf } from '../base/statistics.ts'
import type { Step } from '../config/configuration.ts'
import { traceView } from '../inspection/trace-views.ts'
import type { KitchenView } from '../inspection/session-views.ts'
import type { StepTable } from '../plan/step-table.ts'
import { failureGroups } from './now/now-answer.ts'
import { waitingWork } from './now/waiting-work.ts'
import type { Durations, StepPage } from './page-protocol.ts'
import { verdictOf } from './variant-reader.ts'

const mostSource = 60_000
const mostLooks = 300
const bins = 24
/** A step without a trace in so many cooks has none. */
const mostTried = 50
const mostSlowest = 5

export function stepPage(kitchen: KitchenView, name: string): StepPage | undefined {
  const { plan, configuration } = kitchen
  const table = plan.tables.find((one) => one.step.name === name)
  if (!table) return undefined
  const { step } = table
  const counts = { jobs: table.rows, fresh: 0, stale: 0, maybe: 0, failed: 0 }
  for (let row = 0; row < table.rows; row++) counts[verdictOf(kitchen, table.job(row))]++
  const [waiting] = waitingWork(kitchen, name)
  return {
    name,
    type: step.type,
    place: `${relative(configuration.root, step.at.file)}:${step.at.line}`,
    sources: sourcesOf(kitchen, table),
    inputs: step.inputs.map(({ inner, from, field, collect }) => ({
      inner,
      from,
      field: field.join('.'),
      ...(collect !== undefined && { collects: collectText(collect) }),
    })),
    outputs: step.outputs.map(({ inner, name, keep }) => ({ inner, name, keep })),
    settings: settingsOf(step),
    varies: table.depends
      .filter((column) => column.isParameter && column.isVaried)
      .map(({ name, shelf }) => ({ name, values: shelf.items.length })),
    counts,
    ...(waiting && { waiting }),
    failures: failureGroups(kitchen, name),
    ...durationsOf(kitchen, table),
    ...traceOf(kitchen, table),
    before: makersOf(kitchen, table),
    behind: plan.tables.filter((one) => makersOf(kitchen, one).includes(name)).map((one) => one.step.name),
  }
}

function makersOf({ plan }: KitchenView, { step }: StepTable): string[] {
  return [...new Set(step.inputs.flatMap(({ from }) => plan.results.get(from)?.table.step.name ?? []))]
}

const collectText = (collect: NonNullable<Step['inputs'][number]['collect']>): string =>
  collect === 'all' ? 'all' : typeof collect === 'string' ? collect : JSON.stringify(collect)

const languages: { [extension: string]: StepPage['sources'][number]['language'] } = {
  '.sh': 'shell',
  '.bash': 'shell',
  '.py': 'python',
  '.json': 'data',
  '.yml': 'data',
}

function sourcesOf({ shelves }: KitchenView, { step }: StepTable): StepPage['sources'] {
  const { command, settings } = step
  if (command !== undefined) {
    const text = typeof command === 'string' ? command : command.join('\n')
    return [{ label: 'command', text, language: 'shell' }]
  }
  const files =
    shelves.get(step.name)?.items.flatMap(({ content, label }) => (content ? [{ content, label }] : [])) ?? []
  if (files.length === 0 && Object.keys(settings).length > 0)
    return [{ label: 'settings', text: JSON.stringify(settings, null, 2), language: 'data' }]
  return files.map(({ content, label }) => ({
    label,
    text: textOf(content.path),
    language: languages[extname(label)] ?? 'script',
  }))
}

/** The file may have gone since the kitchen was read. */
function textOf(path: string | undefined): string {
  if (path === undefined) return ''
  try {
    const text = readFileSync(path, 'utf8')
    return text.length > mostSource ? `${text.slice(0, mostSource)}\n…` : text
  } catch {
    return ''
  }
}

/** The settings that a cheffile may give to any step, where they are not the defaults. */
function settingsOf(step: Step): StepPage['settings'] {
  const { needs, only, exclude, tools, timeout, retries, isolate, trace, pool, warm, depfile, place, env } = step
  const { burners, ...otherNeeds } = needs
  const written: [name: string, value: unknown, isUsual: boolean][] = [
    ['at', place, place === 'pan'],
    ['needs', { ...otherNeeds, ...burners }, Object.keys(otherNeeds).length + Object.keys(burners).length === 0],
    ['timeout', timeout, timeout === undefined],
    ['retries', retries, retries === 0],
    ['only', only, only.length === 0],
    ['exclude', exclude, exclude.length === 0],
    ['env', env.map(variableText).join(', '), env.length === 0],
    ['tools', tools.join(', '), tools.length === 0],
    ['isolate', isolate, isolate === false],
    ['trace', trace, trace === undefined],
    ['pool', pool, pool === undefined],
    ['warm', warm, warm],
    ['depfile', depfile, depfile === undefined],
  ]
  return written
    .filter(([, , isUsual]) => !isUsual)
    .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) }))
}

const variableText = ({ name, value, counts }: Step['env'][number]): string =>
  `${name}${value === undefined ? '' : `=${value}`}${counts ? '' : ' (does not count)'}`

function durationsOf({ verdicts }: KitchenView, table: StepTable): { durations?: Durations } {
  const known = Array.from(table, (row) => ({ row, ms: verdicts.priorMs(row.job) }))
    .flatMap(({ row, ms }) => (ms === undefined ? [] : [{ row, ms }]))
    .sort((one, other) => other.ms - one.ms)
  const [slowest, fastest] = [known[0], known.at(-1)]
  const times = known.map(({ ms }) => ms)
  const median = medianOf(times)
  if (!slowest || !fastest || median === undefined) return {}
  const counts = new Array<number>(bins).fill(0)
  const least = Math.log(Math.max(1, fastest.ms))
  const width = Math.max(1e-9, Math.log(Math.max(1, slowest.ms)) - least)
  for (const ms of times) {
    const bin = Math.min(bins - 1, Math.floor(((Math.log(Math.max(1, ms)) - least) / width) * bins))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return {
    durations: {
      bins: counts,
      least: fastest.ms,
      median,
      most: slowest.ms,
      sum: sumOf(times),
      slowest: known.slice(0, mostSlowest).map(({ row, ms }) => ({ id: row.id, depends: row.parameters(), ms })),
    },
  }
}

/** The trace of the first job that has one: the others of a step look for much the same. */
function traceOf(kitchen: KitchenView, table: StepTable): { trace?: StepPage['trace'] } {
  for (let row = 0; row < Math.min(table.rows, mostTried); row++) {
    const { id, record } = table.at(row)
    const action = kitchen.fridge.items.find(table.step.name, record)?.action
    const trace = action && traceView(kitchen, action)
    if (!trace) continue
    const { own, system, unobserved } = trace
    return {
      trace: {
        id,
        looks: own.slice(0, mostLooks).map(({ kind, path }) => ({ kind, path })),
        own: own.length,
        system: system.length,
        ...(unobserved !== undefined && { unobserved }),
      },
    }
  }
  return {}
}
