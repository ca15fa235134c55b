// A batch that Slurm has, with the tickets whose receipts are waited for; and what becomes of one that has none.
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
  /** How often Slurm knew nothing of it any more. */
  lost: number
}

/** A batch with the tickets whose receipts are waited for. */
export interface Open {
  batch: Batch
  entries: Map<number, Entry>
  /** Receipts that wait for Slurm's word: of cooks that it may have ended, and those that cannot be believed. */
  aside: Map<number, { why: string } | { receipt: Receipt }>
  /** Tasks that ended, as far as Slurm knows, and how often it was asked since. */
  ended: Map<number, { state?: TaskState; looks: number }>
}

/** Slurm may lose a job without a fault of its own ticket, for example when its controller is killed. */
const mostLost = 2

export function openBatch(batch: Batch, entries: Iterable<[number, Entry]> = []): Open {
  return { batch, entries: new Map(entries), aside: new Map(), ended: new Map() }
}

/** Tasks with tickets that are waited for. */
export function openTasks({ batch, entries }: Open): number[] {
  return [...batch.tasks.keys()].filter((task) => batch.tasks[task]?.some((number) => entries.has(number)))
}

export function taskId({ batch }: Open, task: number): string {
  return `${batch.job}_${task}`
}

export function isCancelled({ entries }: Open): boolean {
  return [...entries.values()].every((entry) => entry.cancelled)
}

/** What Slurm has to end: whole arrays by their number, where nobody waits for the rest, else single tasks. */
export function cancelledJobs(open: Open): string[] {
  const { batch, entries } = open
  if (batch.job === undefined) return []
  if (isCancelled(open)) return [batch.job]
  const cancelled = [...batch.tasks.entries()].filter(([, numbers]) =>
    numbers.some((one) => entries.get(one)?.cancelled),
  )
  return cancelled.map(([task]) => taskId(open, task))
}

/** Notes what Slurm says of the tasks of a batch. True: one of them ended, or is not known. */
export function noteStates(open: Open, states: ReadonlyMap<string, TaskState>): boolean {
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

export function noteEnd({ ended }: Open, task: number, state?: TaskState): void {
  const looks = (ended.get(task)?.looks ?? 0) + 1
  ended.set(task, state === undefined ? { looks } : { state, looks })
}

/** Tickets without a receipt whose tasks ended twice over: by then every receipt that was written has come. */
export function* endedTickets(open: Open): Iterable<{ number: number; end: TaskEnd }> {
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
  /** One of its tickets was begun. */
  begun: boolean
  /** One of its tickets was cancelled here. */
  ours: boolean
}

/** What becomes of a ticket whose task ended: it has a receipt after all, or goes to the stove again. */
export function fateOf(
  open: Open,
  number: number,
  { task, state, begun, ours }: TaskEnd,
): { receipt: Receipt } | { again: 'lost' | 'innocent' } {
  const { batch } = open
  const { ticket, cancelled, lost } = open.entries.get(number) as Entry
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
