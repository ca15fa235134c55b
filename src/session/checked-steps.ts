// Tells what cooks of checked steps read, wrote or left unread beside what is declared, also cooks of earlier builds.
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import { looksIn } from '../base/trace.ts'
import type { Configuration } from '../config/configuration.ts'
import { traceModeOf } from '../config/trace-mode.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { JobId } from '../plan/job-id.ts'
import { readsOf, type Undeclared } from '../execution/cook-trace.ts'
import { undeclaredWarnings } from '../execution/receipt-evaluation.ts'

export interface CheckedBuild {
  configuration: Configuration
  fridge: Fridge
  verdicts: Verdicts
  /** Absent: every job of the plan. */
  jobs: ReadonlySet<JobId> | undefined
  /** The user's home. */
  home: string | undefined
  emit: Emit
  /** Messages that this build printed already. */
  told: Set<string>
}

/** Tells of the cooks behind all jobs of steps that are checked, so that a kitchen need not be cooked to be checked. */
export function tellUndeclared({ configuration, fridge, verdicts, jobs, home, emit, told }: CheckedBuild): void {
  for (const table of verdicts.plan.tables) {
    const { step } = table
    if (traceModeOf(step, configuration.kitchen) !== 'check') continue
    for (let row = 0; row < table.rows; row++) {
      const job = table.job(row)
      const action = jobs?.has(job) === false ? undefined : verdicts.actionOf(job)
      if (action === undefined) continue
      for (const what of undeclaredWarnings(undeclaredBehind(fridge, action, home), configuration.root)) {
        const warning = failure('cook-warning', { step: step.name, what })
        if (told.has(warning.message)) continue
        told.add(warning.message)
        emit({ type: 'warning', failure: warning })
      }
    }
  }
}

function undeclaredBehind(fridge: Fridge, action: number, home: string | undefined): Undeclared {
  const cooked = fridge.actions.cooked(action)
  const { reads, writes = [], unread = [] } = cooked?.note.undeclared ?? {}
  return { reads: reads ?? readsOf(looksIn(cooked?.trace.own ?? ''), home), writes, unread }
}
