// Writes the tickets of `chef build --tickets`: an order for anything that runs `chef cook`.
import { relative } from 'node:path'
import { requireSession } from '../../../session/open-session.ts'
import { buildSession } from '../../../session/run-build.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { openOrderTaker } from '../../../executors/order-taker.ts'
import { many } from '../../../report/text/amounts-text.ts'
import { jsonLine, summaryLine } from '../../../report/json-lines.ts'
import type { Context } from '../../context.ts'
import { kitchenRequest, type Opening } from '../../kitchen/open-from-arguments.ts'
import type { WantedTargets } from '../../kitchen/wanted-items.ts'
import { exitOf, reporterOf } from '../../kitchen/build-reporting.ts'

interface TicketOrder extends Opening {
  /** Absolute. */
  folder: string
  keepGoing: boolean
  portable: boolean
  only: WantedTargets['only']
}

export async function writeTickets(
  context: Context,
  configuration: Configuration,
  order: TicketOrder,
): Promise<number> {
  const { json, quiet, signal, out, err, environment } = context
  const { folder, targets } = order
  const shown = relative(environment.folder, folder) || '.'
  const reporter = reporterOf(context, configuration)
  const opening = { ...order, write: true, assumeLast: false, emit: reporter.event }
  const kitchen = await requireSession(kitchenRequest(context, configuration, opening))
  try {
    const stove = openOrderTaker({
      folder,
      root: configuration.root,
      fridge: configuration.fridge.path,
      targets: [...targets],
      ...(order.portable && { portable: { variables: environment.variables } }),
    })
    const summary = await buildSession(kitchen, {
      keepGoing: order.keepGoing,
      only: order.only,
      signal,
      openExecutor: () => Promise.resolve(stove),
    })
    stove.finish(summary.waiting ?? 0)
    const { written, out: before } = stove
    if (json) out.write(jsonLine({ ...summaryLine(summary), tickets: written, out: before, folder }))
    else {
      reporter.event(summary)
      if (!quiet) {
        const others = before > 0 ? `, ${many(before, 'ticket')} out already` : ''
        const waiting = summary.waiting ? `; waiting for them: ${many(summary.waiting, 'job')}` : ''
        err.write(`${many(written, 'ticket')} written to ${shown}${others}${waiting}\n`)
      }
    }
    return exitOf(summary)
  } finally {
    kitchen.close()
    reporter.close()
  }
}
