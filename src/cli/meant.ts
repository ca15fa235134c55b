// What is meant by what was typed and by the environment: decided here, once, and handed down as data.
import { resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { isMap, type Value } from '../base/value.ts'
import type { LoadRequest } from '../config/reading/load-configuration.ts'
import { isFolderAt } from '../files/path-kind.ts'
import type { Arrangement } from '../tables/arrange.ts'
import { linkedSections } from './flags.ts'
import { arrangementMeant, type PlotMeant, plotMeant } from './meant-table.ts'
import { type SimulationWish, simulationMeant } from './meant-simulation.ts'
import type { Typed } from './typed.ts'

export interface Environment {
  variables: { [name: string]: string | undefined }
  /** The folder that chef was called in. */
  folder: string
}

export interface Meant {
  arguments: string[]
  /** The command after `--`. */
  following: string[]
  /** Where the cheffile is looked for, absolute. Paths are shown relative to the folder that chef was called in. */
  folder: string
  load: Omit<LoadRequest, 'cpus'>
  narrow: { name: string; values: Value[]; texts?: string[] }[]
  json: boolean
  quiet: boolean
  verbose: boolean
  dryRun: boolean
  keepGoing: boolean
  force: boolean
  explain: boolean
  wait: boolean
  links: boolean
  poll: boolean
  sizes: boolean
  repair: boolean
  list: boolean
  /** From 0 to 1: how much is cooked again. */
  recook?: number
  stale: boolean
  failed: boolean
  schema: boolean
  graph?: string
  keys: boolean
  /** A build is forecast with each of these numbers of burners. */
  simulate?: { burners: number[]; stove?: string }
  /** Absolute: what another machine planned. */
  against?: string
  /** Where events of a build are written to, or read from: an absolute path or the number of an open file. */
  events?: string
  serve: boolean
  open: boolean
  port?: number
  /** Absolute. */
  profile?: string
  /** Absolute. */
  report?: string
  csv: boolean
  markdown: boolean
  /** Absolute. */
  parquet?: string
  /** How a table is sorted, grouped and cut. */
  arrangement: Arrangement
  /** Absolute: where tickets are written. */
  tickets?: string
  plot: PlotMeant
  simulation: SimulationWish
}

/** Whether a stream may be coloured: what was typed, then FORCE_COLOR, then NO_COLOR, then whether it is a terminal. */
export function allowsColour(
  when: string | undefined,
  variables: Environment['variables'],
  isTerminal: boolean,
): boolean {
  if (when === 'always') return true
  if (when === 'never') return false
  const forced = variables.FORCE_COLOR
  if (forced !== undefined && forced !== '') return !['0', 'false', 'never'].includes(forced)
  if (variables.NO_COLOR) return false
  return isTerminal && variables.TERM !== 'dumb'
}

export async function meantBy(typed: Typed, environment: Environment): Promise<Meant> {
  const { arguments: given, following, values, switches } = typed
  const last = (name: string): string | undefined => values.get(name)?.at(-1)
  const on = (name: string): boolean => switches.get(name) ?? false
  const directory = last('directory')
  const folder = resolve(environment.folder, directory ?? '')
  const pathOf = (name: string): string | undefined => {
    const path = last(name)
    return path && resolve(environment.folder, path)
  }
  return {
    arguments: given,
    following,
    folder,
    load: {
      folder,
      cheffile: last('cheffile'),
      upwards: directory === undefined,
      linked: Object.fromEntries(
        linkedSections.flatMap((section) => {
          const file = last(`${section}file`)
          return file === undefined ? [] : [[section, file]]
        }),
      ),
      settings: fixedSettings(on('simulate') ? undefined : last('burners'), last('logs')),
      free: (values.get('option') ?? []).map((text) => ({ text })),
      fridgePath: environment.variables.CHEF_FRIDGE
        ? resolve(environment.folder, environment.variables.CHEF_FRIDGE)
        : undefined,
    },
    narrow: await narrowings(values.get('narrow') ?? []),
    json: on('json'),
    quiet: on('quiet'),
    verbose: on('verbose'),
    dryRun: on('dry-run'),
    keepGoing: on('keep-going'),
    force: on('force'),
    explain: on('explain'),
    wait: switches.get('wait') ?? true,
    links: on('links'),
    poll: on('poll'),
    sizes: on('sizes'),
    repair: on('repair'),
    list: on('list'),
    recook: shareOf(last('recook')),
    stale: on('stale'),
    failed: on('failed'),
    schema: on('schema'),
    graph: last('graph'),
    keys: on('keys'),
    simulate: on('simulate') ? simulation(last('burners'), last('stove')) : undefined,
    against: pathOf('against'),
    profile: pathOf('profile'),
    report: pathOf('report'),
    csv: on('csv'),
    markdown: on('markdown'),
    parquet: pathOf('parquet'),
    arrangement: arrangementMeant(typed),
    tickets: pathOf('tickets'),
    plot: plotMeant(typed, environment.folder),
    events: eventsPlace(last('events'), environment.folder),
    serve: on('serve'),
    open: on('open'),
    port: portNumber(last('port')),
    simulation: simulationMeant(typed),
  }
}

export function checkFolder(folder: string): void {
  if (!isFolderAt(folder)) throw new Refusal([failure('folder-missing', { folder })])
}

const usualBurners = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

function simulation(burners: string | undefined, stove: string | undefined): Meant['simulate'] {
  if (burners !== undefined && !/^[1-9]\d{0,5}(,[1-9]\d{0,5})*$/.test(burners))
    throw new Refusal([
      failure('flag-value-wrong', { flag: '--burners', value: burners, wanted: 'numbers as in 1,2,4' }),
    ])
  const numbers = burners?.split(',').map(Number) ?? usualBurners
  return { burners: [...new Set(numbers)].sort((one, other) => one - other), ...(stove && { stove }) }
}

function fixedSettings(burners: string | undefined, logs: string | undefined): LoadRequest['settings'] {
  const settings: LoadRequest['settings'] = []
  if (burners !== undefined) {
    if (!/^[1-9]\d{0,5}$/.test(burners)) {
      throw new Refusal([
        failure('flag-value-wrong', { flag: '--burners', value: burners, wanted: 'a number from 1 on' }),
      ])
    }
    settings.push({ path: 'kitchen.burners', value: Number(burners), argument: `-j ${burners}` })
  }
  if (logs !== undefined) settings.push({ path: 'options.logs', value: logs, argument: `--logs ${logs}` })
  return settings
}

function eventsPlace(text: string | undefined, folder: string): string | undefined {
  return text === undefined || /^\d+$/.test(text) ? text : resolve(folder, text)
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new Refusal([
      failure('flag-value-wrong', { flag: '--port', value: text, wanted: 'a number from 0 to 65535' }),
    ])
  return port
}

/** `10%` as 0.1. */
function shareOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const percent = /^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1]
  if (percent === undefined || Number(percent) <= 0 || Number(percent) > 100)
    throw new Refusal([failure('flag-value-wrong', { flag: '--recook', value: text, wanted: 'a share up to 100%' })])
  return Number(percent) / 100
}

