// An opened kitchen as data: its shelves are stocked, its plan is made, and every job is judged.
import type { Emit } from '../base/event.ts'
import type { Failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { type InvalidatedJobs, jobsBehind } from '../execution/invalidated-jobs.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Holder } from '../fridge/lock.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import type { FileWorld } from '../sources/file-world.ts'
import type { ToolIdentities } from '../sources/tool-identity.ts'
import type { Narrowing } from './narrowing.ts'
import type { PlanGrowth } from './plan-growth.ts'
import type { WarmSession } from './warm-session.ts'

export interface SessionRequest {
  configuration: Configuration
  /** Result or step names; empty: the configuration's targets. */
  targets: readonly string[]
  narrow: readonly Narrowing[]
  /** False: nothing is written, and no lock is taken. */
  write: boolean
  force: boolean
  /** True where a build looks at everything again: what has to run at every build has run. */
  isLaterRound?: boolean
  /** Actions that earlier rounds of a forced build cooked. */
  accepted?: ReadonlySet<number>
  /** True: steps that an empty shelf keeps from being planned are left out, with what hangs on them. */
  lenient?: boolean
  /** True: steps that an empty shelf keeps from being planned are blocked, and the others are cooked. */
  keepGoing?: boolean
  /** False: what a step is going to pour is unknown. By default it is taken to be what it poured last. */
  assumeLast?: boolean
  /** True: resources and flavours that no target needs are stocked, too. */
  everything?: boolean
  /** False: refuse instead of waiting for another chef in this fridge. */
  wait: boolean
  who: Holder
  /** The user's environment. */
  environment: { readonly [name: string]: string | undefined }
  emit: Emit
  signal?: AbortSignal
  /** State that a watch keeps between builds. */
  warm?: WarmSession
}

export interface Session {
  readonly request: SessionRequest
  readonly configuration: Configuration
  readonly fridge: Fridge
  readonly scanner: FileScanner
  /** The world that traces of cooks are compared with. */
  readonly world: FileWorld
  readonly tools: ToolIdentities
  readonly shelves: Map<string, StockedShelf>
  readonly plan: Plan
  readonly verdicts: Verdicts
  /** The jobs that were judged, where all others are as the build before left them. */
  readonly judged: ReadonlySet<JobId> | undefined
  /** Steps behind pours whose pieces are not known yet. */
  readonly growth: PlanGrowth
  /** The number of steps that an empty shelf blocks. */
  readonly withheld: number
  /** Jobs whose inputs changed since the session was opened. */
  readonly invalidated: InvalidatedJobs
  /** Stocks, plans and judges anew, because files changed since. */
  readonly replan: () => Opened
  readonly close: () => void
}

export type Opened = { session: Session } | { failures: Failure[] }

export interface VerdictCounts {
  jobs: number
  fresh: number
  stale: number
  maybe: number
}

/** Counts all jobs, or those that are wanted. */
export function countVerdicts(
  { plan, verdicts }: Pick<Session, 'plan' | 'verdicts'>,
  wanted?: ReadonlySet<JobId>,
): VerdictCounts {
  if (wanted !== undefined) {
    const counts = { jobs: wanted.size, fresh: 0, stale: 0, maybe: 0 }
    for (const job of wanted) counts[verdicts.shownVerdict(job)]++
    return counts
  }
  const fresh = verdicts.count('fresh')
  const maybe = verdicts.count('maybe')
  return { jobs: plan.jobs, fresh, maybe, stale: plan.jobs - fresh - maybe }
}

/** These paths changed while the session is open: what depends on them is cancelled and left to the next build. */
export function invalidatePaths({ plan, invalidated }: Session, paths: ReadonlySet<string>): void {
  invalidated.add(jobsBehind(plan, paths))
}
