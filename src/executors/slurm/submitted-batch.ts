// A submitted batch with the tickets that wait for receipts, and the decision about a ticket whose job left none.
import { failure } from '../../base/failures/failure.ts'
import type { Receipt, Ticket, TicketNote } from '../../tickets/ticket.ts'
import { type Batch, receiptPath } from './batch.ts'
import { cancelledReceipt, handOver, hasBegun, isCancelledReceipt, lostReceipt } from './missing-receipts.ts'
import { endedWords, endsByItself, hasEnded, type TaskState } from './slurm-states.ts'

export interface Entry {
  ticket: Ticket & { action: string }
  note: TicketNote
  resolve: (receipt: Receipt) => void
  cancelled: boolean
  /** The number of times that Slurm no longer knew its job. */
  lost: number
}

/** A submitted batch with the tickets that wait for receipts. */
export interface OpenBatch {
  batch: Batch
  entries: Map<number, Entry>
  /** Receipts that wait for Slurm's word: of cooks that Slurm may have ended, and invalid ones. */
  aside: Map<number, { why: string } | { receipt: Receipt }>
  /** Tasks that ended as far as Slurm knows, with the number of queries since. */
  ended: Map<number, { state?: TaskState; looks: number }>
}

/** Slurm may lose a job without any fault of the ticket, for example when its controller is killed. */
const mostLost = 2

export function openBatch(batch: Batch, entries: Iterable<[number, Entry]> = []): OpenBatch {
  return { batch, entries: new Map(entries), aside: new Map(), ended: new Map() }
}

/** Returns the tasks with waiting tickets. */
export function openTasks({ batch, entries }: OpenBatch): number[] {
  return [...batch.tasks.keys()].filter((task) => batch.tasks[task]?.some((number) => entries.has(number)))
}

export function taskId({ batch }: OpenBatch, task: number): string {
  return `${batch.job}_${task}`
}

export function isCancelled({ entries }: OpenBatch): boolean {
  return [...entries.values()].every((entry) => entry.cancelled)
}

/** Returns the jobs to end: a whole array by its number if nobody waits for the rest, else single tasks. */
export function cancelledJobs(open: OpenBatch): string[] {
  const { batch, entries } = open
  if (batch.job === undefined) return []
  if (isCancelled(open)) return [batch.job]
  const cancelled = [...batch.tasks.entries()].filter(([, numbers]) =>
    numbers.some((one) => entries.get(one)?.cancelled),
  )
  return cancelled.map(([task]) => taskId(open, task))
}

/** Records Slurm's states of a batch. Returns true if a task ended or is unknown. */
export function noteStates(open: OpenBatch, states: ReadonlyMap<string, TaskState>): boolean {
  let ends = false
  for (const task of openTasks(open)) {
    const state = states.get(taskId(open, task))
    if (state !== undefined && !hasEnded(state)) {
      open.ended.delete(task)
      continue
    }
    noteEnd(open, task, state)
    ends = true
  }
  return ends
}

export function noteEnd({ ended }: OpenBatch, task: number, state?: TaskState): void {
  const looks = (ended.get(task)?.looks ?? 0) + 1
  ended.set(task, state === undefined ? { looks } : { state, looks })
}

/**
 * Yields tickets without a receipt whose tasks were seen to have ended twice. By then every receipt that was written
 * has come.
 */
export function* endedTickets(open: OpenBatch): Iterable<{ number: number; end: TaskEnd }> {
  for (const [task, { state, looks }] of open.ended) {
    const numbers = (open.batch.tasks[task] ?? []).filter((number) => open.entries.has(number))
    const cancelled = numbers.filter((number) => open.entries.get(number)?.cancelled)
    const quick = state?.state === 'CANCELLED' && cancelled.length === numbers.length
    if (looks < 2 && !quick) continue
    open.ended.delete(task)
    const begun = numbers.some((number) => hasBegun(open.batch, number))
    for (const number of numbers) yield { number, end: { task, state, begun, ours: cancelled.length > 0 } }
  }
}

interface TaskEnd {
  task: number
  state: TaskState | undefined
  /** True if one of its tickets was begun. */
  begun: boolean
  /** True if one of its tickets was cancelled here. */
  ours: boolean
}

/** Decides about a ticket whose task ended: it has a receipt after all, or goes to the stove again. */
export function fateOf(
  open: OpenBatch,
  number: number,
  { task, state, begun, ours }: TaskEnd,
): { receipt: Receipt } | { again: 'lost' | 'innocent' } {
  const { batch } = open
  const entry = open.entries.get(number)
  if (entry === undefined) return { again: 'innocent' }
  const { ticket, cancelled, lost } = entry
  const aside = open.aside.get(number)
  if (cancelled) return { receipt: cancelledReceipt(ticket) }
  if (aside && 'why' in aside) {
    const why = failure('receipt-unfit', { file: receiptPath(batch, number), why: aside.why })
    return { receipt: lostReceipt(ticket, why, batch) }
  }
  if (aside && (state ? endsByItself(state) : !isCancelledReceipt(aside.receipt)))
    return { receipt: handOver(aside.receipt, batch.tickets[number]?.pan as string, ticket) }
  // A ticket that its task did not come to is no part of what went wrong, unless somebody wanted it ended.
  if (begun && !hasBegun(batch, number) && state?.state !== 'CANCELLED') return { again: 'innocent' }
  if ((ours && state?.state === 'CANCELLED') || (state === undefined && lost < mostLost)) return { again: 'lost' }
  const job = `${batch.job ?? '?'}_${task}`
  const why = state === undefined ? failure('slurm-lost', { job }) : endedWords(state, job, ticket.needs)
  return { receipt: lostReceipt(ticket, why, batch, number) }
}
