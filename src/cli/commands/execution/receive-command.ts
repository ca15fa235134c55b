// chef receive: takes in the results of an order that was cooked elsewhere, as if they had been cooked here.
import { resolve } from 'node:path'
import { requireSession } from '../../../session/open-session.ts'
import { buildSession } from '../../../session/run-build.ts'
import { receiveLate } from '../../../execution/late-receipts.ts'
import { openReceiptsExecutor } from '../../../executors/receipt-executor.ts'
import { count, many } from '../../../report/text/amounts-text.ts'
import { jsonLine, summaryLine } from '../../../report/json-lines.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { logsFlag, waitFlag } from '../../arguments/shared-flags.ts'
import { type Context, warn } from '../../context.ts'
import { configure, kitchenRequest } from '../../kitchen/open-from-arguments.ts'
import { exitOf, reporterOf } from '../../kitchen/build-reporting.ts'

export const receive = command({
  name: 'receive',
  summary: 'take in the receipts of an order that was cooked elsewhere',
  positionals: { folder: positional.one({ completes: 'files' }) },
  flags: { logs: logsFlag, wait: waitFlag },
  examples: [['chef receive out', 'what chef cook made of the tickets that chef build --tickets wrote']],
  interrupted: cookedIsKept,
  run: ({ folder, wait }, context) => receiveOrder(resolve(context.environment.folder, folder), wait, context),
})

async function receiveOrder(folder: string, wait: boolean, context: Context): Promise<number> {
  const { json, signal, out } = context
  const configuration = await configure(context)
  const here = { folder, root: configuration.root, fridge: configuration.fridge.path }
  const { order } = openReceiptsExecutor(here)
  const reporter = reporterOf(context, configuration)
  const opening = { targets: order.targets, wait, write: true, assumeLast: false, emit: reporter.event }
  const kitchen = await requireSession(kitchenRequest(context, configuration, opening))
  try {
    // Read again under the lock: another chef may have taken some in meanwhile.
    const stove = openReceiptsExecutor(here)
    warn(context, stove.faults)
    const summary = await buildSession(kitchen, { keepGoing: true, signal, openExecutor: () => Promise.resolve(stove) })
    const late = receiveLate(kitchen, stove.late())
    stove.finish()
    const counts = { before: stove.before, late, missing: stove.missing, unfit: stove.faults.length }
    if (json) out.write(jsonLine({ ...summaryLine(summary), ...counts }))
    else {
      reporter.event(summary)
      tell(context, counts)
    }
    return stove.faults.length > 0 ? 1 : exitOf(summary)
  } finally {
    kitchen.close()
    reporter.close()
  }
}

interface Counts {
  before: number
  late: number
  missing: number
  unfit: number
}

function tell({ quiet, err }: Context, { before, late, missing, unfit }: Counts): void {
  if (quiet) return
  const parts = [
    missing > 0 && `${many(missing, 'ticket')} without a receipt`,
    unfit > 0 && `${many(unfit, 'receipt')} left as they are`,
    late > 0 && `${count(late)} of jobs that nothing asks for any more, kept`,
    before > 0 && `${count(before)} taken in before`,
  ].filter((part) => part !== false)
  if (parts.length > 0) err.write(`${parts.join(', ')}\n`)
}
