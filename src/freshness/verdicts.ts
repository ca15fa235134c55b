// Judges every job of a plan: what is fresh, what is known, what must be cooked; and knows what each reads and gave.
import type { ContentName } from '../base/content-name.ts'
import type { Reason } from '../base/reason.ts'
import type { StoredAction } from '../fridge/action-store.ts'
import type { StoredItem } from '../fridge/item-store.ts'
import type { Store } from '../fridge/store.ts'
import { differenceReason } from './action-difference.ts'
import { actionWriter, stageInput, type Surroundings } from './action.ts'
import type { StepTable } from '../plan/step-table.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import { jobId, nameRecords, recordWriter, type RecordWriter, renameRecords } from '../plan/record.ts'
import { type JobState, JobStates } from './job-states.ts'
import { ActionValidity, type ActionValidityOptions } from './action-validity.ts'
import { matchVariants, type SeenValues, whyNew } from './variant-matching.ts'
import type { VerdictKind } from './job-states.ts'

/** States of jobs that a build left undone. */
const unfinished = ['maybe', 'stale', 'cooking', 'failed', 'blocked'] as const

/** Shared, because a plan may hold a million of them. */
const fresh: Reason = { kind: 'fresh' }
const forced: Reason = { kind: 'forced' }
const neverCooked: Reason = { kind: 'never-cooked' }

export interface VerdictsOptions extends ActionValidityOptions {
  force: boolean
  variable: Surroundings['variable']
  identity: Surroundings['identity']
}

interface TableWork {
  table: StepTable
  write: (row: number) => string | undefined
  /** Made when first needed. */
  record: RecordWriter | undefined
  /** Content of each output, row by row; empty while not known. */
  contents: (ContentName | undefined)[][]
  /** Bytes of each content. */
  sizes: Float64Array[]
  /** What the fridge remembers of the variant, where its record is not the same any more or its verdict is not final. */
  former: Map<number, StoredItem>
  /** Made where a reason needs them. */
  seen?: SeenValues
}

export class Verdicts {
  readonly plan: Plan
  readonly #fridge: Store
  readonly #options: VerdictsOptions
  readonly #states: JobStates
  readonly #usable: ActionValidity
  readonly #tables: TableWork[]
  /** Actions behind jobs that are fresh or known but whose item must be written. */
  readonly #actions = new Map<number, number>()
  readonly #priorMs = new Map<number, number>()
  readonly #surroundings: Surroundings
  /** A plan of a million jobs without a failure looks for none behind them. */
  #anyFailed = false
  /** Milliseconds of cooking that known actions spared. */
  savedMs = 0

