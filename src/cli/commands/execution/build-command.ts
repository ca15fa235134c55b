// chef build: cooks what is not fresh, reports what happens on the way, and lays results out.
import type { Emit } from '../../../base/event.ts'
import { countVerdicts, type Session } from '../../../session/session.ts'
import { requireSession } from '../../../session/open-session.ts'
import { buildSession } from '../../../session/run-build.ts'
import { unchangedSummary } from '../../../session/unchanged-answers.ts'
import { jobLines, jobView } from '../../../inspection/queries.ts'
import type { JobView } from '../../../inspection/views.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { factsOf } from '../../../config/configuration-facts.ts'
import { jsonLine, planLine, planSummary } from '../../../report/json-lines.ts'
import { planText, reasonLine } from '../../../report/commands/plan-report.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import type { JobId } from '../../../plan/job-id.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import {
  burnersFlag,
  dryRunFlag,
  eventsFlag,
  failuresFlag,
  forceFlag,
  keepGoingFlag,
  logsFlag,
  waitFlag,
} from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { knownGraphs } from '../../kitchen/first-results.ts'
import { configure, kitchenRequest, type Opening } from '../../kitchen/open-from-arguments.ts'
import { unknownPours } from '../../kitchen/unknown-pours.ts'
import { exitOf, openEvents, reporterOf } from '../../kitchen/build-reporting.ts'
import { type WantedTargets, wantedTargets } from '../../kitchen/wanted-items.ts'
import { writeWhole } from '../../terminal/write-whole.ts'
import { openExecutor } from '../../../executors/open-executor.ts'

const flags = {
  burners: burnersFlag,
  dryRun: dryRunFlag,
  keepGoing: keepGoingFlag,
  failures: failuresFlag,
  force: forceFlag,
  explain: flag.switch({ summary: 'print the reason of every job before it is cooked' }),
  logs: logsFlag,
  profile: flag.path({ value: 'FILE', summary: 'write what ran when as a Chrome trace' }),
  report: flag.path({ value: 'FILE', summary: 'write a page of plan, times, failures and results (HTML)' }),
  tickets: flag.path({ value: 'DIR', summary: 'cook nothing: write tickets to DIR, to be cooked by anything' }),
  portable: flag.switch({ summary: 'with --tickets: tickets that carry what they read, and can be cooked anywhere' }),
  events: eventsFlag,
  wait: waitFlag,
}

export const build = command({
  name: 'build',
  summary: 'cook what is not fresh',
  positionals: { targets: positional.any({ completes: 'targets' }) },
  flags,
  examples: [
    ['chef build', 'every target of the cheffile'],
    ['chef build thumb -f size.w=320 -j 8', 'some variants of one result, eight at once'],
    ['chef build z/9f86d081', 'one variant, and what it needs'],
    ['chef build -k --explain', 'with reasons, past failures'],
    ['chef build --tickets out --portable', 'an order that can be cooked without this project and its fridge'],
    ['chef build --tickets out', 'an order for chef cook and chef receive'],
  ],
  interrupted: cookedIsKept,
  async run(options, context) {
    const { force, wait, keepGoing } = options
    const written = await configure(context, { regenerates: !options.dryRun })
    const common = { force, wait, keepGoing, assumeLast: false }
    if (options.dryRun) {
      const { targets, only } = wantedTargets(written, options.targets)
      return dryRun(context, written, { ...common, targets }, only)
    }
    const isKnown = factsOf(written).first.length === 0
    const configuration = isKnown ? written : await knownGraphs(context, written)
    if (configuration === undefined) return 1
    const { targets, only } = wantedTargets(configuration, options.targets)
    const opening = { ...common, targets }
    if (options.tickets !== undefined) {
      const { writeTickets } = await import('./ticket-writing.ts')
      const { tickets: folder, portable } = options
      return writeTickets(context, configuration, { ...opening, folder, portable, only })
    }
    if (!force && only === undefined && options.profile === undefined && options.report === undefined) {
      const unchanged = await unchangedSummary(kitchenRequest(context, configuration, opening))
      if (unchanged) {
        reporterOf(context, configuration).event(unchanged)
        const events = await openEvents(options.events)
        events?.event(unchanged)
        await events?.close()
        return 0
      }
    }
    return cookTargets(options, context, { configuration, opening, only })
  },
})

async function cookTargets(
  options: FlagOptions<typeof flags>,
  context: Context,
  { configuration, opening, only }: { configuration: Configuration; opening: Opening; only: WantedTargets['only'] },
): Promise<number> {
  const { keepGoing, profile: profilePath, report: reportPath } = options
  const profile = profilePath === undefined ? undefined : (await import('../../../report/profile.ts')).beginProfile()
  const reporter = reporterOf(context, configuration, options.explain)
  const events = await openEvents(options.events)
  const report = reportPath === undefined ? undefined : (await import('./build-page.ts')).keepReport()
  const emit: Emit = (event) => {
    reporter.event(event)
    profile?.event(event, Date.now())
    report?.event(event)
    events?.event(event)
  }
  try {
    const kitchen = await requireSession(kitchenRequest(context, configuration, { ...opening, write: true, emit }))
    try {
      const wanted = only?.(kitchen)
      if (options.explain) explainAll(context, kitchen, wanted)
      const summary = await buildSession(kitchen, {
        keepGoing,
        mostFailures: options.failures,
        only,
        signal: context.signal,
        openExecutor: () =>
          openExecutor(configuration, {
            variables: context.environment.variables,
            warn: (warning) => emit({ type: 'warning', failure: warning }),
          }),
      })
      emit(summary)
      return exitOf(summary)
    } finally {
      const page = report?.text(kitchen)
      // Closed first: where the page cannot be written, the lock must not stay.
      kitchen.close()
      if (page !== undefined && reportPath) writeWhole(reportPath, page)
    }
  } finally {
    reporter.close()
    await events?.close()
    if (profile && profilePath) writeWhole(profilePath, profile.text())
  }
}

/** Prints the plan; cooks and writes nothing. */
async function dryRun(
  context: Context,
  configuration: Configuration,
  opening: Opening,
  only: WantedTargets['only'],
): Promise<number> {
  const { json, verbose, out, outStyle: style } = context
  const kitchen = await requireSession(kitchenRequest(context, configuration, opening))
  try {
    const pours = await unknownPours(kitchen)
    const wanted = only?.(kitchen)
    const counts = countVerdicts(kitchen, wanted)
    if (json) {
      for (const job of wantedViews(kitchen, wanted)) if (job.verdict !== 'fresh') out.write(jsonLine(planLine(job)))
      out.write(jsonLine(planSummary(counts, pours)))
    } else {
      const varies = varyingNames(configuration)
      out.write(
        planText(
          wanted ? wantedViews(kitchen, wanted) : jobLines(kitchen),
          counts,
          { style, varies, columns: out.columns, verbose },
          pours,
        ),
      )
    }
    return 0
  } finally {
    kitchen.close()
  }
}

function* wantedViews(kitchen: Session, wanted: ReadonlySet<JobId> | undefined): Iterable<JobView> {
  for (const row of kitchen.plan) if (wanted?.has(row.job) !== false) yield jobView(kitchen.verdicts, row)
}

function explainAll({ err, errStyle, quiet }: Context, kitchen: Session, wanted: ReadonlySet<JobId> | undefined): void {
  if (quiet) return
  const varies = varyingNames(kitchen.configuration)
  for (const job of wanted ? wantedViews(kitchen, wanted) : jobLines(kitchen))
    if (job.verdict !== 'fresh') err.write(reasonLine(job, errStyle, varies))
}
