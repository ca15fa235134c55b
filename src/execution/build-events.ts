// The events that reach a running build, and the effects it asks for. Both are plain data.
import type { Verdict } from '../freshness/job-verdicts.ts'
import type { JobId } from '../plan/job-id.ts'
import type { BuildPlan } from './build-plan.ts'

/** All inputs of the job are known. */
export type FinalVerdict = Exclude<Verdict, 'maybe'>

export type BuildEvent =
  | { type: 'started' }
  /** The results of these finished jobs were found lost or damaged after the build had ended, or before it began. */
  | { type: 'results-lost'; jobs: Iterable<JobId> }
  | { type: 'judged'; job: JobId; verdict: FinalVerdict }
  /** `action`: the full text of the action. `lost`: jobs whose results this job reads and whose bytes are gone. */
  | { type: 'examined'; job: JobId; action: string; lost: readonly JobId[] }
  | { type: 'looked-up'; job: JobId; found: boolean }
  /** The job could not begin because `content`, which it reads, is gone. `makers`: jobs whose results are gone. */
  | { type: 'inputs-lost'; job: JobId; content: string; makers: readonly JobId[] }
  /** The receipt is here. `overwrote`: the input that the cook wrote into. */
  | { type: 'returned'; job: JobId; ok: boolean; overwrote: string | undefined }
  /** The receipt will come after this build. */
  | { type: 'deferred'; job: JobId }
  /** The outputs of a receipt are stored, or it came to a failure, or a file changed while the cook read it. */
  | { type: 'stored'; job: JobId; outcome: StoredOutcome }
  /** Inputs of these jobs changed on disk. The value names the input. */
  | { type: 'invalidated'; jobs: ReadonlyMap<JobId, string> }
  /** Pieces became known, and with them more jobs: the plan has all of the former one, and these behind. */
  | { type: 'grown'; plan: BuildPlan }
  | { type: 'interrupted' }

/** `input`: the file that changed. */
export type StoredOutcome = { kind: 'cooked' | 'failed' } | { kind: 'changed'; input: string }

export type FailureCause =
  /** The receipt says why. */
  { kind: 'receipt' } | { kind: 'overwrote'; input: string } | { kind: 'inputs-lost'; content: string }

export type BlockCause =
  | { kind: 'blocked-by'; job: JobId }
  | { kind: 'input-changed'; input: string }
  | { kind: 'cancelled' }
  | { kind: 'interrupted' }

export type BuildEffect =
  | { type: 'judge'; jobs: readonly JobId[] }
  | { type: 'examine'; jobs: readonly JobId[] }
  | { type: 'look-up'; job: JobId }
  /** Stores the result that the look-up found. */
  | { type: 'accept'; job: JobId }
  /** `held`: prepared by the executor ahead of a free burner, until `begin`. */
  | { type: 'cook'; job: JobId; attempt: number; held: boolean }
  | { type: 'begin'; job: JobId }
  /** Ends a cook. Its receipt still comes back. */
  | { type: 'cancel'; job: JobId }
  | { type: 'retry'; job: JobId; attempt: number; held: boolean }
  /** Stores what the receipt brought; answered by `stored`. */
  | { type: 'store'; job: JobId }
  /** Nothing of the receipt is wanted. */
  | { type: 'discard'; job: JobId }
  /** The action of these jobs is known: by the fridge, or from the job that was cooked for them. */
  | { type: 'reuse'; jobs: readonly JobId[]; cookedAs?: JobId }
  | { type: 'report-fresh'; job: JobId }
  /** All of one action; the first is the one that was cooked. */
  | { type: 'fail'; jobs: readonly JobId[]; cause: FailureCause }
  | { type: 'block'; jobs: readonly JobId[]; cause: BlockCause }
  | { type: 'report-deferred'; job: JobId }
  /** The results of a finished job are needed again and gone. */
  | { type: 'recook'; job: JobId }
  /** Nobody reads the intermediate results of this job any more. */
  | { type: 'release-results'; job: JobId }
  /** They are needed after all. */
  | { type: 'retain-results'; job: JobId }
  | { type: 'finish' }
