// chef check: whether all that the fridge holds is what was put into it; --repair drops what is not.
import { checkFridge } from '../../fridge/check.ts'
import { checkLines, checkText } from '../../report/check.ts'
import { jsonLine } from '../../report/json.ts'
import type { Run } from '../context.ts'
import { alone, fridgeSettings, isThere } from '../fridge.ts'

export const check: Run = async (context) => {
  const { meant, out, outStyle } = context
  const configuration = await fridgeSettings(context)
  if (!isThere(configuration)) {
    if (meant.json) for (const line of checkLines(undefined)) out.write(jsonLine(line))
    else if (!meant.quiet) out.write('there is no fridge: nothing to check\n')
    return 0
  }
  const { repair, sizes } = meant
  const checked = await alone(context, configuration, () => checkFridge({ configuration, repair, bytes: !sizes }))
  if (meant.json) for (const line of checkLines(checked)) out.write(jsonLine(line))
  else if (!meant.quiet || checked.damages.length > 0) out.write(checkText(checked, outStyle, meant.verbose))
  return checked.damages.length > 0 && !repair ? 1 : 0
}
