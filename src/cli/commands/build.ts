// chef build: cook what is not fresh, tell what happens on the way, lay results out.
import type { Emit } from '../../base/event.ts'
import type { Kitchen } from '../../build/kitchen.ts'
import { openKitchen } from '../../build/open-kitchen.ts'
import { unchangedSummary } from '../../build/without-plan.ts'
import { jobViews } from '../../build/queries.ts'
import type { Configuration } from '../../config/configuration.ts'
import { jsonLine, planLine, planSummary } from '../../report/json.ts'
import { planText, reasonLine } from '../../report/plan.ts'
import { tellingNames } from '../../report/variant.ts'
import type { Context, Run } from '../context.ts'
import { configure, kitchenRequest } from '../kitchen.ts'
import { exitOf, openEvents, reporterOf } from '../reporting.ts'
import { writeWhole } from '../write-whole.ts'
import { openStove } from '../../kitchen/open-stove.ts'

export const build: Run = async (context) => {
  const { meant, signal } = context
  const configuration = await configure(context)
  const opening = { targets: meant.arguments, force: meant.force }
  if (meant.dryRun) return dryRun(context, configuration)
  if (meant.tickets !== undefined)
    return (await import('./tickets.ts')).writeTickets(context, configuration, meant.tickets)
  if (!meant.force && meant.profile === undefined && meant.report === undefined) {
    const unchanged = await unchangedSummary(kitchenRequest(context, configuration, opening))
    if (unchanged) {
      reporterOf(context, configuration).event(unchanged)
      const events = await openEvents(context)
      events?.event(unchanged)
      await events?.close()
      return 0
    }
  }
  const profile = meant.profile === undefined ? undefined : (await import('../../report/profile.ts')).beginProfile()
  const reporter = reporterOf(context, configuration)
  const events = await openEvents(context)
  const report = meant.report === undefined ? undefined : (await import('../build-page.ts')).keepReport()
  const emit: Emit = (event) => {
    reporter.event(event)
    profile?.event(event, Date.now())
    report?.event(event)
    events?.event(event)
  }
  try {
    const kitchen = await openKitchen(kitchenRequest(context, configuration, { ...opening, write: true, emit }))
    try {
      if (meant.explain) explainAll(context, kitchen)
      const summary = await kitchen.build({
        keepGoing: meant.keepGoing,
        signal,
        openStove: () =>
          openStove(configuration, {
            variables: context.environment.variables,
            warn: (warning) => emit({ type: 'warning', failure: warning }),
          }),
      })
      emit(summary)
      return exitOf(summary)
    } finally {
      if (report && meant.report) writeWhole(meant.report, report.text(kitchen))
      kitchen.close()
    }
  } finally {
    reporter.close()
    await events?.close()
    if (profile && meant.profile) writeWhole(meant.profile, profile.text())
  }
}

/** Nothing is cooked and nothing is written: the plan is the result. */
async function dryRun(context: Context, configuration: Configuration): Promise<number> {
  const { meant, out, outStyle: style } = context
  const kitchen = await openKitchen(
    kitchenRequest(context, configuration, { targets: meant.arguments, force: meant.force }),
  )
  try {
    if (meant.json) {
      for (const job of jobViews(kitchen)) if (job.verdict !== 'fresh') out.write(jsonLine(planLine(job)))
      out.write(jsonLine(planSummary(kitchen.counts())))
    } else {
      const telling = tellingNames(configuration)
      out.write(
        planText(jobViews(kitchen), kitchen.counts(), { style, telling, columns: out.columns, verbose: meant.verbose }),
      )
    }
    return 0
  } finally {
    kitchen.close()
  }
}

function explainAll({ err, errStyle, meant }: Context, kitchen: Kitchen): void {
  if (meant.quiet) return
  const telling = tellingNames(kitchen.configuration)
  for (const job of jobViews(kitchen)) if (job.verdict !== 'fresh') err.write(reasonLine(job, errStyle, telling))
}
