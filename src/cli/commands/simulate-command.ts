// chef simulate: orders through a kitchen in virtual time, with one strategy or with all.
import { resolve } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { strategyNames } from '../../racks/racks.ts'
import { jsonLine } from '../../report/json-lines.ts'
import {
  comparisonText,
  type Outcome,
  outcomeLine,
  outcomeText,
  simulationLine,
} from '../../report/commands/simulation-report.ts'
import { type PreparedKitchen, prepareKitchen } from '../../simulation/prepared-kitchen.ts'
import { type SessionRequest, loadSimulationKitchen } from '../../simulation/load-simulation.ts'
import { madeUpOrders, repeated } from '../../simulation/generated-orders.ts'
import { ordersIn } from '../../simulation/orders-file.ts'
import type { SimulatedOrder } from '../../simulation/simulated-order.ts'
import { type Simulation, startSimulation } from '../../simulation/simulation.ts'
import type { Context, Run } from '../context.ts'
import { checkFolder } from '../meant.ts'

/** Milliseconds between two looks at whether its reader has caught up, or has gone. */
const longestSlice = 20

export const simulate: Run = async (context) => {
  const { meant, out, outStyle: style } = context
  const { simulation: asked } = meant
  checkFolder(meant.folder)
  const file = meant.arguments[0] === undefined ? undefined : resolve(meant.folder, meant.arguments[0])
  const request: SessionRequest = {
    file: asked.kitchen && resolve(meant.folder, asked.kitchen),
    folder: meant.folder,
    free: meant.load.free,
    settings: asked.settings,
  }
  if (meant.serve) return (await import('../simulation-page.ts')).serveSimulation(context, { ...request, orders: file })
  if (file === undefined && asked.count === undefined) throw new Refusal([failure('simulation-orders', {})])
  const kitchen = await loadSimulationKitchen(request)
  const equipped = await prepareKitchen(kitchen)
  const orders = (): Generator<SimulatedOrder> => ordersOf(file, asked, equipped)
  const own = typeof kitchen.strategy === 'string' ? kitchen.strategy : kitchen.strategy.module
  const look = { style, columns: out.columns }
  if (!asked.compare) {
    const outcome = await run(equipped, orders(), own, context, meant.json)
    out.write(meant.json ? jsonLine(outcomeLine('summary', outcome)) : outcomeText(outcome, look))
    return 0
  }
  const compared: Outcome[] = []
  if (typeof equipped.strategy !== 'string') compared.push(await run(equipped, orders(), own, context, false))
  for (const strategy of strategyNames)
    compared.push(await run({ ...equipped, strategy }, orders(), strategy, context, false))
  if (meant.json) {
    for (const outcome of compared) out.write(jsonLine(outcomeLine('strategy', outcome)))
    out.write(jsonLine({ type: 'summary', strategies: compared.length, received: compared[0]?.received ?? 0 }))
  } else out.write(comparisonText(compared, look))
  return 0
}

function* ordersOf(
  file: string | undefined,
  { count, untimed }: Context['meant']['simulation'],
  { shelves, seed }: PreparedKitchen,
): Generator<SimulatedOrder> {
  if (file === undefined) return yield* madeUpOrders(shelves, seed, count ?? 0)
  const open = (): Iterable<SimulatedOrder> =>
    untimed ? withoutTimes(ordersIn(file, shelves)) : ordersIn(file, shelves)
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
