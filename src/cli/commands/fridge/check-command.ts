// chef check: looks for damage in the fridge; --repair drops what is damaged, --recook cooks results again and compares.
import type { Session } from '../../../session/session.ts'
import { checkFridge } from '../../../fridge/maintenance/fridge-check.ts'
import { checkLines, checkText } from '../../../report/commands/check-report.ts'
import { tallyText } from '../../../report/commands/recook-report.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { type Flag, flag, valueWrong } from '../../arguments/flag.ts'
import { burnersFlag, waitFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { hasFridge, uncheckedConfiguration, withFridgeLock } from '../../kitchen/fridge-only.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'
import { recookJobs } from '../../kitchen/recooking.ts'

/** The share that is cooked again, from 0 to 1. */
const recookFlag: Flag<number | undefined> = {
  value: 'N%',
  bare: '100%',
  summary: 'cook results again, all or so many of them, and name the steps that make other bytes',
  read: ({ name, texts }) => {
    const text = texts.at(-1)
    if (text === undefined) return { value: undefined }
    const percent = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1])
    if (percent > 0 && percent <= 100) return { value: percent / 100 }
    return { unfit: valueWrong(name, text, 'a share up to 100%') }
  },
}

export const check = command({
  name: 'check',
  summary: 'look through the fridge for damage',
  positionals: {},
  flags: {
    sizes: flag.switch({ summary: 'look at the sizes of objects only, not at their bytes' }),
    repair: flag.switch({ summary: 'drop what is damaged, so that it is cooked again, and what is left over' }),
    recook: recookFlag,
    burners: burnersFlag,
    wait: waitFlag,
  },
  examples: [
    ['chef check', 'everything, and what each damage belongs to'],
    ['chef check --repair', 'then "chef build" cooks what was dropped'],
    ['chef check --recook=10%', 'whether every tenth result comes out the same'],
  ],
  interrupted: ({ recook }) => (recook === undefined ? undefined : cookedIsKept()),
  async run({ recook, repair, sizes, wait }, context) {
    if (recook !== undefined) return recookShare(context, recook, wait)
    const { json, quiet, verbose, out, outStyle } = context
    const configuration = await uncheckedConfiguration(context)
    if (!hasFridge(configuration)) {
      if (json) for (const line of checkLines(undefined)) out.write(jsonLine(line))
      else if (!quiet) out.write('there is no fridge: nothing to check\n')
      return 0
    }
    const checked = await withFridgeLock(context, { configuration, wait }, () =>
      checkFridge({ configuration, repair, bytes: !sizes }),
    )
    if (json) for (const line of checkLines(checked)) out.write(jsonLine(line))
    else if (!quiet || checked.damages.length > 0) out.write(checkText(checked, outStyle, verbose))
    return checked.damages.length > 0 && !repair ? 1 : 0
  },
})

async function recookShare(context: Context, share: number, wait: boolean): Promise<number> {
  const { json, quiet, out, outStyle: style } = context
  const use = async (kitchen: Session): Promise<number> => {
    const jobs = [...kitchen.verdicts.jobs('fresh')].filter(() => share >= 1 || Math.random() < share)
    const tally = await recookJobs(context, kitchen, jobs)
    if (json) out.write(jsonLine(tally.line()))
    else if (!quiet || tally.isBad) out.write(tallyText(tally, style))
    return tally.isBad ? 1 : 0
  }
  return withKitchen(context, everyStep, use, { wait, write: true, lenient: true })
}
