// Turns a receipt into results in the fridge or into a failure. A cook that went well can still fail here.
import { relative, resolve } from 'node:path'
import { type Failure, failure } from '../base/failures/failure.ts'
import { readFailure, writtenFailure } from '../base/failures/written-failure.ts'
import type { UndeclaredNote } from '../fridge/action-store.ts'
import type { Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { JobRow } from '../plan/step-table.ts'
import {
  acceptFailure,
  acceptKept,
  commandOf,
  type Cooked,
  keepOutputs,
  logTail,
  type Served,
} from './receipt-storage.ts'
import { cookTrace, type Undeclared } from './cook-trace.ts'
import { piecesIn } from '../sources/pieces.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { changedMeanwhile, type Surveyor } from './midrun-changes.ts'
import type { Ending } from './job-events.ts'

/** Of a failed cook the fridge keeps an action too; nothing of one that cannot be believed. */
export type Taken =
  | {
      served: Served
      own: string
      warnings: string[]
      undeclared: Undeclared
      unobserved?: { refused: boolean; why: string }
    }
  | { failed: Ending; action?: number }
  /** A file changed while the cook read it, so its results are of neither content. */
  | { changed: string }

interface Evaluation {
  fridge: Fridge
  surveyor: Surveyor
  staysAt: (path: string) => boolean
  isOthers: (path: string) => boolean
  /** `options.maxPieces` */
  maxPieces: number
}

export function evaluateReceipt(
  cooked: Cooked,
  row: JobRow,
  { fridge, surveyor, staysAt, isOthers, maxPieces }: Evaluation,
): Taken {
  const { ticket, receipt } = cooked
  const { ms, exit, ok, log } = receipt
  fridge.begin()
  const moved = ok ? changedMeanwhile(row, receipt, surveyor) : undefined
  if (moved !== undefined) return { changed: relative(surveyor.root, moved) }
  if (!ok) {
    // Read before the fridge takes the log away.
    const tail = log && logTail(log.path, log.bytes)
    const action = acceptFailure(fridge, cooked)
    return { action, failed: { ms, exit, failure: readFailure(receipt), command: commandOf(ticket), logTail: tail } }
  }
  try {
    const traced = cookTrace(cooked, row, surveyor)
    if (traced.kind === 'changed') return { changed: relative(surveyor.root, traced.path) }
    const { undeclared, unobserved } = traced
    const surplus = undeclared.reads.length + undeclared.writes.length
    if (ticket.trace === 'strict' && surplus > 0)
      return { failed: { ms, exit, failure: failure('trace-undeclared', undeclared), command: commandOf(ticket) } }
    const kept = keepOutputs(fridge, row.step, cooked, { staysAt, isOthers, read: traced.trace.own })
    const unfit = unfitPour(fridge.objects, row.step, kept.outputs, maxPieces)
    if (unfit) {
      const action = acceptFailure(fridge, { ...cooked, receipt: { ...receipt, ok: false, ...writtenFailure(unfit) } })
      return { action, failed: { ms, exit, failure: unfit, command: commandOf(ticket) } }
    }
    const warnings = ticket.trace === 'check' ? undeclaredWarnings(undeclared, surveyor.root) : []
    return {
      served: acceptKept(fridge, cooked, kept, {
        trace: traced.trace,
        unobserved,
        undeclared: undeclaredNote(undeclared, ticket, receipt),
      }),
      own: traced.trace.own,
      warnings,
      undeclared,
      ...(unobserved && { unobserved }),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { failed: { ms, exit, failure: failure('outputs-not-kept', { why }) } }
  }
}

/** Finds what is wrong with what a step pours: nothing of such a cook can be used. */
function unfitPour(
  objects: Fridge['objects'],
  { name: step, outputs, pours }: Step,
  made: Served['outputs'],
  most: number,
): Failure | undefined {
  for (const pour of pours) {
    const content = made[outputs.findIndex(({ inner }) => inner === pour.from)]?.name
    const pieces = content && piecesIn(objects, content, { step, pour, most })
    if (pieces && 'code' in pieces) return pieces
  }
  return undefined
}

/** Only what the trace does not say. */
function undeclaredNote(
  { reads, writes, unread }: Undeclared,
  { trace }: Ticket,
  { discovered }: Receipt,
): UndeclaredNote | undefined {
  const isTrace = trace !== 'check' && discovered.length === 0
  if (isTrace && writes.length + unread.length === 0) return undefined
  return {
    ...(!isTrace && { reads }),
    ...(writes.length > 0 && { writes }),
    ...(unread.length > 0 && { unread }),
  }
}

export function undeclaredWarnings({ reads, writes, unread }: Undeclared, root: string): string[] {
  return [
    ...reads.map((path) => failure('trace-read', { path: resolve(root, path) }).message),
    ...writes.map((path) => failure('trace-write', { path: resolve(root, path) }).message),
    ...unread.map((name) => failure('trace-unread', { name }).message),
  ]
}
