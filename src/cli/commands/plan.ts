// chef plan: what a build would do, and why.
import { jobViews } from '../../build/queries.ts'
import { jsonLine, planLine, planSummary } from '../../report/json.ts'
import { planText } from '../../report/plan.ts'
import { tellingNames } from '../../report/variant.ts'
import type { Run } from '../context.ts'
import { withKitchen } from '../kitchen.ts'

export const plan: Run = (context) => {
  const { meant, out, outStyle: style } = context
  const show = (kitchen: Parameters<Parameters<typeof withKitchen>[2]>[0]): number => {
    if (meant.json) {
      for (const job of jobViews(kitchen)) out.write(jsonLine(planLine(job)))
      out.write(jsonLine(planSummary(kitchen.counts())))
      return 0
    }
    const telling = tellingNames(kitchen.configuration)
    out.write(
      planText(jobViews(kitchen), kitchen.counts(), { style, telling, columns: out.columns, verbose: meant.verbose }),
    )
    return 0
  }
  return withKitchen(context, () => meant.arguments, show, { force: meant.force })
}
