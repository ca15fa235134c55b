// Makes the page of `chef build --report`: gathers events while the build runs, and joins them at its end with what the kitchen holds.
import { basename } from 'node:path'
import type { KitchenEvent, Summary } from '../../../base/event.ts'
import type { Session } from '../../../session/session.ts'
import { shelfViews, stepGraph } from '../../../inspection/queries.ts'
import { type BuildReport, buildReportText } from '../../../report/build-report.ts'
import { beginProfile } from '../../../report/profile.ts'
import type { JobEvent } from '../../../report/summary.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { collectTable } from '../../../tables/result-table.ts'

export interface ReportKeeper {
  event(event: KitchenEvent): void
  /** The page, as long as the kitchen is open. */
  text(kitchen: Session): string
}

/** Nobody reads a larger table, and it would be slow. */
const mostVariants = 5000

export function keepReport(): ReportKeeper {
  const at = Date.now()
  const profile = beginProfile()
  const jobs: JobEvent[] = []
  const warnings: string[] = []
  let summary: Summary | undefined
  return {
    event(event) {
      profile.event(event, Date.now())
      if (event.type === 'job') jobs.push(event)
      else if (event.type === 'warning') warnings.push(event.failure.message)
      else if (event.type === 'summary') summary = event
    },
    text(kitchen) {
      const title = basename(kitchen.configuration.root)
      const varies = varyingNames(kitchen.configuration)
      const graph = graphAfter(kitchen, jobs)
      return buildReportText({
        title,
        at,
        summary,
        graph,
        jobs,
        warnings,
        traced: profile.traced,
        tables: tablesOf(kitchen),
        varies,
      })
    },
  }
}

/** The jobs that are still open after a build are the failed and the blocked ones. */
function graphAfter(kitchen: Session, jobs: readonly JobEvent[]): BuildReport['graph'] {
  const open = new Map<string, number>()
  for (const { step, status } of jobs)
    if (status === 'failed' || status === 'blocked') open.set(step, (open.get(step) ?? 0) + 1)
  const { nodes, edges } = stepGraph(kitchen)
  return { edges, nodes: nodes.map((node) => ({ ...node, open: open.get(node.name) ?? 0 })) }
}

function tablesOf(kitchen: Session): BuildReport['tables'] {
  return shelfViews(kitchen)
    .filter(({ kind, items }) => kind === 'result' && items <= mostVariants)
    .map(({ name, bytes }) => ({ result: name, table: collectTable(kitchen, [name]), bytes }))
}
