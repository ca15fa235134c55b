// Answers what the page opens on: what failed and why, what waits, and what the latest builds cooked.
import type { Depends } from '../../base/event.ts'
import { storedLog } from '../../fridge/log-files.ts'
import type { KitchenView, ResultView } from '../../inspection/session-views.ts'
import type { JobRow } from '../../plan/step-table.ts'
import type { Session } from '../../session/session.ts'
import type { Reading } from '../kitchen-reader.ts'
import type { NowPage, RunsPage } from '../page-protocol.ts'
import { buildRuns, type RememberedCook, type SeenBuild } from './build-runs.ts'
import { type FailedJob, type FailureGroup, groupFailures } from './failure-groups.ts'
import { waitingWork } from './waiting-work.ts'

/** Failures of which more than these show no log, and are told apart by their messages only. */
const mostLogs = 1000
const mostTail = 4000
const mostJobsInGroup = 24
/** So many groups are shown with a log. */
const mostShownLogs = 40
const mostCooks = 20_000
const mostBuilds = 60

export function nowPage(kitchen: KitchenView): NowPage {
  const { burners } = kitchen.configuration.kitchen
  return { failures: failureGroups(kitchen), waiting: waitingWork(kitchen), burners }
}

/** Of one step, or of all. */
export function failureGroups(kitchen: ResultView, step?: string): FailureGroup[] {
  const failures = groupFailures(failedJobs(kitchen, step), mostJobsInGroup)
  for (const [place, { jobs }] of failures.entries())
    for (const [at, job] of jobs.entries()) if (place >= mostShownLogs || at > 0) delete job.logTail
  return failures
}

function* failedJobs(kitchen: ResultView, step?: string): Iterable<FailedJob> {
  let logs = 0
  for (const table of kitchen.plan.tables) {
    if (step !== undefined && table.step.name !== step) continue
    for (let row = 0; row < table.rows; row++) {
      const reason = kitchen.verdicts.reason(table.job(row))
      if (reason.kind !== 'last-cook-failed') continue
      const job = table.at(row)
      yield {
        id: job.id,
        step: table.step.name,
        depends: job.parameters(),
        failure: reason.failure,
        ...(logs++ < mostLogs && lastCook(kitchen, job)),
      }
    }
  }
}

function lastCook({ fridge }: ResultView, { step, record }: JobRow): Pick<FailedJob, 'command' | 'logTail'> {
  const action = fridge.items.find(step.name, record)?.action
  if (!action) return {}
  const command = fridge.actions.receipt(action.id)?.note.command
  return { ...(command !== undefined && { command }), logTail: tailOf(storedLog(fridge, action.id)) }
}

function tailOf(log: string): string {
  if (log.length <= mostTail) return log
  const tail = log.slice(-mostTail)
  return `…\n${tail.slice(tail.indexOf('\n') + 1)}`
}

export function runsPage(reading: Reading, kitchen: Session, seen: readonly SeenBuild[]): RunsPage {
  const rowOf = rowFinder(reading, kitchen)
  const cooks = (reading.notes.cooks ??= rememberedCooks(kitchen))
  const runs = buildRuns(cooks, kitchen.fridge.builds.latest(mostBuilds), seen)
  // Only bars that stand for one cook say of which variant.
  for (const { bars } of runs) for (const bar of bars) if (bar.cooks === undefined) bar.depends = rowOf(bar.id)
  return { runs }
}

function rememberedCooks({ fridge }: Session): RememberedCook[] {
  return fridge.actions.recent(mostCooks).map(({ step, name, note: { startedAt }, ms, ok }) => ({
    id: `${step}/${name}`,
    step,
    depends: {},
    startedAt,
    ms,
    ok,
  }))
}

function rowFinder({ notes }: Reading, { plan }: Session): (id: string) => Depends {
  const tables = new Map(plan.tables.map((table) => [table.step.name, table]))
  return (id) => {
    const slash = id.lastIndexOf('/')
    const step = id.slice(0, slash)
    const table = tables.get(step)
    if (!table) return {}
    let rows = notes.rows.get(step)
    if (!rows) notes.rows.set(step, (rows = new Map(table.records.map((record, row) => [record, row]))))
    const row = rows.get(id.slice(slash + 1))
    return row === undefined ? {} : table.at(row).parameters()
  }
}
