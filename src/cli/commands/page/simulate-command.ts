// chef simulate: sends orders through a kitchen in virtual time, with one strategy or with all.
import { resolve } from 'node:path'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { strategyNames } from '../../../racks/racks.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import {
  comparisonText,
  type Outcome,
  outcomeLine,
  outcomeText,
  simulationLine,
} from '../../../report/commands/simulation-report.ts'
import { type PreparedKitchen, prepareKitchen } from '../../../simulation/prepared-kitchen.ts'
import { type SessionRequest, loadSimulationKitchen } from '../../../simulation/load-simulation.ts'
import { madeUpOrders, repeated } from '../../../simulation/generated-orders.ts'
import { ordersIn } from '../../../simulation/orders-file.ts'
import type { SimulatedOrder } from '../../../simulation/simulated-order.ts'
import { type Simulation, startSimulation } from '../../../simulation/simulation.ts'
import { command } from '../../arguments/command.ts'
import { flag, wholeFrom } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import { openFlag, portFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { checkFolder } from '../../kitchen/open-from-arguments.ts'

/** Milliseconds between two checks whether the reader has caught up or gone. */
const longestSlice = 20

const flags = {
  kitchen: flag.text({ value: 'FILE', summary: 'shelves, decay, couriers and all else from FILE' }),
  compare: flag.switch({ summary: 'the same orders with every strategy' }),
  strategy: flag.text({
    value: 'NAME',
    setting: 'strategy',
    summary: 'who goes when all is full: a name, or a module',
  }),
  rate: flag.number({
    value: 'N',
    wanted: 'a number above 0',
    fits: (rate) => rate > 0 && rate < Infinity,
    setting: 'rate',
    summary: 'orders a second, also where times are recorded',
  }),
  count: flag.number({
    value: 'N',
    wanted: 'a whole number from 1 on',
    fits: wholeFrom(1),
    summary: 'so many orders: made up, or those of the file again and again',
  }),
  seed: flag.number({
    value: 'N',
    wanted: 'a whole number from 0 on',
    fits: wholeFrom(0),
    setting: 'seed',
    summary: 'another seed gives another run, the same one the same',
  }),
  until: flag.text({ value: 'TIME', setting: 'until', summary: 'stop the clock there: 90, 5m' }),
  serve: flag.switch({ summary: 'show it live as a web page, with a button to start' }),
  port: portFlag,
  open: openFlag,
}
type SimulateOptions = FlagOptions<typeof flags>

export const simulate = command({
  name: 'simulate',
  summary: 'send orders through a simulated kitchen, in virtual time',
  positionals: { orders: positional.optional({ label: 'orders.json', completes: 'files' }) },
  flags,
  examples: [
    ['chef simulate day.json --kitchen k.yml', 'what is delivered, and what is wasted'],
    ['chef simulate --count 10000 --compare', 'which strategy wastes least'],
    ['chef simulate day.json --json', 'every event as a line'],
    ['chef simulate --rate 12 --serve --open', 'to look at, until Ctrl-C'],
  ],
  interrupted: () => 'interrupted',
  async run(options, context) {
    const { folder, load } = context.kitchen
    checkFolder(folder)
    const file = options.orders === undefined ? undefined : resolve(folder, options.orders)
    const request: SessionRequest = {
      file: options.kitchen && resolve(folder, options.kitchen),
      folder,
      free: load.free,
      settings: load.settings,
    }
    if (options.serve) {
      const { serveSimulation } = await import('./simulation-page.ts')
      return serveSimulation(context, { ...request, orders: file }, options)
    }
    if (file === undefined && options.count === undefined) throw new Refusal([failure('simulation-orders', {})])
    const kitchen = await loadSimulationKitchen(request)
    const prepared = await prepareKitchen(kitchen)
    const orders = (): Generator<SimulatedOrder> => ordersOf(file, options, prepared)
    const own = typeof kitchen.strategy === 'string' ? kitchen.strategy : kitchen.strategy.module
    return options.compare ? compareAll(prepared, orders, own, context) : simulateOne(prepared, orders, own, context)
  },
})

async function simulateOne(
  kitchen: PreparedKitchen,
  orders: () => Generator<SimulatedOrder>,
  strategy: string,
  context: Context,
): Promise<number> {
  const { json, out, outStyle: style } = context
  const outcome = await run(kitchen, orders(), strategy, context, json)
  out.write(json ? jsonLine(outcomeLine('summary', outcome)) : outcomeText(outcome, { style, columns: out.columns }))
  return 0
}

async function compareAll(
  kitchen: PreparedKitchen,
  orders: () => Generator<SimulatedOrder>,
  own: string,
  context: Context,
): Promise<number> {
  const { json, out, outStyle: style } = context
  const compared: Outcome[] = []
  if (typeof kitchen.strategy !== 'string') compared.push(await run(kitchen, orders(), own, context, false))
  for (const strategy of strategyNames)
    compared.push(await run({ ...kitchen, strategy }, orders(), strategy, context, false))
  if (json) {
    for (const outcome of compared) out.write(jsonLine(outcomeLine('strategy', outcome)))
    out.write(jsonLine({ type: 'summary', strategies: compared.length, received: compared[0]?.received ?? 0 }))
  } else out.write(comparisonText(compared, { style, columns: out.columns }))
  return 0
}

function* ordersOf(
  file: string | undefined,
  { count, rate }: SimulateOptions,
  { shelves, seed }: PreparedKitchen,
): Generator<SimulatedOrder> {
  if (file === undefined) return yield* madeUpOrders(shelves, seed, count ?? 0)
  const open = (): Iterable<SimulatedOrder> => {
    const orders = ordersIn(file, shelves)
    // A rate replaces recorded times.
    return rate === undefined ? orders : withoutTimes(orders)
  }
  yield* count === undefined ? open() : repeated(open, count)
}

function* withoutTimes(orders: Iterable<SimulatedOrder>): Generator<SimulatedOrder> {
  for (const order of orders) yield { ...order, at: undefined }
}

async function run(
  kitchen: PreparedKitchen,
  orders: Iterator<SimulatedOrder>,
  strategy: string,
  { out, signal }: Context,
  tell: boolean,
): Promise<Outcome> {
  const simulation = startSimulation(kitchen, orders)
  const reader = new AbortController()
  out.whenClosed(() => reader.abort())
  const write = tell
    ? (event: Parameters<typeof simulationLine>[0]) => out.write(jsonLine(simulationLine(event)))
    : undefined
  for (let slice = 60; !(simulation.ended || signal.aborted || reader.signal.aborted); ) {
    const started = performance.now()
    simulation.playTo(simulation.now + slice, write)
    slice *= performance.now() - started < longestSlice ? 2 : 0.5
    await out.drained()
  }
  return outcomeOf(simulation, strategy)
}

function outcomeOf({ counts, last }: Simulation, strategy: string): Outcome {
  return { ...counts, strategy, seconds: last }
}
