// chef gc: makes room in the fridge: says what it drops and why, and never drops what a plan or a pin needs.
import { keepRoom } from '../../build/keep-room.ts'
import type { Kitchen } from '../../build/kitchen.ts'
import { leftovers, sweep } from '../../fridge/leftovers.ts'
import { gcLines, gcText } from '../../report/gc.ts'
import { jsonLine } from '../../report/json.ts'
import type { Context, Run } from '../context.ts'
import { everyStep, withKitchen } from '../kitchen.ts'

export const gc: Run = (context) =>
  withKitchen(context, everyStep, (kitchen) => clearUp(context, kitchen), {
    write: !context.meant.dryRun,
    lenient: true,
  })

function clearUp({ meant, out, outStyle: style }: Context, kitchen: Kitchen): number {
  const { dryRun, narrow } = meant
  const { fridge, configuration } = kitchen
  const now = Date.now()
  const { capacity } = configuration.fridge
  const swept = [...leftovers(fridge.store)]
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
