// Writes the receipt of a ticket, whether it went well or not.
import { hostname } from 'node:os'
import { type Failure, failure } from '../base/failures/failure.ts'
import { writtenFailure } from '../base/failures/written-failure.ts'
import { logPath } from './pan.ts'
import type { Observation } from '../processes/observation.ts'
import type { Exit } from '../processes/process.ts'
import { type Receipt, type Ticket, ticketVersion } from '../tickets/ticket.ts'

const host = hostname()

/** The end of a cook, whatever cooked it. */
export interface Outcome {
  exit: number | null
  signal: string | null
  failure?: Failure
  startedAt: number
  ms: number
  cpuMs?: number
  peakBytes?: number
  outputs: Receipt['outputs']
  discovered: string[]
  observation?: Observation
  logBytes: number
  warnings: string[]
}

export function receiptFor(ticket: Ticket, outcome: Outcome): Receipt {
  const { failure: failed, logBytes, ...rest } = outcome
  return {
    version: ticketVersion,
    id: ticket.id,
    key: ticket.key,
    attempt: ticket.attempt,
    ok: failed === undefined,
    ...(failed && writtenFailure(failed)),
    ...rest,
    ...(logBytes > 0 && { log: { path: logPath(ticket), bytes: logBytes } }),
    host,
  }
}

const startErrors: { [code: string]: string } = {
  ENOENT: 'not found',
  EACCES: 'permission denied',
  ENOEXEC: 'not a program',
  E2BIG: 'the command and its environment are too long',
  ENOTDIR: 'not a folder',
}

/** Finds why a process failed; undefined where it ended well. */
export function failureOf(exit: Exit, program: string, folder: string, timeoutMs: number): Failure | undefined {
  if (exit.cancelled) return failure('cook-cancelled', {})
  if (exit.startError) {
    const why = startErrors[exit.startError.error] ?? exit.startError.error
    if (exit.startError.stage === 'program') return failure('cook-start', { program, why })
    return failure('cook-folder', { folder, why })
  }
  if (exit.timedOut) return failure('cook-timeout', { seconds: timeoutMs / 1000 })
  if (exit.signal !== null) return failure('cook-signal', { signal: exit.signal })
  if (exit.code !== 0) return failure('cook-exit', { code: exit.code ?? -1 })
  return undefined
}

/** Writes the receipt of a ticket that never ran. */
export function unstarted(ticket: Ticket, why: Failure): Receipt {
  return receiptFor(ticket, {
    exit: null,
    signal: null,
    failure: why,
    startedAt: Date.now(),
    ms: 0,
    outputs: [],
    discovered: [],
    logBytes: 0,
    warnings: [],
  })
}
