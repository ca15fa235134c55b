// chef receive: takes in what an order that was cooked elsewhere gave, as if it had been cooked here.
import { resolve } from 'node:path'
import { openKitchen } from '../../session/open-session.ts'
import { receiveLate } from '../../execution/late-receipts.ts'
import { openReceiptsStove } from '../../executors/receipt-executor.ts'
import { count, many } from '../../report/text/amounts-text.ts'
import { jsonLine, summaryLine } from '../../report/json-lines.ts'
import { type Context, type Run, warn } from '../context.ts'
import { configure, kitchenRequest } from '../open-from-arguments.ts'
import { exitOf, reporterOf } from '../reporting.ts'

export const receive: Run = async (context) => {
  const { meant, environment, signal, out } = context
  const folder = resolve(environment.folder, meant.arguments[0] ?? '')
  const configuration = await configure(context)
  const here = { folder, root: configuration.root, fridge: configuration.fridge.path }
  const { order } = openReceiptsStove(here)
  const reporter = reporterOf(context, configuration)
  const opening = { targets: order.targets, write: true, emit: reporter.event }
  const kitchen = await openKitchen(kitchenRequest(context, configuration, opening))
  try {
    // Read again under the lock: another chef may have taken some in meanwhile.
    const stove = openReceiptsStove(here)
    warn(context, stove.faults)
    const summary = await kitchen.build({ keepGoing: true, signal, openExecutor: () => Promise.resolve(stove) })
    const late = receiveLate(kitchen, stove.late())
    stove.finish()
    const counts = { before: stove.before, late, missing: stove.missing, unfit: stove.faults.length }
    if (meant.json) out.write(jsonLine({ ...summaryLine(summary), ...counts }))
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

function tell({ meant, err }: Context, { before, late, missing, unfit }: Counts): void {
  if (meant.quiet) return
  const parts = [
    missing > 0 && `${many(missing, 'ticket')} without a receipt`,
    unfit > 0 && `${many(unfit, 'receipt')} left as they are`,
    late > 0 && `${count(late)} of jobs that nothing asks for any more, kept`,
    before > 0 && `${count(before)} taken in before`,
  ].filter((part) => part !== false)
  if (parts.length > 0) err.write(`${parts.join(', ')}\n`)
}
