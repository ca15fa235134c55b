// What Slurm says of jobs, and what that means for tickets without a receipt.
import { type Failure, failure } from '../../base/failures/failure.ts'

export interface TaskState {
  /** `PENDING`, `RUNNING`, `NODE_FAIL`, ... */
  state: string
  reason: string
  nodes: string
  /** The number that a task has of its own, once it has begun: the file of completions knows no other. */
  own?: string
}

/** `job_task`: what both programs call a task of an array. */
export type States = Map<string, TaskState>

export const squeueFormat = '%i|%T|%r|%N|%A'
export const sacctFields = 'JobID,State,ExitCode,NodeList'
/** The file of completions has no exit code that sacct would show. */
export const completionFields = 'JobID,State,NodeList'

/** Lines of `squeue -r -o`: a pending task of an array has a line of its own. */
export function squeueStates(text: string): States {
  return statesOf(text, ([id = '', state = '', reason = '', nodes = '', own = '']) => [
    id,
    { state, reason, nodes, ...(state !== 'PENDING' && own !== '' && { own }) },
  ])
}

/** Lines of `sacct -n -P`. `CANCELLED by 1000` says who did it as well. */
export function sacctStates(text: string): States {
  return statesOf(text, ([id = '', state = '', exit = '', nodes = '']) => [
    id,
    { state: state.split(' ')[0] as string, reason: exit === '' ? '' : `exit ${exit}`, nodes },
  ])
}

/** Lines of `sacct -c -n -P`. */
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

/** Whether the program came to its own end, good or bad: then what it said of itself is true. */
export function endsByItself({ state }: TaskState): boolean {
  return state === 'COMPLETED' || state === 'FAILED'
}

export interface Asked {
  mem?: number
  /** Seconds. */
  time?: number
}

/** Why a task left no receipt, in words of what happened. */
export function endedWords({ state, reason, nodes }: TaskState, job: string, asked: Asked): Failure {
  switch (state) {
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return failure('slurm-node', { job, node: nodes })
    case 'PREEMPTED':
      return failure('slurm-preempted', { job, node: nodes })
    case 'OUT_OF_MEMORY':
      return failure('slurm-memory', { job, asked: asked.mem })
    case 'TIMEOUT':
    case 'DEADLINE':
      return failure('slurm-time', { job, asked: asked.time })
    case 'CANCELLED':
    case 'REVOKED':
      return failure('slurm-cancelled', { job })
    default:
      return failure('slurm-ended', { job, state, reason: reason === 'None' ? '' : reason, node: nodes })
  }
}
