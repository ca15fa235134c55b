// chef check: whether all that the fridge holds is what was put into it; --repair drops what is not, --recook makes it again.
import type { Session } from '../../session/session.ts'
import { checkFridge } from '../../fridge/maintenance/fridge-check.ts'
import { checkLines, checkText } from '../../report/commands/check-report.ts'
import { jsonLine } from '../../report/json-lines.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import { type Context, type Run, warn } from '../context.ts'
import { hasFridge, uncheckedConfiguration, withFridgeLock } from '../fridge-only.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const check: Run = async (context) => {
  const { meant, out, outStyle } = context
  if (meant.recook !== undefined) return recookAll(context, meant.recook)
  const configuration = await uncheckedConfiguration(context)
  if (!hasFridge(configuration)) {
    if (meant.json) for (const line of checkLines(undefined)) out.write(jsonLine(line))
    else if (!meant.quiet) out.write('there is no fridge: nothing to check\n')
    return 0
  }
  const { repair, sizes } = meant
  const checked = await withFridgeLock(context, configuration, () =>
    checkFridge({ configuration, repair, bytes: !sizes }),
  )
  if (meant.json) for (const line of checkLines(checked)) out.write(jsonLine(line))
  else if (!meant.quiet || checked.damages.length > 0) out.write(checkText(checked, outStyle, meant.verbose))
  return checked.damages.length > 0 && !repair ? 1 : 0
}

async function recookAll(context: Context, share: number): Promise<number> {
  const { meant, out, outStyle: style, signal, environment } = context
  const [{ recook }, { openExecutor }, report] = await Promise.all([
    import('../../inspection/reproducibility.ts'),
    import('../../executors/open-executor.ts'),
    import('../../report/commands/recook-report.ts'),
  ])
  const use = async (kitchen: Session): Promise<number> => {
    const telling = tellingNames(kitchen.configuration)
    const tally = new report.Tally()
    const stove = await openExecutor(kitchen.configuration, {
      variables: environment.variables,
      warn: (warning) => warn(context, [warning]),
    })
    try {
      await recook(kitchen, {
        share,
        chance: Math.random,
        stove,
        signal,
        tell(recooked) {
          tally.add(recooked)
          if (meant.json) out.write(jsonLine({ type: 'job', ...recooked }))
          else out.write(report.recookedText(recooked, { style, telling, verbose: meant.verbose }))
        },
      })
    } finally {
      await stove.close()
    }
    if (meant.json) out.write(jsonLine(tally.line()))
    else if (!meant.quiet || tally.isBad) out.write(report.tallyText(tally, style))
    return tally.isBad ? 1 : 0
  }
  return withKitchen(context, everyStep, use, { write: true, lenient: true })
}
