// Cooks one ticket of a python, node or picture step in a warm process: stages the inputs, sends the order, collects the outputs.
import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { Observation } from '../../processes/observation.ts'
import { type Before, collectOutputs, prepareOutputs } from '../outputs.ts'
import { clearPan, type HostEnvironment, logPath, makePan } from '../pan.ts'
import { failureOf, receiptFor, unstarted } from '../receipt.ts'
import type { Receipt, Ticket } from '../../tickets/ticket.ts'
import { type Answer, faultFailure, orderFor } from './worker-messages.ts'
import { type Cooking, refusalIn } from '../process-cook.ts'
import type { IsolatedCommand } from './servers.ts'
import { type WarmPool, wasKilled } from './warm-pool.ts'
import { lostRetries } from '../../processes/process.ts'
import type { ProcessEnding, WarmProcess } from './warm-process.ts'

/** A process that has grown by so many bytes since its first ticket is replaced. */
const leakBytes = 256e6

export interface WarmKitchen {
  pool: WarmPool
  hostEnvironment: HostEnvironment
  /** Tickets that have left no process behind. */
  swept: WeakSet<Ticket>
  /** Steps whose imports leave threads running, as far as the user has been told. */
  threaded: Set<string>
  /** Returns the command that starts a server for this ticket. */
  command(ticket: Ticket): IsolatedCommand | Promise<IsolatedCommand>
}

export function cookWarm(ticket: Ticket, kitchen: WarmKitchen): Cooking {
  let cancel = () => {}
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve
  })
  let isCancelled = false
  void cancelled.then(() => {
    isCancelled = true
  })
  const receipt = prepared(ticket, kitchen, cancelled, () => isCancelled).catch((error: unknown) =>
    unstarted(ticket, refusalIn(error)),
  )
  return { receipt, cancel }
}

async function prepared(
  ticket: Ticket,
  kitchen: WarmKitchen,
  cancelled: Promise<void>,
  isCancelled: () => boolean,
): Promise<Receipt> {
  const { pool, hostEnvironment } = kitchen
  const order = orderFor(ticket, hostEnvironment)
  const given = kitchen.command(ticket)
  const command = given instanceof Promise ? await given : given
  const isolated = ticket.isolate !== false
  // The pid of an isolated server belongs to its own namespace, so its memory is checked only when it has answered.
  const limits = { timeoutMs: ticket.timeout ?? 0, memory: isolated ? undefined : ticket.needs.mem }
  for (let lost = 0; ; ) {
    // An isolated server must see the pan when it starts.
    if (isolated) makePan(ticket)
    const server = await pool.acquire(command, ticket.step)
    if (isCancelled()) {
      pool.release(server)
      return unstarted(ticket, failure('cook-cancelled', {}))
    }
    if (!isolated) makePan(ticket)
    const began = { before: prepareOutputs(ticket), startedAt: Date.now(), origin: order.origin }
    server.lastStep = ticket.step
    const ending = await server.cook(order, limits, cancelled)
    const isSpent = !ticket.warm || isolated || isCancelled()
    if ('answer' in ending) {
      const { answer, observation } = ending
      if (answer.again || isSpent || (!command.forks && holdsOn(ticket, server, answer))) await pool.retire(server)
      else pool.release(server)
      if (answer.again) continue
      if (answer.alone) kitchen.swept.add(ticket)
      const outcome = { answer, observation: answer.escaped || answer.retire ? escaped(observation) : observation }
      const receipt = answered(ticket, command, outcome, began)
      return answer.threads ? withThreadWarning(receipt, ticket, kitchen) : receipt
    }
    // A server that forks outlives the process of an order. One that is gone has left the pool already.
    if (isSpent) await pool.retire(server)
    else pool.release(server)
    if (ending.why || !wasKilled(ending.exit) || lost === lostRetries)
      return ended(ticket, command, ending, began.startedAt)
    lost += 1
    clearPan(ticket.pan)
    await setImmediate()
  }
}

/** Something that the ticket started may live on, and look for more. */
function escaped(observation: Observation | undefined): Observation | undefined {
  return observation?.complete
    ? { complete: false, refused: false, why: 'a process of the step outlived it' }
    : observation
}

