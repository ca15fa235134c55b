// Gathers tickets into job arrays, reads their receipts from the shared folder, and seldom queries
// Slurm about those without one. A receipt on disk is the truth, and Slurm's word a hint.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { readReceipt } from '../received-json.ts'
import type { HostEnvironment } from '../../steps/pan.ts'
import type { Receipt, DirectExecutor, Ticket, TicketNote } from '../../tickets/ticket.ts'
import {
  type Batch,
  batchesFolder,
  noteJob,
  pansFolder,
  receiptPath,
  receiptsIn,
  removeBatch,
  writeBatch,
} from './batch.ts'
import type { Client } from './slurm-client.ts'
import { complaintOf } from './slurm-client.ts'
import { SlurmCluster, type Limits } from './slurm-cluster.ts'
import { OrphanedBatches } from './orphaned-batches.ts'
import { cancelledReceipt, handOver, lostReceipt, mayBeEnded } from './missing-receipts.ts'
import {
  cancelledJobs,
  endedTickets,
  type Entry,
  fateOf,
  isCancelled,
  noteEnd,
  noteStates,
  type OpenBatch,
  openBatch,
  openTasks,
  taskId,
} from './submitted-batch.ts'
import { type FreeOptions, sbatchWords } from './sbatch-options.ts'
import { PollPace, SubmissionPace } from './polling-pace.ts'
import { batchScript } from './task-script.ts'
import { hasEnded } from './slurm-states.ts'
import { type Load, WaitingTickets } from './waiting-tickets.ts'

export interface SlurmSettings {
  /** The options of the kitchen, including partition and the like. */
  options: FreeOptions
  partition?: string
  /** The number of jobs that may be in the queue. */
  queue: number
  /** Milliseconds of work that are put together in one job at most. */
  groupMs: number
  /** Seconds between two queries of the states. */
  pollSeconds?: number
}

export interface SlurmExecutorRequest {
  settings: SlurmSettings
  fridge: string
  client: Client
  hostEnvironment: HostEnvironment
  /** The words that call `chef` on the nodes. */
  chef: string[]
  warn: (failure: Failure) => void
}

const lookMs = 200
const mostTickets = 10_000

export function openSlurmExecutor(request: SlurmExecutorRequest): DirectExecutor {
  return new SlurmExecutor(request)
}

class SlurmExecutor implements DirectExecutor {
  readonly name = 'slurm'
  readonly burners = mostTickets
  readonly measures = true
  readonly #request: SlurmExecutorRequest
  readonly #cluster: SlurmCluster
  readonly #former: OrphanedBatches
  readonly #run = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
  readonly #waiting = new WaitingTickets<Entry>()
  readonly #open = new Set<OpenBatch>()
  readonly #done: Batch[] = []
  readonly #byId = new Map<string, Entry>()
  readonly #submissions = new SubmissionPace()
  readonly #polls: PollPace
  /** The numbers of single tasks, by job and task. */
  readonly #own = new Map<string, string>()
  #limits: Limits | undefined
  #pans = 0
  #batches = 0
  #timer: NodeJS.Timeout | undefined
  #working = false
  #cancelling = false
  #room: number
  #warned = false

  constructor(request: SlurmExecutorRequest) {
    const { settings, fridge, client } = request
    this.#request = request
    this.#cluster = new SlurmCluster(client, settings.partition)
    this.#former = new OrphanedBatches(fridge)
    this.#polls = new PollPace(settings.pollSeconds)
    this.#room = settings.queue
    mkdirSync(pansFolder(fridge), { recursive: true })
  }

