// Decides what a receipt comes to: results in the fridge, or a failure, also of a cook that went well.
import { relative } from 'node:path'
import { failure } from '../base/failures/failure.ts'
import { readFailure } from '../base/failures/written-failure.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { JobRow } from '../plan/step-table.ts'
import { acceptFailure, acceptServed, commandOf, type Cooked, logTail, type Served } from './receipt-storage.ts'
import { changedMeanwhile, discoveries, type Surveyor } from './midrun-changes.ts'
import type { Ending } from './job-events.ts'

/** Of a failed cook the fridge keeps an action too; nothing of one that cannot be believed. */
export type Taken = { served: Served } | { failed: Ending; action?: number }

export function takeIn(
  cooked: Cooked,
  row: JobRow,
  { fridge, surveyor }: { fridge: Fridge; surveyor: Surveyor },
): Taken {
  const { ticket, receipt } = cooked
  const { ms, exit, ok, log } = receipt
  fridge.begin()
  const moved = ok ? changedMeanwhile(row, receipt, surveyor) : undefined
  if (moved !== undefined)
    return { failed: { ms, exit, failure: failure('input-changed', { path: relative(surveyor.root, moved) }) } }
  if (!ok) {
    // Read before the fridge takes the log away.
    const tail = log && logTail(log.path, log.bytes)
    const action = acceptFailure(fridge, cooked)
    return { action, failed: { ms, exit, failure: readFailure(receipt), command: commandOf(ticket), logTail: tail } }
  }
  try {
    return { served: acceptServed(fridge, row.step, cooked, discoveries(receipt, surveyor)) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { failed: { ms, exit, failure: failure('outputs-not-kept', { why }) } }
  }
}
