// The configuration of a simulated kitchen: the keys of kitchen.yml and their defaults.
import type { Failure } from '../base/failures/failure.ts'
import type { Value, ValueMap } from '../base/value.ts'
import { nearest } from '../base/suggestion.ts'
import type { Field, Shape } from '../config/schema/shape.ts'
import { conform } from '../config/schema/shape.ts'
import {
  child,
  entriesOf,
  failureAt,
  itemsOf,
  plain,
  textOf,
  type Place,
  type Tree,
} from '../config/reading/syntax-tree.ts'
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

const capacity: Shape = { kind: 'number', whole: true, least: 0 }

const shelf: Shape = {
  kind: 'either',
  of: [
    { ...capacity, describe: 'how many orders it holds' },
    {
      kind: 'fields',
      fields: {
        capacity: { ...capacity, required: true, describe: 'how many orders it holds' },
        accepts: { kind: 'list', of: { kind: 'text' }, single: true, describe: 'temperatures; default: its own name' },
        factor: { kind: 'number', least: 0, describe: 'how many times as fast orders wear here' },
        overflow: {
          kind: 'flag',
          describe: 'orders lie here only while their own shelf is full; default: of one called overflow',
        },
      },
    },
  ],
}

const fields: { [name: string]: Field } = {
  shelves: { kind: 'table', of: shelf, describe: 'name: capacity, or more' },
  decay: { kind: 'text', describe: 'a formula, or a module that exports `value`' },
  strategy: { kind: 'text', describe: 'who goes when all is full: a name, or a module that exports `choose`' },
  rate: { kind: 'number', least: 0, describe: 'orders a second' },
  couriers: {
    kind: 'fields',
    describe: 'how long they take',
    fields: { least: { kind: 'duration' }, most: { kind: 'duration' } },
  },
  seed: { kind: 'number', whole: true, least: 0, describe: 'another one gives another run' },
  until: { kind: 'duration', describe: 'when the clock stops' },
}

const kitchenShape: Shape = { kind: 'fields', fields }

/** Expects every key of the defaults in the tree. */
export function readSimulationKitchen(tree: Tree, failures: Failure[]): SimulationKitchen | undefined {
  const before = failures.length
  const fitting = conform(kitchenShape, tree, 'kitchen', failures)
  if (fitting === undefined || failures.length > before) return undefined
  const part = (name: string): Tree => {
    const found = child(fitting, name)
    if (!found) throw new Error(`the defaults of a simulated kitchen lack ${name}`)
    return found
  }
  const until = child(fitting, 'until')
  const kitchen = {
    shelves: readShelves(part('shelves'), failures),
    decay: readDecay(part('decay')),
    strategy: readStrategy(part('strategy'), failures),
    rate: Number(plain(part('rate'))),
    couriers: readCouriers(part('couriers'), failures),
    seed: Number(plain(part('seed'))),
    until: until ? Number(plain(until)) : Number.POSITIVE_INFINITY,
    places: { decay: part('decay').place, strategy: part('strategy').place },
  }
  if (kitchen.rate === 0) failures.push(failureAt('simulation-rate', {}, part('rate').place))
  return failures.length > before ? undefined : kitchen
}

function readShelves(tree: Tree, failures: Failure[]): ShelfPlan[] {
  const shelves = entriesOf(tree).map(({ key, value }): ShelfPlan => {
    const accepts = child(value, 'accepts')
    const flag = child(value, 'overflow')
    const overflow = flag ? plain(flag) === true : key === 'overflow'
    const named = itemsOf(accepts).flatMap((item) => textOf(item) ?? [])
    const factor = child(value, 'factor')
    return {
      name: key,
      accepts: accepts ? (named.includes('all') ? undefined : named) : overflow ? undefined : [key],
      capacity: Number(plain(child(value, 'capacity') ?? value)),
      factor: factor ? Number(plain(factor)) : overflow ? 2 : 1,
      overflow,
    }
  })
  if (shelves.length === 0) failures.push(failureAt('simulation-no-shelf', {}, tree.place))
  return shelves
}

const isModule = (text: string): boolean => /\.[cm]?js$/.test(text)

function readDecay(tree: Tree): SimulationKitchen['decay'] {
  const text = textOf(tree) ?? ''
  return isModule(text) ? { module: text } : { expression: text }
}

function readStrategy(tree: Tree, failures: Failure[]): SimulationKitchen['strategy'] {
  const text = textOf(tree) ?? ''
  if (isModule(text)) return { module: text }
  const found = strategyNames.find((name) => name === text)
  if (found) return found
  const known = [...strategyNames]
  failures.push(failureAt('simulation-strategy', { name: text, near: nearest(text, known), known }, tree.place))
  return 'drop-new'
}

/** With one bound given, the default of the other gives way. */
function readCouriers(tree: Tree, failures: Failure[]): SimulationKitchen['couriers'] {
  const [least, most] = ['least', 'most'].map((name) => {
    const found = child(tree, name)
    return found && Number(plain(found))
  })
  const span = { least: least ?? Math.min(2, most ?? 2), most: most ?? Math.max(10, least ?? 10) }
  if (span.least > span.most) failures.push(failureAt('simulation-couriers', span, tree.place))
  return span
}
