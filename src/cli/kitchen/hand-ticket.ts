// Prepares one variant to be cooked by hand: what it reads is cooked first, and its ticket is written for a pan of its own.
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Configuration } from '../../config/configuration.ts'
import { ticketWriter } from '../../execution/ticket-writer.ts'
import { openExecutor } from '../../executors/open-executor.ts'
import { placedItems } from '../../placement/placed-results.ts'
import type { JobId } from '../../plan/job-id.ts'
import { neededJobs } from '../../plan/needed-jobs.ts'
import type { JobRow } from '../../plan/step-table.ts'
import { requireSession } from '../../session/open-session.ts'
import { buildSession } from '../../session/run-build.ts'
import type { Session } from '../../session/session.ts'
import { isByHand } from '../../steps/by-hand.ts'
import { clearPan } from '../../steps/pan.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import type { Context } from '../context.ts'
import { reporterOf } from './build-reporting.ts'
import { configure, everyStep, kitchenRequest, withConfigured } from './open-from-arguments.ts'
import { madeItem } from './wanted-items.ts'

/** Calls back with the ticket of an item. The pan is removed afterwards unless it is to be kept. Exit code 1 where inputs failed. */
export async function withTicketOf(
  context: Context,
  item: string,
  keep: boolean,
  use: (ticket: Ticket) => Promise<number>,
): Promise<number> {
  const configuration = await configure(context)
  const id = await buildInputs(context, configuration, item)
  if (id === undefined) return 1
  const useTicket = async (kitchen: Session): Promise<number> => {
    const row = [...kitchen.plan].find((one) => one.id === id)
    // The sources changed between two looks.
    if (row === undefined) throw new Refusal([failure('item-unknown', { id, near: undefined })])
    const pan = mkdtempSync(join(kitchen.fridge.folder, 'pans', `by-hand-${process.pid}-`))
    try {
      const ticket = ticketOf(kitchen, row, pan)
      if (!isByHand(ticket)) throw new Refusal([failure('run-type', { step: row.step.name, type: row.step.type })])
      context.out.flush()
      context.err.flush()
      return await use(ticket)
    } finally {
      if (!keep) clearPan(pan)
    }
  }
  // Its warnings were printed while the inputs were cooked.
  const again = { targets: everyStep(configuration), lenient: true, emit: () => undefined }
  return withConfigured(context, configuration, useTicket, again)
}

/** Cooks what the variant reads, where that is not fresh. Returns the id of its job; undefined where its inputs failed. */
async function buildInputs(context: Context, configuration: Configuration, item: string): Promise<string | undefined> {
  const reporter = reporterOf(context, configuration)
  const emit = reporter.event.bind(reporter)
  const opening = { targets: everyStep(configuration), write: true, lenient: true, emit }
  const kitchen = await requireSession(kitchenRequest(context, configuration, opening))
  try {
    const { id } = madeItem(kitchen, item)
    const only = ({ plan }: Session): ReadonlySet<JobId> => {
      const job = [...plan].find((row) => row.id === id)?.job
      const needed = neededJobs(plan, job === undefined ? [] : [job])
      if (job !== undefined) needed.delete(job)
      return needed
    }
    if (only(kitchen).size === 0) return id
    const summary = await buildSession(kitchen, {
      keepGoing: false,
      signal: context.signal,
      only,
      openExecutor: () =>
        openExecutor(configuration, {
          variables: context.environment.variables,
          warn: (warning) => emit({ type: 'warning', failure: warning }),
        }),
    })
    // Steps that an empty shelf keeps from being planned are not its inputs.
    return summary.failed === 0 && summary.blocked <= kitchen.withheld ? id : undefined
  } finally {
    kitchen.close()
    reporter.close()
  }
}

function ticketOf(
  { configuration, fridge, plan, verdicts, tools, request }: Session,
  row: JobRow,
  pan: string,
): Ticket {
  const writer = ticketWriter({
    configuration,
    fridge,
    contentOf: (shelf, at) => verdicts.contentOf(shelf, at),
    variable: (name) => request.environment[name],
    toolPaths: (step) => tools.paths(step),
    placed: placedItems({ configuration, plan }),
  })
  const ticket = writer.write(row, { key: '', attempt: 1, pan })
  if ('lost' in ticket) throw new Refusal([failure('fridge-damaged', { why: `${ticket.lost} is lost` })], 1)
  return ticket
}
