// The configuration of a simulated kitchen: what may stand in kitchen.yml and what holds where nothing does.
import type { Failure } from '../base/failure.ts'
import { nearest } from '../config/near.ts'
import type { Field, Shape } from '../config/shape.ts'
import { conform } from '../config/shape.ts'
import { child, entriesOf, failureAt, itemsOf, plain, textOf, type Place, type Tree } from '../config/tree.ts'
import { type ShelfPlan, type StrategyName, strategyNames } from '../racks/racks.ts'

/** A file of the user's that exports a function. */
export interface Module {
  module: string
}

export interface SimulationKitchen {
  shelves: ShelfPlan[]
  decay: { expression: string } | Module
  strategy: StrategyName | Module
  /** Orders a second, where no times are recorded. */
  rate: number
  /** How long couriers take, in seconds: anything between. */
  couriers: { least: number; most: number }
  seed: number
  /** When the clock stops, if not with the last order. */
  until: number
  /** Where the formula was written, for what is wrong with it. */
  places: { decay?: Place | undefined; strategy?: Place | undefined }
}

export const defaultDecay = 'shelfLife - age - decayRate * age * factor'

const defaultShelves: ShelfPlan[] = [
  ...['hot', 'cold', 'frozen'].map((name) => ({ name, accepts: [name], capacity: 15, factor: 1, overflow: false })),
  { name: 'overflow', capacity: 20, factor: 2, overflow: true },
]

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
        overflow: { kind: 'flag', describe: 'orders lie here only while their own shelf is full' },
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

export const kitchenShape: Shape = { kind: 'fields', fields }

export function defaultKitchen(): SimulationKitchen {
  return {
    shelves: defaultShelves,
    decay: { expression: defaultDecay },
    strategy: 'drop-new',
    rate: 3.25,
    couriers: { least: 2, most: 10 },
    seed: 1,
    until: Number.POSITIVE_INFINITY,
    places: {},
  }
}

export function readSimulationKitchen(tree: Tree | undefined, failures: Failure[]): SimulationKitchen {
  const held = defaultKitchen()
  const fitting = tree && conform(kitchenShape, tree, 'kitchen', failures)
  if (!fitting) return held
  const number = (name: string): number | undefined => {
    const found = child(fitting, name)
    return found ? Number(plain(found)) : undefined
  }
  const [shelves, decay, strategy] = ['shelves', 'decay', 'strategy'].map((name) => child(fitting, name))
  const rate = number('rate') ?? held.rate
  if (rate === 0) failures.push(failureAt('simulation-rate', {}, child(fitting, 'rate')?.place as Place))
  return {
    shelves: shelves ? readShelves(shelves, failures) : held.shelves,
    decay: decay ? readDecay(decay) : held.decay,
    strategy: strategy ? readStrategy(strategy, failures) : held.strategy,
    rate,
    couriers: readCouriers(child(fitting, 'couriers'), held.couriers, failures),
    seed: number('seed') ?? held.seed,
    until: number('until') ?? held.until,
    places: { decay: decay?.place, strategy: strategy?.place },
  }
}

function readShelves(tree: Tree, failures: Failure[]): ShelfPlan[] {
  const shelves = entriesOf(tree).map(({ key, value }): ShelfPlan => {
    if (value.kind === 'scalar') return { name: key, accepts: [key], capacity: Number(value.value), factor: 1 }
    const given = child(value, 'accepts')
    const overflow = child(value, 'overflow')
    const isOverflow = overflow !== undefined && plain(overflow) === true
    const named = itemsOf(given).map((item) => textOf(item) as string)
    const factor = child(value, 'factor')
    return {
      name: key,
      accepts: given ? (named.includes('all') ? undefined : named) : isOverflow ? undefined : [key],
      capacity: Number(plain(child(value, 'capacity') ?? { kind: 'scalar', value: 0, place: value.place })),
      factor: factor ? Number(plain(factor)) : isOverflow ? 2 : 1,
      overflow: isOverflow,
    }
  })
  if (shelves.length === 0) failures.push(failureAt('simulation-no-shelf', {}, tree.place))
  return shelves
}

const isModule = (text: string): boolean => /\.[cm]?js$/.test(text)

function readDecay(tree: Tree): SimulationKitchen['decay'] {
  const text = textOf(tree) as string
  return isModule(text) ? { module: text } : { expression: text }
}

function readStrategy(tree: Tree, failures: Failure[]): SimulationKitchen['strategy'] {
  const text = textOf(tree) as string
  if (isModule(text)) return { module: text }
  const found = strategyNames.find((name) => name === text)
  if (found) return found
  const known = [...strategyNames]
  failures.push(failureAt('simulation-strategy', { name: text, near: nearest(text, known), known }, tree.place))
  return 'drop-new'
}

function readCouriers(
  tree: Tree | undefined,
  held: SimulationKitchen['couriers'],
  failures: Failure[],
): SimulationKitchen['couriers'] {
  if (!tree) return held
  const seconds = (name: 'least' | 'most'): number => {
    const found = child(tree, name)
    return found ? Number(plain(found)) : held[name]
  }
  const span = { least: seconds('least'), most: seconds('most') }
  if (child(tree, 'most') && !child(tree, 'least')) span.least = Math.min(span.least, span.most)
  if (child(tree, 'least') && !child(tree, 'most')) span.most = Math.max(span.least, span.most)
  if (span.least > span.most) failures.push(failureAt('simulation-couriers', span, tree.place))
  return span
}
