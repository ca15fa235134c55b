// Defines the reasons that verdicts and events carry as data. report/text/reason-text.ts words them.
import type { Failure } from './failures/failure.ts'
import type { Value } from './value.ts'

/**
 * Why a job is fresh, will be cooked, or was not.
 * - `source-changed`: `source` is the label of the step's source, `command` where it has none, `recipe` for anything else.
 * - `input-changed`: `input` is the name of the shelf that the step reads.
 * - `discovered-changed`, `discovered-appeared`: `path` is relative to the project where it lies inside.
 * - `not-observed`: it was cooked while its step was not to be observed, and now what a step reads counts.
 * - `blocked`: `by` is the id of the job that failed or was left, which may lie several jobs back.
 * - `stopped`: the build ended before the job began.
 * - `changed-meanwhile`: the input with that label changed after the job was planned, so its result would be of no use.
 */
export type Reason =
  | { kind: 'fresh' }
  | { kind: 'never-cooked' }
  | { kind: 'flavour-new'; flavour: string; value: Value }
  | { kind: 'source-changed'; source: string }
  | { kind: 'input-changed'; input: string }
  | { kind: 'environment-changed'; name: string }
  | { kind: 'tool-changed'; tool: string }
  | { kind: 'discovered-changed'; path: string }
  | { kind: 'discovered-appeared'; path: string }
  | { kind: 'not-observed' }
  | { kind: 'result-missing' }
  | { kind: 'last-cook-failed'; failure: Failure }
  | { kind: 'forced' }
  | { kind: 'blocked'; by: string }
  | { kind: 'stopped'; after: 'failure' | 'interruption' }
  | { kind: 'changed-meanwhile'; label: string }