/** Warns once for each step. */
function withThreadWarning(receipt: Receipt, { step }: Ticket, { threaded }: WarmKitchen): Receipt {
  if (threaded.has(step)) return receipt
  threaded.add(step)
  return { ...receipt, warnings: [...receipt.warnings, failure('python-threads', { step }).message] }
}

/** Says whether the process keeps something of its ticket, and must not be used again. */
function holdsOn(ticket: Ticket, server: WarmProcess, answer: Answer): boolean {
  const { heldBytes = 0 } = answer
  server.baseBytes ??= heldBytes
  return (
    answer.retire === true ||
    answer.spent === true ||
    tookTooMuch(ticket, answer) ||
    heldBytes > server.baseBytes + leakBytes
  )
}

/** Checks the peak once more, because it may have lain between two looks while the step ran. */
function tookTooMuch({ needs }: Ticket, { peakBytes }: Answer): boolean {
  return needs.mem !== undefined && peakBytes > needs.mem
}

interface Start {
  before: Before
  startedAt: number
  /** The step's source, where the user keeps it. */
  origin: string
}

function answered(
  ticket: Ticket,
  command: IsolatedCommand,
  { answer, observation }: { answer: Answer; observation: Observation | undefined },
  { before, startedAt, origin }: Start,
): Receipt {
  let failed: Failure | undefined = answer.fault && faultFailure(answer.fault)
  if (tookTooMuch(ticket, answer))
    failed = failure('cook-memory', { used: answer.peakBytes, allowed: ticket.needs.mem ?? 0 })
  let outputs: Receipt['outputs'] = []
  if (!failed) {
    try {
      const named = new Map(answer.outputs.map(({ name, path }) => [name, path]))
      outputs = collectOutputs(ticket, before, startedAt, named)
    } catch (error) {
      failed = refusalIn(error)
    }
  }
  if (failed) failed = command.explain(failed)
  return receiptFor(ticket, {
    exit: failed ? exitOf(answer.fault) : 0,
    signal: null,
    ...(failed && { failure: failed }),
    startedAt,
    ms: answer.ms,
    cpuMs: answer.cpuMs,
    peakBytes: answer.peakBytes,
    outputs,
    discovered: answer.discovered.filter((path) => path !== origin),
    ...(observation && { observation }),
    logBytes: answer.logBytes,
    warnings: command.warnings(),
  })
}

/** `sys.exit(3)` does not end a warm process, but counts as exit 3 all the same. */
function exitOf(fault: Answer['fault']): number {
  const status = fault?.code === 'step-exit' ? String(fault.data.status) : ''
  return /^[1-9]\d{0,2}$/.test(status) ? Number(status) : 1
}

/** Writes the receipt of a ticket whose process is gone: chef ended it, or the step did. */
function ended(ticket: Ticket, command: IsolatedCommand, ending: ProcessEnding, startedAt: number): Receipt {
  const { exit } = ending
  return receiptFor(ticket, {
    exit: exit.code,
    signal: exit.signal,
    failure: command.explain(endingFailure(ticket, ending)),
    startedAt,
    ms: Date.now() - startedAt,
    ...(exit.peakBytes !== undefined && { peakBytes: exit.peakBytes }),
    outputs: [],
    discovered: [],
    logBytes: statSync(logPath(ticket), { throwIfNoEntry: false })?.size ?? 0,
    warnings: command.warnings(),
  })
}

function endingFailure({ timeout = 0, needs, pan, source }: Ticket, { exit, why, usedBytes }: ProcessEnding): Failure {
  switch (why) {
    case 'timeout':
      return failure('cook-timeout', { seconds: timeout / 1000 })
    case 'memory':
      return failure('cook-memory', { used: usedBytes ?? 0, allowed: needs.mem ?? 0 })
    case 'cancelled':
      return failure('cook-cancelled', {})
    case undefined:
      return (
        failureOf({ ...exit, cancelled: false }, '', pan, 0) ??
        failure('step-exit', { file: source?.file ?? '', status: '0' })
      )
  }
}
