// Defines the events of a kitchen as data. Terminal, plain lines, --json and the page fold the same events.
import type { Failure } from './failures/failure.ts'
import type { Reason } from './reason.ts'
import type { Value } from './value.ts'

/** Labels and values a job depends on, never hashes. */
export type Depends = { [name: string]: Value }

export type JobStatus = 'cooked' | 'reused' | 'failed' | 'blocked'

export type KitchenEvent =
  /** After planning: what a build is about to do. `expectedMs` is the estimate from recorded times, if there are any. */
  | { type: 'plan'; jobs: number; fresh: number; stale: number; maybe: number; expectedMs?: number }
  /** More jobs became known while the build ran; so many of them are not fresh. */
  | { type: 'grown'; todo: number }
  | { type: 'start'; job: number; id: string; step: string; depends: Depends; expectedMs?: number }
  | {
      type: 'job'
      job: number
      id: string
      step: string
      depends: Depends
      status: JobStatus
      reason: Reason
      /** Wall time of the cook; 0 where nothing ran. */
      ms: number
      exit: number | null
      /** The source of a reused result that did not come from this fridge. */
      from?: 'cache'
      /** For a failure: what was run, and the end of what it said. */
      command?: string
      logTail?: string
      /** All it said, now or when it was cooked: only where every log is to be printed. */
      log?: string
      /** Of a job that failed. */
      failure?: Failure
      cpuMs?: number
      peakBytes?: number
    }
  /** A job is cooked somewhere else: its receipt is taken in by a later command. */
  | { type: 'later'; job: number }
  /** A job turned out to be fresh after its inputs were cooked (early cutoff): counted, not listed. */
  | { type: 'fresh'; job: number; step: string }
  | { type: 'warning'; failure: Failure }
  /** The first file or folder that a cook of the step read without declaring it, and how many it read besides. */
  | { type: 'undeclared-read'; step: string; path: string; more: number }
  | { type: 'link'; path: string; action: 'laid' | 'mended' | 'removed' | 'kept'; why?: string }
  /** The fridge was over its capacity: what was dropped, and how much it holds now. */
  | { type: 'room'; dropped: number; freed: number; holds: number; capacity: number }
  | { type: 'waiting'; pid: number; command: string }
  | Summary

export interface Summary {
  type: 'summary'
  jobs: number
  fresh: number
  cooked: number
  reused: number
  failed: number
  blocked: number
  ms: number
  /** Of the reused: how many somebody else had cooked. */
  fromCache?: number
  /** Longest chain of cooked work, in ms of its jobs: what more burners cannot shorten. */
  criticalMs?: number
  /** Time of cooking that reused results saved. */
  savedMs?: number
  /** Jobs that are cooked somewhere else, and jobs that wait for them. */
  later?: number
  waiting?: number
}

/** The stored summary of a build. */
export interface BuildNote extends Pick<Summary, 'jobs' | 'fresh' | 'cooked' | 'reused' | 'failed' | 'blocked' | 'ms'> {
  at: number
  savedMs: number
  /** As it was typed, without secrets. Notes of older versions have none of these. */
  command?: string
  targets?: readonly string[]
  interrupted?: true
  commit?: SourceCommit
  /** The first jobs that failed. */
  failures?: readonly JobFailure[]
}

/** The commit that the work tree was at, and whether a tracked file differed from it. */
export interface SourceCommit {
  id: string
  clean: boolean
}

/** A job that failed, as a history shows it. */
export interface JobFailure {
  id: string
  step: string
  depends: Depends
  message: string
}

/** The stored summary of an audit: how many jobs it cooked again, of how many that were fresh, and what came of it. */
export interface AuditNote {
  at: number
  fresh: number
  same: number
  different: number
  failed: number
  skipped: number
  /** Those that made other bytes, or failed. */
  steps: string[]
}

export type Emit = (event: KitchenEvent) => void
