// chef gc: makes room in the fridge: says what it drops and why, and never drops what a plan or a pin needs.
import { keepRoom } from '../../session/capacity.ts'
import type { Session } from '../../session/session.ts'
import { leftovers, sweep } from '../../fridge/maintenance/leftovers.ts'
import { gcLines, gcText } from '../../report/commands/gc-report.ts'
import { jsonLine } from '../../report/json-lines.ts'
import type { Context, Run } from '../context.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const gc: Run = (context) =>
  withKitchen(context, everyStep, (kitchen) => clearUp(context, kitchen), {
    write: !context.meant.dryRun,
    lenient: true,
  })

function clearUp({ meant, out, outStyle: style }: Context, kitchen: Session): number {
  const { dryRun, narrow } = meant
  const { fridge, configuration } = kitchen
  const now = Date.now()
  const { capacity } = configuration.fridge
  const swept = [...leftovers(fridge.upkeep)]
  if (!dryRun)
    sweep(
      fridge.folder,
      swept.map(({ path }) => path),
    )
  const room = keepRoom(kitchen, { capacity: capacity ?? 0, now, dryRun, isWhole: narrow.length === 0 })
  const done = { room, swept, dryRun, capacity, now }
  if (meant.json) for (const line of gcLines(done)) out.write(jsonLine(line))
  else if (!meant.quiet) out.write(gcText(done, style, meant.verbose))
  return 0
}
