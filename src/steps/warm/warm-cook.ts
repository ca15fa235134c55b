// Cooks one ticket of a python, node or picture step in a warm process: stage, order, look at what came out.
import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { type Before, collectOutputs, lookBefore } from '../outputs.ts'
import { clearPan, type HostEnvironment, logPath, makePan } from '../pan.ts'
import { failureOf, receiptFor, unstarted } from '../receipt.ts'
import type { Receipt, Ticket } from '../../tickets/ticket.ts'
import { type Answer, faultFailure, type Order, orderFor } from './worker-messages.ts'
import { type Cooking, refusalIn } from '../process-cook.ts'
import type { IsolatedCommand } from './servers.ts'
import { lostRetries, type WarmPool, wasKilled } from './warm-pool.ts'
import type { Ending } from './warm-process.ts'

/** A process that holds so much more than after its first ticket is replaced. */
const leakBytes = 256e6

export interface WarmKitchen {
  pool: WarmPool
  hostEnvironment: HostEnvironment
  /** Tickets of which nothing is alive. */
  swept: WeakSet<Ticket>
  /** How the server of this ticket is started. */
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
  // The pid that an isolated server tells is none of ours, so its memory is looked at only when it has answered.
  const limits = { timeoutMs: ticket.timeout ?? 0, memory: isolated ? undefined : ticket.needs.mem }
  for (let lost = 0; ; ) {
    // What is isolated must be able to see the pan when it starts.
    if (isolated) makePan(ticket)
    const server = await pool.acquire(command, ticket.step)
    if (isCancelled()) {
      pool.release(server)
      return unstarted(ticket, failure('cook-cancelled', {}))
    }
    if (!isolated) makePan(ticket)
    const began = { before: lookBefore(ticket), startedAt: Date.now() }
    server.lastStep = ticket.step
    const ending = await server.cook(order, limits, cancelled)
    if ('answer' in ending) {
      const { answer } = ending
      server.baseBytes ??= answer.heldBytes
      const used = !ticket.warm || isolated || isCancelled()
      const leaks = answer.heldBytes > server.baseBytes + leakBytes
      if (answer.again || answer.retire || tookTooMuch(ticket, answer) || used || leaks) await pool.retire(server)
      else pool.release(server)
      if (answer.again) continue
      if (answer.alone) kitchen.swept.add(ticket)
      return answered(ticket, command, order, answer, began)
    }
    if (ending.why || !wasKilled(ending.exit) || lost === lostRetries)
      return ended(ticket, command, ending, began.startedAt)
    lost += 1
    clearPan(ticket.pan)
    await setImmediate()
  }
}

/** Its peak is looked at once more, because it may lie between two looks on the way. */
function tookTooMuch({ needs }: Ticket, { peakBytes }: Answer): boolean {
  return needs.mem !== undefined && peakBytes > needs.mem
}

function answered(
  ticket: Ticket,
  command: IsolatedCommand,
  order: Order,
  answer: Answer,
  { before, startedAt }: { before: Before; startedAt: number },
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
    discovered: answer.discovered.filter((path) => path !== order.origin),
    logBytes: answer.logBytes,
    warnings: command.warnings(),
  })
}

/** `sys.exit(3)` ends no warm process, and is exit 3 as it would be anywhere else. */
function exitOf(fault: Answer['fault']): number {
  const status = fault?.code === 'step-exit' ? String(fault.data.status) : ''
  return /^[1-9]\d{0,2}$/.test(status) ? Number(status) : 1
}

/** The process is gone: by our hand, or by the step's. */
function ended(
  ticket: Ticket,
  command: IsolatedCommand,
  { exit, why, usedBytes }: Extract<Ending, { exit: unknown }>,
  startedAt: number,
): Receipt {
  const seconds = (ticket.timeout ?? 0) / 1000
  const failed =
    why === 'timeout'
      ? failure('cook-timeout', { seconds })
      : why === 'memory'
        ? failure('cook-memory', { used: usedBytes ?? 0, allowed: ticket.needs.mem ?? 0 })
        : why === 'cancelled'
          ? failure('cook-cancelled', {})
          : (failureOf({ ...exit, cancelled: false }, '', ticket.pan, 0) ??
            failure('step-exit', { file: ticket.source?.file ?? '', status: '0' }))
  return receiptFor(ticket, {
    exit: exit.code,
    signal: exit.signal,
    failure: command.explain(failed),
    startedAt,
    ms: Date.now() - startedAt,
    ...(exit.peakBytes !== undefined && { peakBytes: exit.peakBytes }),
    outputs: [],
    discovered: [],
    logBytes: statSync(logPath(ticket), { throwIfNoEntry: false })?.size ?? 0,
    warnings: command.warnings(),
  })
}
