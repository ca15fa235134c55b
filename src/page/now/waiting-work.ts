// Sums up the jobs that a build would cook, by step and by reason.
import type { Reason } from '../../base/reason.ts'
import { medianOf } from '../../base/statistics.ts'
import type { ResultView } from '../../inspection/session-views.ts'
import { reasonText } from '../../report/text/reason-text.ts'

export interface WaitingReason {
  /** Words that hold for all of these jobs. */
  why: string
  jobs: number
  /** One of the jobs. */
  id: string
}

export interface WaitingStep {
  step: string
  /** A result of the step, whose shelf lists the jobs. */
  result: string
  jobs: number
  /** Milliseconds of all of them, as cooks of this step took before. Undefined where none is known. */
  expectedMs?: number
  reasons: WaitingReason[]
}

/** Of one step, or of all. Jobs that failed are told elsewhere. */
export function waitingWork({ plan, verdicts }: ResultView, step?: string): WaitingStep[] {
  const steps: WaitingStep[] = []
  for (const table of plan.tables) {
    if (step !== undefined && table.step.name !== step) continue
    const reasons = new Map<string, WaitingReason>()
    const known: number[] = []
    let jobs = 0
    for (let row = 0; row < table.rows; row++) {
      const job = table.job(row)
      const verdict = verdicts.shownVerdict(job)
      if (verdict === 'fresh') continue
      const reason = verdicts.reason(job)
      if (reason.kind === 'last-cook-failed') continue
      jobs++
      const ms = verdicts.priorMs(job)
      if (ms !== undefined) known.push(ms)
      const isOpen = verdict === 'maybe' && reason.kind !== 'blocked'
      const why = isOpen ? `waits for ${table.step.inputs.map(({ from }) => from).join(', ')}` : groupText(reason)
      const group = reasons.get(why)
      if (group) group.jobs++
      else reasons.set(why, { why, jobs: 1, id: table.at(row).id })
    }
    const [result] = table.outputs
    const typicalMs = medianOf(known)
    if (jobs > 0 && result)
      steps.push({
        step: table.step.name,
        result: result.name,
        jobs,
        ...(typicalMs !== undefined && { expectedMs: typicalMs * jobs }),
        reasons: [...reasons.values()].sort((one, other) => other.jobs - one.jobs),
      })
  }
  return steps
}

/** Leaves out what differs between jobs that wait for one cause. */
function groupText(reason: Reason): string {
  if (reason.kind === 'flavour-new') return `new values of ${reason.flavour}`
  if (reason.kind === 'blocked') return `blocked: ${reason.by.slice(0, reason.by.indexOf('/'))} failed`
  return reasonText(reason)
}
