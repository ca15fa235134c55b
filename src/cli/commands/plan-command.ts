// chef plan: what a build would do, and why.
import type { Session } from '../../session/session.ts'
import { jobViews, stepGraph } from '../../inspection/queries.ts'
import { jsonLine, planLine, planSummary } from '../../report/json-lines.ts'
import { planText } from '../../report/commands/plan-report.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import type { Context, Run } from '../context.ts'
import { withKitchen } from '../open-from-arguments.ts'

export const plan: Run = (context) => {
  const { meant, out, outStyle: style } = context
  const show = (kitchen: Session): number | Promise<number> => {
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
  kitchen: Session,
  { meant, out, outStyle: style }: Context,
  simulate: NonNullable<Context['meant']['simulate']>,
): Promise<number> {
  const { forecastBuild } = await import('../../inspection/build-forecast.ts')
  const { forecastLines, forecastText } = await import('../../report/commands/forecast-report.ts')
  const told = forecastBuild(kitchen, simulate)
  if (meant.json) for (const line of forecastLines(told)) out.write(jsonLine(line))
  else out.write(forecastText(told, { style, columns: out.columns }))
  return 0
}

async function printKeys(kitchen: Session, { out }: Context): Promise<number> {
  const { keyLines } = await import('../../inspection/portable-keys.ts')
  for (const line of keyLines(kitchen)) out.write(jsonLine(line))
  out.write(jsonLine(planSummary(kitchen.counts())))
  return 0
}

async function printGraph(kitchen: Session, { meant, out }: Context): Promise<number> {
  const graph = stepGraph(kitchen)
  const { dotText, mermaidText } = await import('../../report/charts/recipe-graph.ts')
  if (meant.graph === 'svg') out.write((await import('../../report/charts/graph-picture.ts')).svgText(graph))
  else out.write(meant.graph === 'dot' ? dotText(graph) : mermaidText(graph))
  return 0
}
