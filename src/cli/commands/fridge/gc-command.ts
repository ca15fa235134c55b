// chef gc: makes room in the fridge. Says what it drops and why, and never drops what the plan or a pin needs.
import { keepRoom } from '../../../session/capacity.ts'
import type { Session } from '../../../session/session.ts'
import { leftovers, sweep } from '../../../fridge/maintenance/leftovers.ts'
import { gcLines, gcText } from '../../../report/commands/gc-report.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'
import { dryRunFlag, waitFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const gc = command({
  name: 'gc',
  summary: 'drop from the fridge what is not in use',
  positionals: {},
  flags: { dryRun: dryRunFlag, wait: waitFlag },
  examples: [
    ['chef gc --dry-run', 'what neither the plan nor a pin needs, down to fridge.capacity'],
    ['chef gc -o fridge.capacity=5GB', 'drop only until 5 GB are left, what is worth least first'],
  ],
  run: ({ dryRun, wait }, context) =>
    withKitchen(context, everyStep, (kitchen) => clearUp(context, kitchen, dryRun), {
      wait,
      write: !dryRun,
      lenient: true,
    }),
})

function clearUp(context: Context, kitchen: Session, dryRun: boolean): number {
  const { json, quiet, verbose, out, outStyle: style } = context
  const { fridge, configuration } = kitchen
  const now = Date.now()
  const { capacity } = configuration.fridge
  const swept = [...leftovers(fridge.upkeep)]
  if (!dryRun)
    sweep(
      fridge.folder,
      swept.map(({ path }) => path),
    )
  const room = keepRoom(kitchen, { capacity: capacity ?? 0, now, dryRun, isWhole: context.kitchen.narrow.length === 0 })
  const done = { room, swept, dryRun, capacity, now }
  if (json) for (const line of gcLines(done)) out.write(jsonLine(line))
  else if (!quiet) out.write(gcText(done, style, verbose))
  return 0
}
