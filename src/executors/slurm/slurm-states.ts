// Reads the states that Slurm reports, and what they mean for tickets without a receipt.
import { type Failure, failure } from '../../base/failures/failure.ts'

export interface TaskState {
  /** `PENDING`, `RUNNING`, `NODE_FAIL` and so on. */
  state: string
  reason: string
  nodes: string
  /** The number of a task by itself, once it has begun. The file of completions knows no other. */
  own?: string
}

/** Maps `job_task`, the name of a task of an array in both programs, to its state. */
export type States = Map<string, TaskState>

export const squeueFormat = '%i|%T|%r|%N|%A'
export const sacctFields = 'JobID,State,ExitCode,NodeList'
/** The file of completions has no exit code that sacct could show. */
export const completionFields = 'JobID,State,NodeList'

/** Reads lines of `squeue -r -o`. A pending task of an array has a line of its own. */
export function squeueStates(text: string): States {
  return statesOf(text, ([id = '', state = '', reason = '', nodes = '', own = '']) => [
    id,
    { state, reason, nodes, ...(state !== 'PENDING' && own !== '' && { own }) },
  ])
}

/** Reads lines of `sacct -n -P`. `CANCELLED by 1000` also names the user. */
export function sacctStates(text: string): States {
  return statesOf(text, ([id = '', state = '', exit = '', nodes = '']) => [
    id,
    { state: state.split(' ')[0] ?? '', reason: exit === '' ? '' : `exit ${exit}`, nodes },
  ])
}

/** Reads lines of `sacct -c -n -P`. */
export function completionStates(text: string): States {
  return statesOf(text, ([id = '', state = '', nodes = '']) => [id, { state, reason: '', nodes }])
}

function statesOf(text: string, read: (fields: string[]) => [string, TaskState]): States {
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes('|'))
      .map((line) => read(line.split('|').map((field) => field.trim()))),
  )
}

const unfinished = new Set([
  ...['PENDING', 'CONFIGURING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'RESIZING', 'REQUEUED', 'REQUEUE_HOLD'],
  ...['REQUEUE_FED', 'RESV_DEL_HOLD', 'SIGNALING', 'SPECIAL_EXIT', 'STAGE_OUT', 'STOPPED'],
])

export function hasEnded({ state }: TaskState): boolean {
  return !unfinished.has(state)
}

/** True if the program reached its own end, so that its receipt can be trusted. */
export function endsByItself({ state }: TaskState): boolean {
  return state === 'COMPLETED' || state === 'FAILED'
}

export interface RequestedNeeds {
  mem?: number
  /** Seconds. */
  time?: number
}

/** Words why a task left no receipt. */
export function endedWords({ state, reason, nodes }: TaskState, job: string, needs: RequestedNeeds): Failure {
  switch (state) {
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return failure('slurm-node', { job, node: nodes })
    case 'PREEMPTED':
      return failure('slurm-preempted', { job, node: nodes })
    case 'OUT_OF_MEMORY':
      return failure('slurm-memory', { job, asked: needs.mem })
    case 'TIMEOUT':
    case 'DEADLINE':
      return failure('slurm-time', { job, asked: needs.time })
    case 'CANCELLED':
    case 'REVOKED':
      return failure('slurm-cancelled', { job })
    default:
      return failure('slurm-ended', { job, state, reason: reason === 'None' ? '' : reason, node: nodes })
  }
}
