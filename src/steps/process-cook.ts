// Cooks one ticket in a process of its own: stages the inputs, runs the step, collects the outputs.
import { type Failure, Refusal } from '../base/failures/failure.ts'
import { readDepfile } from './depfile.ts'
import { type Isolation, isolate } from './isolation.ts'
import { collectOutputs, prepareOutputs } from './outputs.ts'
import { collectInPlace, isInPlace, prepareInPlace, type Restore } from './outputs-in-place.ts'
import { clearPan, environmentOf, type HostEnvironment, logPath, makePan } from './pan.ts'
import { type Exit, type Held, lostRetries, type Processes, type Run, type Running } from '../processes/process.ts'
import { failureOf, receiptFor, unstarted } from './receipt.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { shellArguments } from './shell.ts'

export interface Cooking {
  receipt: Promise<Receipt>
  /** Starts a cook that was held. */
  begin?: () => void
  cancel(): void
}

/** Returns the failure of a refusal while preparing or checking. Anything else is a bug, and is thrown on. */
export function refusalIn(error: unknown): Failure {
  if (error instanceof Refusal && error.failures[0]) return error.failures[0]
  throw error
}

/** bubblewrap mounts a file system of its own, in which paths mean nothing to an observer. */
export function isObserved({ trace = 'off', isolate }: Ticket): boolean {
  return trace !== 'off' && isolate !== true
}

/** A step that was started. */
interface Launch {
  running: Running
  begin: Held['begin'] | undefined
  isolation: Isolation
  argv: string[]
  before: ReturnType<typeof prepareOutputs>
  restore: Restore | undefined
  preparedAt: number
}

export function cookInProcess(ticket: Ticket, host: HostEnvironment, processes: Processes, held = false): Cooking {
  const launch = (): Launch => launchStep(ticket, host, processes, isHeld)
  let isHeld = held
  let isCancelled = false
  let launched: Launch
  try {
    launched = launch()
  } catch (error) {
    return { receipt: Promise.resolve(unstarted(ticket, refusalIn(error))), cancel: () => {} }
  }
  const cook = async (lost: number): Promise<Receipt> => {
    const exit = await launched.running.exit
    if (!exit.lost || isCancelled || lost === lostRetries) return receiptOf(ticket, exit, launched)
    launched.restore?.()
    clearPan(ticket.pan)
    launched = launch()
    return cook(lost + 1)
  }
  return {
    receipt: cook(0).catch((error: unknown) => unstarted(ticket, refusalIn(error))),
    cancel: () => {
      isCancelled = true
      launched.running.cancel()
    },
    ...(launched.begin && {
      begin: () => {
        isHeld = false
        launched.begin?.()
      },
    }),
  }
}

function launchStep(ticket: Ticket, host: HostEnvironment, processes: Processes, isHeld: boolean): Launch {
  const preparedAt = Date.now()
  makePan(ticket)
  const argv = shellArguments(ticket)
  const isolation = isolate(isObserved(ticket) ? { ...ticket, isolate: false } : ticket, argv, host)
  const before = prepareOutputs(ticket)
  const restore = isInPlace(ticket) ? prepareInPlace(ticket) : undefined
  try {
    const request: Run = {
      argv: isolation.argv,
      cwd: ticket.project ?? ticket.pan,
      env: environmentOf(ticket, host),
      log: logPath(ticket),
      timeoutMs: ticket.timeout ?? 0,
      ...(isObserved(ticket) && { observe: { hidden: [] } }),
    }
    const waiting = isHeld ? processes.hold?.(request) : undefined
    const running = waiting ?? processes.run(request)
    return { running, begin: waiting?.begin, isolation, argv, before, restore, preparedAt }
  } catch (error) {
    restore?.()
    throw error
  }
}

function receiptOf(ticket: Ticket, exit: Exit, { argv, isolation, before, restore, preparedAt }: Launch): Receipt {
  let failed = failureOf(exit, argv[0] ?? '', ticket.project ?? ticket.pan, ticket.timeout ?? 0)
  let outputs: Receipt['outputs'] = []
  let discovered: string[] = []
  if (!failed) {
    try {
      discovered = readDepfile(ticket, before, preparedAt)
      outputs = isInPlace(ticket) ? collectInPlace(ticket) : collectOutputs(ticket, before, preparedAt)
    } catch (error) {
      failed = refusalIn(error)
      outputs = []
    }
  }
  if (failed) {
    failed = isolation.explain(failed)
    restore?.()
  }
  return receiptFor(ticket, {
    exit: exit.code,
    signal: exit.signal,
    ...(failed && { failure: failed }),
    startedAt: exit.startedAt ?? preparedAt,
    ms: exit.ms,
    ...(exit.cpuMs !== undefined && { cpuMs: exit.cpuMs }),
    ...(exit.peakBytes !== undefined && { peakBytes: exit.peakBytes }),
    outputs,
    discovered,
    logBytes: exit.logBytes,
    warnings: isolation.warnings(),
    ...(exit.observation && { observation: exit.observation }),
  })
}
