// chef build: cook what is not fresh, tell what happens on the way, lay results out.
import type { Emit } from '../../base/event.ts'
import type { Session } from '../../session/session.ts'
import { openKitchen } from '../../session/open-session.ts'
import { unchangedSummary } from '../../inspection/answers-without-plan.ts'
import { jobViews } from '../../inspection/queries.ts'
import type { Configuration } from '../../config/configuration.ts'
import { jsonLine, planLine, planSummary } from '../../report/json-lines.ts'
import { planText, reasonLine } from '../../report/commands/plan-report.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import type { Context, Run } from '../context.ts'
import { configure, kitchenRequest } from '../open-from-arguments.ts'
import { exitOf, openEvents, reporterOf } from '../reporting.ts'
import { writeWhole } from '../write-whole.ts'
import { openExecutor } from '../../executors/open-executor.ts'

export const build: Run = async (context) => {
  const { meant, signal } = context
  const configuration = await configure(context)
  const opening = { targets: meant.arguments, force: meant.force }
  if (meant.dryRun) return dryRun(context, configuration)
  if (meant.tickets !== undefined)
    return (await import('./tickets-command.ts')).writeTickets(context, configuration, meant.tickets)
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
        openExecutor: () =>
          openExecutor(configuration, {
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

function explainAll({ err, errStyle, meant }: Context, kitchen: Session): void {
  if (meant.quiet) return
  const telling = tellingNames(kitchen.configuration)
  for (const job of jobViews(kitchen)) if (job.verdict !== 'fresh') err.write(reasonLine(job, errStyle, telling))
}
