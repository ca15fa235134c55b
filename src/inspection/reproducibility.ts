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
import type { Receipt, Stove, Ticket } from '../tickets/ticket.ts'
import type { StepTable } from '../plan/step-table.ts'
import { tableOf } from '../plan/plan.ts'
import { dependsOf, jobId } from '../plan/record.ts'
import { overwritten, objectsGiven } from '../execution/input-guard.ts'
import type { Session } from '../session/session.ts'
import { Pans } from '../execution/pan-allocation.ts'
import { capacityOf, takesOf } from '../execution/job-demands.ts'
import { ticketWriter } from '../execution/ticket-writer.ts'

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
  /** Which share of what is known is cooked again, from 0 to 1. */
  share: number
  /** Between 0 and 1, anew for each job: chooses among them. */
  chance: () => number
  stove: Stove
  signal: AbortSignal
  tell: (recooked: Recooked) => void
}

export async function recook(kitchen: Session, request: RecookRequest): Promise<void> {
  const { configuration, plan, work, fridge } = kitchen
  const { stove, signal, tell } = request
  const scheduler = new Scheduler(capacityOf(configuration, stove), new Float64Array(plan.jobs))
  for (const job of chosen(kitchen, request)) {
    const table = tableOf(plan, job)
    // Its results lie where the project's own files lie.
    if (table.step.place === 'project') tell(told(kitchen, job, 'skipped', 'it runs in the project'))
    else scheduler.offer(job, takesOf(table.step, configuration, stove))
  }
  const tickets = ticketWriter({
    configuration,
    fridge,
    contentOf: (table, output, row) => work.contentOf(table, output, row),
    variable: (name) => kitchen.request.environment[name],
    toolPaths: (step) => kitchen.tools.paths(step),
  })
  const pans = new Pans(fridge.folder, stove)
  const underWay = new Map<number, { id: string; done: Promise<void> }>()
  const cookOne = async (job: number, ticket: Ticket): Promise<void> => {
    pans.ready(ticket)
    const given = objectsGiven(ticket, fridge)
    const receipt = await stove.cook(ticket)
    const wroteInto = overwritten(given, fridge)
    if (!signal.aborted)
      tell(
        wroteInto
          ? failed(kitchen, job, failure('input-overwritten', { input: wroteInto }))
          : compared(kitchen, job, receipt),
      )
    pans.done(ticket, receipt)
    scheduler.release(job)
    underWay.delete(job)
  }
  const cancel = (): void => {
    for (const { id } of underWay.values()) stove.cancel(id)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      const job = signal.aborted ? undefined : scheduler.take()
      if (job !== undefined) {
        const table = tableOf(plan, job)
        const key = work.key(work.text(job) as string)
        const ticket = tickets.write(table, job - table.first, { key, attempt: 1, pan: pans.name() })
        if ('lost' in ticket) {
          tell(told(kitchen, job, 'skipped', 'what it reads is not in the fridge'))
          scheduler.release(job)
        } else underWay.set(job, { id: ticket.id, done: cookOne(job, ticket) })
      } else if (underWay.size === 0) return
      else await Promise.race([...underWay.values()].map(({ done }) => done))
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    pans.close()
  }
}

function* chosen({ work }: Session, { share, chance }: RecookRequest): Iterable<number> {
  for (const job of work.jobs('fresh')) if (share >= 1 || chance() < share) yield job
}

function told(kitchen: Session, job: number, status: Recooked['status'], why?: string): Recooked {
  const table = tableOf(kitchen.plan, job)
  const row = job - table.first
  return {
    id: jobId(table, row),
    step: table.step.name,
    depends: dependsOf(table, row),
    status,
    outputs: [],
    ...(why !== undefined && { why }),
  }
}

function failed(kitchen: Session, job: number, failure: Failure): Recooked {
  return { ...told(kitchen, job, 'failed'), failure }
}

function compared(kitchen: Session, job: number, receipt: Receipt): Recooked {
  if (!receipt.ok) return failed(kitchen, job, readFailure(receipt))
  const table = tableOf(kitchen.plan, job)
  const outputs = differingOutputs(kitchen, table, job - table.first, receipt)
  return { ...told(kitchen, job, outputs.length > 0 ? 'different' : 'same'), outputs }
}

function differingOutputs({ work, fridge }: Session, table: StepTable, row: number, receipt: Receipt): string[] {
  return table.step.outputs.flatMap(({ inner, name }, output) => {
    const known = work.contentOf(table, output, row)
    const made = receipt.outputs.find((one) => one.name === inner)
    return known !== undefined && made !== undefined && isSame(fridge, known, made.path) ? [] : [name]
  })
}

/** What was dropped on the way cannot be compared, and counts as the same where its name says so. */
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
