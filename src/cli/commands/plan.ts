// chef plan: what a build would do, and why.
import type { Kitchen } from '../../build/kitchen.ts'
import { jobViews, stepGraph } from '../../build/queries.ts'
import { jsonLine, planLine, planSummary } from '../../report/json.ts'
import { planText } from '../../report/plan.ts'
import { tellingNames } from '../../report/variant.ts'
import type { Context, Run } from '../context.ts'
import { withKitchen } from '../kitchen.ts'

export const plan: Run = (context) => {
  const { meant, out, outStyle: style } = context
  const show = (kitchen: Kitchen): number | Promise<number> => {
    if (meant.graph) return printGraph(kitchen, context)
    if (meant.simulate) return printForecast(kitchen, context, meant.simulate)
    if (meant.keys) return printKeys(kitchen, context)
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

async function printForecast(
  kitchen: Kitchen,
  { meant, out, outStyle: style }: Context,
  simulate: NonNullable<Context['meant']['simulate']>,
): Promise<number> {
  const { forecastBuild } = await import('../../build/forecast.ts')
  const { forecastLines, forecastText } = await import('../../report/forecast.ts')
  const told = forecastBuild(kitchen, simulate)
  if (meant.json) for (const line of forecastLines(told)) out.write(jsonLine(line))
  else out.write(forecastText(told, { style, columns: out.columns }))
  return 0
}

async function printKeys(kitchen: Kitchen, { out }: Context): Promise<number> {
  const { keyLines } = await import('../../build/keys.ts')
  for (const line of keyLines(kitchen)) out.write(jsonLine(line))
  out.write(jsonLine(planSummary(kitchen.counts())))
  return 0
}

async function printGraph(kitchen: Kitchen, { meant, out }: Context): Promise<number> {
  const graph = stepGraph(kitchen)
  const { dotText, mermaidText } = await import('../../report/graph.ts')
  if (meant.graph === 'svg') out.write((await import('../../report/graph-picture.ts')).svgText(graph))
  else out.write(meant.graph === 'dot' ? dotText(graph) : mermaidText(graph))
  return 0
}