  pan(): string {
    return join(pansFolder(this.#request.fridge), `${this.#run}-${this.#pans++}`)
  }

  cook(ticket: Ticket, note: TicketNote = { action: ticket.key }): Promise<Receipt> {
    return new Promise((resolve) => {
      const entry: Entry = { ticket: { ...ticket, action: note.action }, note, resolve, cancelled: false, lost: 0 }
      this.#byId.set(ticket.id, entry)
      const found = this.#former.find(entry.ticket)
      if (found) this.#resume(found.batch, found.number, entry)
      else this.#gather(entry)
      this.#soon()
    })
  }

  cancel(id: string): void {
    const entry = this.#byId.get(id)
    if (entry === undefined) return
    entry.cancelled = true
    if (this.#waiting.remove(entry)) this.#give(entry, cancelledReceipt(entry.ticket))
    else if (!this.#cancelling) {
      // One call ends all tickets that are cancelled together.
      this.#cancelling = true
      setImmediate(() => {
        this.#cancelling = false
        void this.#endCancelled()
      })
    }
  }

  async close(): Promise<void> {
    for (const { ticket } of this.#byId.values()) this.cancel(ticket.id)
    while (this.#byId.size > 0) await new Promise((resolve) => setTimeout(resolve, lookMs / 4))
    clearTimeout(this.#timer)
    for (const batch of this.#done) removeBatch(batch)
    const left = await this.#stillThere(this.#former.unrequested())
    if (left.length > 0) this.#request.warn(failure('slurm-left', { jobs: left }))
  }

  /** Returns arrays of an earlier chef that are running and that nobody requested. */
  async #stillThere(jobs: readonly string[]): Promise<string[]> {
    if (jobs.length === 0) return []
    const states = await this.#cluster.states(jobs)
    const running = [...(states ?? [])].filter(([, state]) => !hasEnded(state)).map(([id]) => id.split('_')[0] ?? id)
    return [...new Set(running)]
  }

  #resume(batch: Batch, number: number, entry: Entry): void {
    let open = [...this.#open].find((one) => one.batch === batch)
    if (open === undefined) {
      open = openBatch(batch)
      this.#open.add(open)
      this.#polls.soon()
    }
    open.entries.set(number, entry)
  }

  #gather(entry: Entry): void {
    this.#waiting.add(entry)
    this.#submissions.arrived(Date.now())
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => void this.#tick(), Math.min(lookMs, 40))
  }

  async #tick(): Promise<void> {
    const began = Date.now()
    if (!this.#working) {
      this.#working = true
      try {
        this.#look()
        await this.#send()
        await this.#ask()
      } finally {
        this.#working = false
      }
    }
    this.#timer = undefined
    if (this.#byId.size === 0) return
    const pause =
      this.#waiting.size > 0 ? lookMs / 4 : Math.min(10 * lookMs, Math.max(lookMs, 5 * (Date.now() - began)))
    this.#timer = setTimeout(() => void this.#tick(), Math.min(pause, 2000))
  }

  /** Takes in every receipt that has come. */
  #look(): void {
    for (const open of this.#open) {
      for (const number of receiptsIn(open.batch)) {
        const entry = open.entries.get(number)
        if (entry === undefined) continue
        const pan = open.batch.tickets[number]?.pan ?? ''
        const found = readReceipt(receiptPath(open.batch, number), entry.ticket, pan)
        if ('why' in found) {
          if (!found.torn && !found.missing) open.aside.set(number, found)
        } else if (!mayBeEnded(found.value)) {
          if (found.value.ok) this.#waiting.learn(entry.ticket.step, found.value.ms)
          this.#give(entry, handOver(found.value, pan, entry.ticket), { open, number })
        } else if (entry.cancelled) this.#give(entry, cancelledReceipt(entry.ticket), { open, number })
        else {
          if (!open.aside.has(number)) this.#polls.soon()
          open.aside.set(number, { receipt: found.value })
        }
      }
      this.#settle(open)
    }
  }

  /** Resolves the ticket with its receipt. Folders stay until the fridge has stored the outputs. */
  #give(entry: Entry, receipt: Receipt, from?: { open: OpenBatch; number: number }): void {
    if (this.#byId.get(entry.ticket.id) === entry) this.#byId.delete(entry.ticket.id)
    if (from) this.#leave(from.open, from.number)
    entry.resolve(receipt)
  }

  #leave(open: OpenBatch, number: number): void {
    open.entries.delete(number)
    if (open.entries.size > 0) return
    this.#open.delete(open)
    if (!this.#former.holds(open.batch)) this.#done.push(open.batch)
  }

  get #outstanding(): number {
    let tasks = 0
    for (const open of this.#open) tasks += openTasks(open).length
    return tasks
  }

  async #send(): Promise<void> {
    if (!this.#submissions.due(Date.now(), this.#waiting.size, this.#open.size > 0)) return
    const outstanding = this.#outstanding
    const free = this.#room - outstanding
    // A nearly full queue is refilled in one go.
    if (free <= 0 || (outstanding > 0 && free < this.#room / 4)) return
    this.#limits ??= await this.#cluster.limits()
    const { arraySize, processors } = this.#limits
    const room = { groupMs: this.#request.settings.groupMs, slots: processors, tasks: free, most: arraySize }
    const loads = this.#waiting.take(room, Date.now())
    for (const load of loads) await this.#submit(load)
    if (this.#waiting.size > 0) this.#submissions.held(Date.now())
  }

  async #submit({ entries, tasks }: Load<Entry>): Promise<void> {
    const { fridge, chef, hostEnvironment, settings } = this.#request
    const [first] = entries
    if (first === undefined) return
    const name = `${this.#run}-${this.#batches++}`
    const folder = join(batchesFolder(fridge), name)
    const tickets = entries.map((entry) => entry.ticket)
    const script = batchScript({ folder, chef, environment: hostEnvironment })
    const batch = writeBatch({ folder, name, tasks, writtenAt: Date.now() }, tickets, script)
    const open = openBatch(batch, entries.entries())
    this.#open.add(open)
    const words = sbatchWords({
      folder,
      batch: name,
      step: first.ticket.step,
      tasks: tasks.length,
      needs: first.ticket.needs,
      variables: [...new Set(tickets.flatMap(({ passed }) => Object.keys(passed?.digests ?? {})))],
      tickets: Math.max(...tasks.map((numbers) => numbers.length)),
      options: { ...settings.options, ...first.note.sbatch },
    })
    this.#submissions.sent(entries.length)
    await this.#insist(open, words)
    this.#polls.began(Date.now())
    // The ticket was cancelled during sbatch. Only now is there a job to end.
    if ([...open.entries.values()].some((entry) => entry.cancelled)) await this.#endCancelled()
  }

  /** Submits until Slurm has isHeard it. Before it repeats a submission, it looks whether Slurm isHeard the last one. */
  async #insist(open: OpenBatch, words: string[]): Promise<void> {
    const { batch, entries } = open
    for (let pause = 1000; ; pause = Math.min(2 * pause, 30_000)) {
      const answer = await this.#cluster.submit(words)
      if (answer.ok) return noteJob(batch, answer.stdout.trim().split(';')[0] ?? '')
      const { kind, why } = complaintOf(answer.stderr)
      const others = this.#open.size > 1
      if (kind === 'refused' || (kind === 'full' && !others)) {
        for (const [number, entry] of [...entries])
          this.#give(entry, lostReceipt(entry.ticket, failure('slurm-refused', { why }), open.batch), { open, number })
        return
      }
      if (kind === 'full') {
        this.#room = Math.max(1, this.#outstanding - batch.tasks.length)
        this.#takeBack(open)
        return
      }
      this.#warnSilent(why)
      await new Promise((resolve) => setTimeout(resolve, pause))
      this.#look()
      if (isCancelled(open)) return this.#giveUp(open)
      const found = await this.#cluster.find([batch.name])
      const job = found?.get(batch.name)
      if (job !== undefined) return noteJob(batch, job)
    }
  }

  #takeBack(open: OpenBatch): void {
    for (const [number, entry] of [...open.entries]) {
      open.entries.delete(number)
      this.#gather(entry)
    }
    this.#open.delete(open)
    this.#done.push(open.batch)
  }

  #giveUp(open: OpenBatch): void {
    for (const [number, entry] of [...open.entries]) this.#give(entry, cancelledReceipt(entry.ticket), { open, number })
  }

  #warnSilent(why: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#request.warn(failure('slurm-silent', { why }))
  }

  /** Queries all states at once, and finds the numbers of batches that an earlier chef could not record. */
  async #ask(): Promise<void> {
    const open = [...this.#open]
    if (open.length === 0 || !this.#polls.due(Date.now())) return
    const unknown = open.filter(({ batch }) => batch.job === undefined)
    if (unknown.length > 0) {
      this.#polls.queried(Date.now())
      const found = await this.#cluster.find(unknown.map(({ batch }) => batch.name))
      if (found === undefined) return
      for (const one of unknown) {
        const job = found.get(one.batch.name)
        if (job === undefined) this.#allEnd(one)
        else noteJob(one.batch, job)
      }
      return
    }
    const jobs = open.flatMap(({ batch }) => batch.job ?? [])
    this.#polls.queried(Date.now())
    const states = await this.#cluster.states(jobs)
    if (states === undefined) {
      this.#warnSilent('squeue does not answer')
      for (const one of open) if (isCancelled(one)) this.#giveUp(one)
      return
    }
    this.#limits ??= await this.#cluster.limits()
    for (const [id, { own }] of states) if (own !== undefined) this.#own.set(id, own)
    const asked = open.flatMap((one) => openTasks(one).map((task) => taskId(one, task)))
    const missing = asked.filter((id) => !states.has(id))
    if (missing.length > 0 && this.#limits.history !== 'none') {
      this.#polls.queried(Date.now(), 2)
      const ended = await this.#cluster.ended(missing, this.#own, this.#limits.history)
      for (const [id, state] of ended) if (!states.has(id)) states.set(id, state)
    }
    // After one more query every receipt that was written has come.
    for (const one of open) if (noteStates(one, states)) this.#polls.soon()
  }

  /** Slurm does not know the batch. */
  #allEnd(open: OpenBatch): void {
    for (const task of open.batch.tasks.keys()) noteEnd(open, task)
    this.#polls.soon()
  }

  #settle(open: OpenBatch): void {
    for (const { number, end } of endedTickets(open)) {
      const entry = open.entries.get(number)
      const fate = entry && fateOf(open, number, end)
      if (!entry || !fate) continue
      if ('receipt' in fate) {
        this.#give(entry, fate.receipt, { open, number })
        continue
      }
      if (fate.again === 'lost') entry.lost++
      this.#leave(open, number)
      this.#gather(entry)
    }
  }

  async #endCancelled(): Promise<void> {
    const jobs = [...this.#open].flatMap(cancelledJobs)
    if (jobs.length === 0) return
    const isHeard = await this.#cluster.cancel(jobs)
    this.#polls.soon()
    if (isHeard) return
    this.#request.warn(failure('slurm-left', { jobs }))
    for (const open of this.#open)
      for (const [number, entry] of [...open.entries])
        if (entry.cancelled) this.#give(entry, cancelledReceipt(entry.ticket), { open, number })
  }
}
