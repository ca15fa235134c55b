// chef build --tickets: what would be cooked is written out, to be cooked by anything that runs `chef cook`.
import { relative } from 'node:path'
import { openKitchen } from '../../session/open-session.ts'
import type { Configuration } from '../../config/configuration.ts'
import { openTicketsStove } from '../../executors/ticket-executor.ts'
import { many } from '../../report/text/amounts-text.ts'
import { jsonLine, summaryLine } from '../../report/json-lines.ts'
import type { Context } from '../context.ts'
import { kitchenRequest } from '../open-from-arguments.ts'
import { exitOf, reporterOf } from '../reporting.ts'

export async function writeTickets(context: Context, configuration: Configuration, folder: string): Promise<number> {
  const { meant, signal, out, err, environment } = context
  const shown = relative(environment.folder, folder) || '.'
  const reporter = reporterOf(context, configuration)
  const opening = { targets: meant.arguments, force: meant.force, write: true, emit: reporter.event }
  const kitchen = await openKitchen(kitchenRequest(context, configuration, opening))
  try {
    const stove = openTicketsStove({
      folder,
      root: configuration.root,
      fridge: configuration.fridge.path,
      targets: meant.arguments,
    })
    const summary = await kitchen.build({
      keepGoing: meant.keepGoing,
      signal,
      openExecutor: () => Promise.resolve(stove),
    })
    stove.finish(summary.waiting ?? 0)
    const { written, out: before } = stove
    if (meant.json) out.write(jsonLine({ ...summaryLine(summary), tickets: written, out: before, folder }))
    else {
      reporter.event(summary)
      if (!meant.quiet) {
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
