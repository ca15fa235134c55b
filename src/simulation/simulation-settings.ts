// The configuration of a simulated kitchen: the keys of kitchen.yml and their defaults.
import type { Failure } from '../base/failures/failure.ts'
import type { Value, ValueMap } from '../base/value.ts'
import { nearest } from '../base/suggestion.ts'
import type { Origin, Place, PlacedText } from '../config/origin.ts'
import { failureAt, type Tree } from '../config/reading/syntax-tree.ts'
import { conform } from '../config/schema/conform.ts'
import type { Shape, TypeOf } from '../config/schema/shape.ts'
import { type ShelfPlan, type StrategyName, strategyNames } from '../racks/racks.ts'

/** A file of the user's that exports a function. */
export interface Module {
  module: string
}

export interface SimulationKitchen {
  shelves: ShelfPlan[]
  decay: { expression: string } | Module
  strategy: StrategyName | Module
  /** Orders a second, if no times are recorded. */
  rate: number
  /** Seconds that couriers take, any time between the two. */
  couriers: { least: number; most: number }
  seed: number
  /** The time at which the clock stops. Infinity runs to the last order. */
  until: number
  /** The places of these settings in the files, for failures and for relative paths. */
  places: { decay: Place; strategy: Place }
}

const ownShelf = (name: string): Value => ({ accepts: [name], capacity: 15, factor: 1 })

/** Stands as it would in a file. The file and the arguments override it. */
export const defaultKitchen: ValueMap = {
  shelves: {
    hot: ownShelf('hot'),
    cold: ownShelf('cold'),
    frozen: ownShelf('frozen'),
    overflow: { capacity: 20, factor: 2, overflow: true },
  },
  decay: 'shelfLife - age - decayRate * age * factor',
  strategy: 'drop-new',
  rate: 3.25,
  couriers: { least: 2, most: 10 },
  seed: 1,
}

const shelf = {
  kind: 'fields',
  short: { key: 'capacity' },
  fields: {
    capacity: { kind: 'number', whole: true, least: 0, required: true, describe: 'how many orders it holds' },
    accepts: { kind: 'list', of: { kind: 'text' }, single: true, describe: 'temperatures; default: its own name' },
    factor: { kind: 'number', least: 0, describe: 'how many times as fast orders wear here' },
    overflow: {
      kind: 'flag',
      describe: 'orders lie here only while their own shelf is full; default: of one called overflow',
    },
  },
} as const satisfies Shape

/** Every key of the defaults is there. */
const kitchenShape = {
  kind: 'fields',
  fields: {
    shelves: { kind: 'table', of: shelf, placed: true, required: true, describe: 'name: capacity, or more' },
    decay: { kind: 'text', placed: true, required: true, describe: 'a formula, or a module that exports `value`' },
    strategy: {
      kind: 'text',
      placed: true,
      required: true,
      describe: 'who goes when all is full: a name, or a module that exports `choose`',
    },
    rate: { kind: 'number', least: 0, required: true, describe: 'orders a second' },
    couriers: {
      kind: 'fields',
      required: true,
      describe: 'how long they take',
      fields: { least: { kind: 'duration' }, most: { kind: 'duration' } },
    },
    seed: { kind: 'number', whole: true, least: 0, required: true, describe: 'another one gives another run' },
    until: { kind: 'duration', describe: 'when the clock stops' },
  },
} as const satisfies Shape

type Written = TypeOf<typeof kitchenShape>

export function readSimulationKitchen(tree: Tree, failures: Failure[]): SimulationKitchen | undefined {
  const before = failures.length
  const origins = new Map<string, Origin>()
  const written = conform(kitchenShape, tree, 'kitchen', { failures, origins })
  if (written === undefined || failures.length > before) return undefined
  const { shelves, decay, strategy, rate, couriers, seed, until = Number.POSITIVE_INFINITY } = written
  const at = (key: keyof Written): { origin: Origin } => ({
    origin: origins.get(`kitchen.${key}`) ?? tree.place.origin,
  })
  if (shelves.length === 0) failures.push(failureAt('simulation-no-shelf', {}, at('shelves')))
  const chosen = readStrategy(strategy, failures)
  const span = spanOf(couriers)
  if (span.least > span.most) failures.push(failureAt('simulation-couriers', span, at('couriers')))
  if (rate === 0) failures.push(failureAt('simulation-rate', {}, at('rate')))
  if (failures.length > before) return undefined
  return {
    shelves: shelves.map(readShelf),
    decay: isModule(decay.text) ? { module: decay.text } : { expression: decay.text },
    strategy: chosen,
    rate,
    couriers: span,
    seed,
    until,
    places: { decay: decay.place, strategy: strategy.place },
  }
}

function readShelf({ key: name, value }: Written['shelves'][number]): ShelfPlan {
  const { capacity, accepts, overflow = name === 'overflow', factor = overflow ? 2 : 1 } = value
  const everything = accepts === undefined ? overflow : accepts.includes('all')
  return { name, accepts: everything ? undefined : (accepts ?? [name]), capacity, factor, overflow }
}

const isModule = (text: string): boolean => /\.[cm]?js$/.test(text)

function readStrategy({ text, place }: PlacedText, failures: Failure[]): SimulationKitchen['strategy'] {
  if (isModule(text)) return { module: text }
  const found = strategyNames.find((name) => name === text)
  if (found) return found
  const known = [...strategyNames]
  failures.push(failureAt('simulation-strategy', { name: text, near: nearest(text, known), known }, place))
  return 'drop-new'
}

/** With one bound given, the default of the other gives way. */
function spanOf({ least, most }: Written['couriers']): SimulationKitchen['couriers'] {
  return { least: least ?? Math.min(2, most ?? 2), most: most ?? Math.max(10, least ?? 10) }
}