  constructor(plan: Plan, fridge: Store, options: VerdictsOptions) {
    this.plan = plan
    this.#fridge = fridge
    this.#options = options
    this.#states = new JobStates(plan.jobs)
    this.#usable = new ActionValidity(plan, fridge, options)
    this.#surroundings = {
      contentOf: (table, output, row) => this.contentOf(table, output, row),
      variable: options.variable,
      identity: options.identity,
    }
    this.#tables = plan.tables.map((table) => ({
      table,
      write: actionWriter(table, this.#surroundings),
      record: undefined,
      contents: table.step.outputs.map(() => new Array(table.rows)),
      sizes: table.step.outputs.map(() => new Float64Array(table.rows)),
      former: new Map(),
    }))
    for (const work of this.#tables) this.#judgeTable(work)
  }

  /**
   * Judges these jobs anew, and those that were not done, in the order of the plan: what they depend on changed. All
   * others are what the last build left.
   */
  again(jobs: Iterable<number>): Set<number> {
    const judged = new Set(jobs)
    for (const state of unfinished) for (const job of this.jobs(state)) judged.add(job)
    const rows = this.#tables.map((): number[] => [])
    for (const job of [...judged].sort((one, other) => one - other)) {
      const { index, first } = tableOf(this.plan, job)
      rows[index]?.push(job - first)
    }
    this.#usable.lookAgain()
    this.#states.setAll('fresh')
    this.savedMs = 0
    for (const work of this.#tables) this.#judgeAgain(work, rows[work.table.index] as number[])
    return judged
  }

  #judgeAgain(work: TableWork, rows: number[]): void {
    const { table, former } = work
    const { items, digest } = this.#fridge
    const step = table.step.name
    const stored = new Map(rows.map((row) => [row, items.find(step, table.items[row] as string) ?? former.get(row)]))
    former.clear()
    if (rows.length === 0) return
    work.write = actionWriter(table, this.#surroundings)
    work.record = undefined
    renameRecords(table, rows, digest, (name) => items.find(step, name)?.record)
    for (const row of rows) {
      this.set(table.first + row, 'maybe')
      for (let at = 0; at < work.contents.length; at++) hold(work, at, row, undefined)
    }
    for (const row of rows) this.#judge(work, row, stored.get(row))
  }

  contentOf(table: StepTable, output: number, row: number): ContentName | undefined {
    return this.#tables[table.index]?.contents[output]?.[row]
  }

  /** Bytes of a content that is known; a folder's are those of its files. */
  sizeOf(table: StepTable, output: number, row: number): number {
    return this.#tables[table.index]?.sizes[output]?.[row] ?? 0
  }

  state(job: number): JobState {
    return this.#states.get(job)
  }

  reason(job: number): Reason {
    return this.#states.reason(job) ?? (this.state(job) === 'fresh' ? fresh : this.#whyWaiting(job))
  }

  /** What can be said before all inputs are known: a variant that was cooked before is stale by an input, if at all. */
  #whyWaiting(job: number): Reason {
    if (this.#options.force) return forced
    const table = tableOf(this.plan, job)
    const row = job - table.first
    const work = this.#tables[table.index] as TableWork
    const former = work.former.get(row)
    if (former === undefined) return whyNew(table, row, work.seen)
    return former.action ? { kind: 'input-changed', input: this.#unknownInput(job) } : neverCooked
  }

  /** The result that a job waits for. */
  #unknownInput(job: number): string {
    const table = tableOf(this.plan, job)
    const contentOf: Surroundings['contentOf'] = (from, output, row) => this.contentOf(from, output, row)
    const waiting = table.inputs.find((column) => stageInput(column, job - table.first, contentOf) === undefined)
    return waiting?.input.from ?? table.step.name
  }

  verdict(job: number): VerdictKind {
    const state = this.state(job)
    if (state === 'fresh' || state === 'maybe') return state
    return 'stale'
  }

  count(state: JobState): number {
    return this.#states.count(state)
  }

  /** The action's text, where its inputs are known. Written anew each time: a million of them are not kept. */
  text(job: number): string | undefined {
    const table = tableOf(this.plan, job)
    return this.#tables[table.index]?.write(job - table.first)
  }

  /** How long the variant took when it was last cooked. */
  priorMs(job: number): number | undefined {
    return this.#priorMs.get(job)
  }

  key(text: string): string {
    return this.#fridge.digest.text(text)
  }

  jobs(state: JobState): Iterable<number> {
    return this.#states.jobs(state)
  }

  set(job: number, state: JobState, reason?: Reason): void {
    this.#states.set(job, state, reason)
  }

  /** Judges a job whose inputs have all become known. */
  settle(job: number): JobState {
    const table = tableOf(this.plan, job)
    const work = this.#tables[table.index] as TableWork
    const row = job - table.first
    this.#judge(work, row, work.former.get(row))
    return this.state(job)
  }

  /** Takes up what a cook gave: its outputs become known to the jobs that read them. */
  served(job: number, outputs: readonly { name: ContentName; size: number }[], action: number): void {
    const table = tableOf(this.plan, job)
    const work = this.#tables[table.index] as TableWork
    for (const [at, output] of outputs.entries()) hold(work, at, job - table.first, output)
    this.#actions.set(job, action)
  }

  /** Names of a step's items that the plan has, or that stand for its variants until they are cooked anew. */
  itemsInUse({ index, items }: StepTable): Set<string> {
    const former = this.#tables[index]?.former.values() ?? []
    return new Set([...items, ...[...former].map(({ name }) => name)])
  }

  /** Actions that jobs will be served from and that are not on their shelves yet. */
  actionsInUse(): Set<number> {
    return new Set(this.#actions.values())
  }

  /** The action behind a job that is done. */
  actionOf(job: number): number | undefined {
    const table = tableOf(this.plan, job)
    return (
      this.#actions.get(job) ??
      this.#fridge.items.find(table.step.name, table.items[job - table.first] as string)?.action?.id
    )
  }

  /** Places of the outputs whose bytes have to be here when the job is done. */
  wantedOutputs(table: StepTable): number[] {
    return this.#usable.wantedOutputs(table)
  }

  /** A result that was dropped is needed again. */
  recook(job: number): void {
    this.set(job, 'stale', { kind: 'result-missing' })
  }

  /** Puts a variant that was planned and not cooked on its shelf, where it is not there yet. */
  meet(job: number): void {
    const table = tableOf(this.plan, job)
    const row = job - table.first
    const work = this.#tables[table.index] as TableWork
    if (work.former.has(row) || this.#fridge.items.find(table.step.name, table.items[row] as string)) return
    this.#fridge.items.set(table.step.name, {
      name: table.items[row] as string,
      record: this.#recordOf(work, row),
      action: null,
    })
  }

  /** Makes this job's record the latest of its variant in the fridge, with the action that stands behind it. */
  store(job: number, action = this.#actions.get(job)): void {
    const table = tableOf(this.plan, job)
    const work = this.#tables[table.index] as TableWork
    const row = job - table.first
    const former = work.former.get(row)
    this.#fridge.items.set(
      table.step.name,
      { name: table.items[row] as string, record: this.#recordOf(work, row), action: action ?? null },
      former?.name,
    )
  }

  #recordOf(work: TableWork, row: number): string {
    work.record ??= recordWriter(work.table)
    return work.record(row)
  }

  /** Jobs that are fresh by their action while the fridge knows their variant by an older record. */
  *renamed(): Iterable<number> {
    for (const { table, former } of this.#tables) {
      for (const [row, item] of former) {
        const job = table.first + row
        if (this.state(job) === 'fresh' && item.name !== table.items[row]) yield job
      }
    }
  }

  #judgeTable(work: TableWork): void {
    const { table } = work
    const { items } = this.#fridge
    const step = table.step.name
    const stored = new Map<string, StoredItem>()
    for (const item of items.current(step)) stored.set(item.name, item)
    const mayHoldOlder = items.holds(step)
    nameRecords(
      table,
      this.#fridge.digest,
      (name) => (stored.get(name) ?? (mayHoldOlder ? items.find(step, name) : undefined))?.record,
    )
    const { matched, seen } = matchVariants(table, stored)
    if (seen) work.seen = seen
    for (let row = 0; row < table.rows; row++) this.#judge(work, row, matched.get(row))
  }

  #judge(work: TableWork, row: number, former: StoredItem | undefined): void {
    const { table } = work
    const job = table.first + row
    const text = work.write(row)
    if (former?.action) this.#priorMs.set(job, former.action.ms)
    if (text === undefined) {
      if (former) work.former.set(row, former)
      this.set(job, 'maybe', this.#blockerOf(table, row))
      return
    }
    const last = former?.action
    if (former && former.name !== table.items[row]) work.former.set(row, former)
    if (this.#options.force) {
      this.set(job, 'stale', forced)
      return
    }
    let reason: Reason
    if (last === undefined) reason = former ? neverCooked : whyNew(table, row, work.seen)
    else if (last.text !== text)
      reason = differenceReason(table.step, String(this.#sourceLabel(table, row)), last.text, text)
    else {
      const trouble = this.#usable.trouble(last, table)
      if (trouble === undefined) {
        this.#know(work, row, last, !work.former.has(row))
        this.set(job, 'fresh', fresh)
        return
      }
      reason = trouble
    }
    const known = this.#fridge.actions
      .ofKey(this.key(text), text)
      .find((action) => this.#usable.trouble(action, table) === undefined)
    if (known === undefined) {
      if (reason.kind === 'last-cook-failed') this.#anyFailed = true
      this.set(job, 'stale', reason)
      return
    }
    this.#know(work, row, known, false)
    this.savedMs += known.ms
    this.set(job, 'known', reason)
  }

  /** A job that needs the result of one that failed when it was last cooked names it, through any number of others. */
  #blockerOf(table: StepTable, row: number): Reason | undefined {
    if (!this.#anyFailed) return undefined
    let found: Reason | undefined
    table.eachProducer(row, (from) => {
      const reason = this.#states.reason(from)
      if (reason?.kind === 'blocked') found ??= reason
      else if (reason?.kind === 'last-cook-failed' && this.state(from) === 'stale') {
        const maker = tableOf(this.plan, from)
        found ??= { kind: 'blocked', by: jobId(maker, from - maker.first) }
      }
    })
    return found
  }

  /** `stored`: the record lies in the fridge already, with this action. */
  #know(work: TableWork, row: number, action: StoredAction, stored: boolean): void {
    for (let at = 0; at < work.contents.length; at++) hold(work, at, row, action.outputs[at])
    const job = work.table.first + row
    if (!stored) this.#actions.set(job, action.id)
  }

  #sourceLabel(table: StepTable, row: number): unknown {
    const at = table.names.indexOf(table.step.name)
    return table.shelves[at]?.items[(table.columns[at] as Int32Array)[row] as number]?.label
  }
}

function hold(
  { contents, sizes }: TableWork,
  output: number,
  row: number,
  content: { name: ContentName; size: number } | undefined,
): void {
  ;(contents[output] as (ContentName | undefined)[])[row] = content?.name
  ;(sizes[output] as Float64Array)[row] = content?.size ?? 0
}