/** `-f` given twice for one name names more of its variants. */
async function narrowings(texts: string[]): Promise<Meant['narrow']> {
  const found = new Map<string, { values: Value[]; texts: string[] }>()
  for (const text of texts) {
    const equals = text.indexOf('=')
    const pieces = splitValues(text.slice(equals + 1))
    if (equals < 1 || pieces.some((piece) => piece === '')) throw new Refusal([failure('narrow-malformed', { text })])
    const name = text.slice(0, equals)
    const { values, texts } = found.get(name) ?? { values: [], texts: [] }
    for (const piece of pieces) values.push(await typedValue(piece))
    found.set(name, { values, texts: [...texts, ...pieces] })
  }
  // `1.10` is a number for a flavour of numbers, and a text for one of versions.
  return [...found].map(([name, { values, texts }]) =>
    values.some((value, at) => typeof value === 'number' && String(value) !== texts[at])
      ? { name, values, texts }
      : { name, values },
  )
}

/** At commas that stand in no bracket and no quotes: `{w: 1, h: 2},{w: 3, h: 4}` are two values. */
export function splitValues(text: string): string[] {
  const pieces = ['']
  let depth = 0
  let quote = ''
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote
    else if ((character === '"' || character === "'") && (depth > 0 || pieces.at(-1) === '')) quote = character
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (character === ',' && depth <= 0 && quote === '') pieces.push('')
    else pieces[pieces.length - 1] += character
  }
  return pieces.map((piece) => piece.trim())
}

async function typedValue(text: string): Promise<Value> {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (!/^[{["']/.test(text)) return text
  const { parse } = await import('yaml')
  try {
    const value = parse(text) as Value
    return isMap(value) || Array.isArray(value) || typeof value === 'string' ? value : text
  } catch {
    return text
  }
}
