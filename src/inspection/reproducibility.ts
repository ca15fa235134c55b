// Cooks jobs again whose results are known, in pans of their own, and compares: steps that make other bytes are named.
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { type ContentName, isFolder, isProgram } from '../base/content-name.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { readFailure } from '../base/failures/written-failure.ts'
import type { Depends } from '../base/event.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { listTree } from '../files/file-glob.ts'
import { Scheduler } from '../execution/scheduler.ts'
import type { Receipt, DirectExecutor, Ticket } from '../tickets/ticket.ts'
import type { JobId } from '../plan/job-id.ts'
import type { JobRow } from '../plan/step-table.ts'
import { overwritten, objectsGiven } from '../execution/input-guard.ts'
import { Pans } from '../execution/pan-allocation.ts'
import { capacityOf, takesOf } from '../execution/job-demands.ts'
import { placedItems } from '../placement/placed-results.ts'
import { ticketWriter } from '../execution/ticket-writer.ts'
import type { ResultView } from './session-views.ts'
import type { Configuration } from '../config/configuration.ts'
import type { ToolIdentities } from '../sources/tool-identity.ts'

/** The part of a session that cooking again reads. */
export interface RecookView extends ResultView {
  readonly configuration: Configuration
  readonly tools: ToolIdentities
  readonly request: { readonly environment: { readonly [name: string]: string | undefined } }
}

export interface Recooked {
  id: string
  step: string
  depends: Depends
  status: 'same' | 'different' | 'failed' | 'skipped'
  /** Results whose bytes are others now. */
  outputs: string[]
  /** Why it was skipped. */
  why?: string
  failure?: Failure
}

export interface RecookRequest {
  /** Fresh ones. */
  jobs: Iterable<JobId>
  executor: DirectExecutor
  signal: AbortSignal
  tell: (recooked: Recooked) => void
}

export async function recook(kitchen: RecookView, request: RecookRequest): Promise<void> {
  const { configuration, plan, verdicts, fridge } = kitchen
  const { executor, signal, tell } = request
  const scheduler = new Scheduler<JobId>(capacityOf(configuration, executor), new Float64Array(plan.jobs))
  for (const job of request.jobs) {
    const row = plan.at(job)
    // Its results lie where the project's own files lie.
    if (row.step.place === 'project') tell(told(row, 'skipped', 'it runs in the project'))
    else scheduler.offer(row.job, takesOf(row.step, configuration, executor))
  }
  const tickets = ticketWriter({
    configuration,
    fridge,
    contentOf: (shelf, row) => verdicts.contentOf(shelf, row),
    variable: (name) => kitchen.request.environment[name],
    toolPaths: (step) => kitchen.tools.paths(step),
    placed: placedItems({ configuration, plan }),
  })
  const pans = new Pans(fridge.folder, executor)
  const underWay = new Map<JobId, { id: string; done: Promise<void> }>()
  const cookOne = async (row: JobRow, ticket: Ticket): Promise<void> => {
    pans.ready(ticket)
    const given = objectsGiven(ticket, fridge)
    const receipt = await executor.cook(ticket)
    const wroteInto = overwritten(given, fridge)
    if (!signal.aborted)
      tell(
        wroteInto ? failed(row, failure('input-overwritten', { input: wroteInto })) : compared(kitchen, row, receipt),
      )
    pans.done(ticket, receipt)
    scheduler.release(row.job)
    underWay.delete(row.job)
  }
  const cancel = (): void => {
    for (const { id } of underWay.values()) executor.cancel(id)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      const job = signal.aborted ? undefined : scheduler.take()
      if (job !== undefined) {
        const row = plan.at(job)
        const text = verdicts.text(row.job)
        const terms = text !== undefined && { key: verdicts.key(text), attempt: 1, pan: pans.name() }
        const ticket = terms && tickets.write(row, terms)
        if (!ticket || 'lost' in ticket) {
          tell(told(row, 'skipped', 'what it reads is not in the fridge'))
          scheduler.release(job)
        } else underWay.set(job, { id: ticket.id, done: cookOne(row, ticket) })
      } else if (underWay.size === 0) return
      else await Promise.race([...underWay.values()].map(({ done }) => done))
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    pans.close()
  }
}

function told(row: JobRow, status: Recooked['status'], why?: string): Recooked {
  const { id, step } = row
  return { id, step: step.name, depends: row.depends(), status, outputs: [], ...(why !== undefined && { why }) }
}

function failed(row: JobRow, failure: Failure): Recooked {
  return { ...told(row, 'failed'), failure }
}

function compared(kitchen: RecookView, row: JobRow, receipt: Receipt): Recooked {
  if (!receipt.ok) return failed(row, readFailure(receipt))
  const outputs = differingOutputs(kitchen, row, receipt)
  return { ...told(row, outputs.length > 0 ? 'different' : 'same'), outputs }
}

function differingOutputs({ verdicts, fridge }: RecookView, row: JobRow, receipt: Receipt): string[] {
  return row.outputs().flatMap(({ shelf }) => {
    const known = verdicts.contentOf(shelf, row.row)
    const made = receipt.outputs.find((one) => one.name === shelf.inner)
    return known !== undefined && made !== undefined && isSame(fridge, known, made.path) ? [] : [shelf.name]
  })
}

/** Dropped content cannot be compared, and counts as the same where its name is equal. */
function isSame({ objects }: Fridge, known: ContentName, path: string): boolean {
  if (!isFolder(known)) {
    const isExecutable = (lstatSync(path).mode & 0o111) !== 0
    return isProgram(known) === isExecutable && objects.isSame(known, path)
  }
  const listing = objects.listing(known)
  const made = listTree(path)
  if (listing === undefined || listing.length !== made.length) return false
  return listing.every((entry) => {
    const file = join(path, entry.path)
    const stat = lstatSync(file, { throwIfNoEntry: false })
    return stat !== undefined && ((stat.mode & 0o111) !== 0) === entry.executable && objects.isSame(entry.name, file)
  })
}
