// Judges every job of a plan as fresh, known or stale, holds the content that each reads and made, and writes results to their shelves.
import { type ContentName, isAbsent } from '../base/content-name.ts'
import type { Reason } from '../base/reason.ts'
import type { Step } from '../config/configuration.ts'
import type { StoredAction } from '../fridge/action-store.ts'
import type { StoredItem } from '../fridge/item-store.ts'
import type { Store } from '../fridge/store.ts'
import { differenceReason } from './action-difference.ts'
import { actionWriter, stageInput, type Surroundings } from './action.ts'
import { elementAt } from '../base/element-at.ts'
import { Float64Column } from '../base/number-columns.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import { nameRecords, recordWriter, type RecordWriter, renameRecords } from '../plan/record.ts'
import type { ResultShelf, StepTable } from '../plan/step-table.ts'
import { JobVerdicts, type Verdict, type VerdictKind } from './job-verdicts.ts'
import { ActionValidity, type ActionValidityOptions } from './action-validity.ts'
import type { InPlace } from './trace-check.ts'
import { matchVariants, type SeenValues, whyNew } from './variant-matching.ts'

/** Shared, because a plan may hold a million of them. */
const fresh: Reason = { kind: 'fresh' }
const forced: Reason = { kind: 'forced' }
const neverCooked: Reason = { kind: 'never-cooked' }
const resultMissing: Reason = { kind: 'result-missing' }

export interface VerdictsOptions extends ActionValidityOptions {
  /** Receives what the last cook of a job looked for, or the known one that serves it. */
  noteTrace?: (job: JobId, own: string) => void
  force: boolean
  /** Actions that a forced build cooked before these verdicts. */
  accepted?: ReadonlySet<number>
  /** True where steps that run at every build have not run in this one. */
  repeats: boolean
  variable: Surroundings['variable']
  identity: Surroundings['identity']
}

/** Steps of imported graphs that run whatever is there, or whose outputs were not written, are repeated by every build. */
function isRepeated({ step }: StepTable, last: StoredAction | undefined): boolean {
  if (step.imported === undefined) return false
  return step.imported.isAlways || isUnwritten(step, last?.outputs.map(({ name }) => name) ?? [])
}

/** A set of files may be empty: that is no lack. */
function isUnwritten({ outputs }: Step, contents: readonly (ContentName | undefined)[]): boolean {
  return contents.some((name, at) => name !== undefined && isAbsent(name) && outputs[at]?.files === undefined)
}

interface TableWork {
  table: StepTable
  write: (row: number) => string | undefined
  /** Made when first needed. */
  record: RecordWriter | undefined
  /** Of each output of the step. */
  contents: ContentColumn[]
  /** The stored variant, where its record has changed since or its verdict is not final. */
  former: Map<number, StoredItem>
  /** Made where a reason needs them. */
  seen?: SeenValues
}

/** The content of a result's variants, row by row. */
class ContentColumn {
  /** Empty while not known. */
  readonly names: (ContentName | undefined)[]
  /** Bytes. */
  readonly sizes: Float64Column

  constructor(rows: number) {
    this.names = new Array(rows)
    this.sizes = Float64Column.zeros(rows)
  }

  set(row: number, content: { name: ContentName; size: number } | undefined): void {
    this.names[row] = content?.name
    this.sizes.set(row, content?.size ?? 0)
  }
}

export class Verdicts {
  readonly plan: Plan
  readonly #fridge: Store
  readonly #options: VerdictsOptions
  readonly #verdicts: JobVerdicts
  readonly #usable: ActionValidity
  readonly #tables: TableWork[] = []
  /** Actions behind jobs that are fresh or known but whose item must be written. */
  readonly #actions = new Map<JobId, number>()
  /** Actions that were cooked since a forced build began. */
  readonly #accepted: Set<number>
  readonly #priorMs = new Map<JobId, number>()
  readonly #surroundings: Surroundings
  /** A plan of a million jobs without a failure looks for none behind them. */
  #anyFailed = false
  /** Milliseconds of cooking that known actions spared. */
  savedMs = 0

  constructor(plan: Plan, fridge: Store, options: VerdictsOptions) {
    this.plan = plan
    this.#fridge = fridge
    this.#options = options
    this.#accepted = new Set(options.accepted)
    this.#verdicts = new JobVerdicts(plan.jobs)
    const { itemAt } = options
    this.#usable = new ActionValidity(plan, fridge, options, itemAt && ((path) => this.placedAt(path)))
    this.#surroundings = {
      contentOf: (shelf, row) => this.contentOf(shelf, row),
      variable: options.variable,
      identity: options.identity,
    }
    this.grow()
  }

  /** Judges the jobs that the plan has got since. */
  grow(): void {
    const added = this.plan.tables.slice(this.#tables.length).map((table) => ({
      table,
      write: actionWriter(table, this.#surroundings),
      record: undefined,
      contents: table.outputs.map(() => new ContentColumn(table.rows)),
      former: new Map(),
    }))
    this.#verdicts.grow(this.plan.jobs)
    this.#tables.push(...added)
    for (const work of added) this.#judgeTable(work)
  }

  /**
   * Judges these jobs anew, and those that the last build did not finish, in the order of the plan. All others are fresh.
   */
  again(jobs: Iterable<JobId>): Set<JobId> {
    const judged = new Set(jobs)
    for (const verdict of ['maybe', 'stale'] as const) for (const job of this.jobs(verdict)) judged.add(job)
    const rows = new Map(this.plan.tables.map((table): [StepTable, number[]] => [table, []]))
    for (const job of [...judged].sort((one, other) => one - other)) {
      const table = this.plan.tableOf(job)
      rows.get(table)?.push(table.rowOf(job))
    }
    this.#usable.lookAgain()
    this.#verdicts.setAll('fresh')
    this.savedMs = 0
    for (const work of this.#tables) this.#judgeAgain(work, rows.get(work.table) ?? [])
    return judged
  }

  #judgeAgain(work: TableWork, rows: number[]): void {
    const { table, former } = work
    const { items, digest } = this.#fridge
    const step = table.step.name
    const stored = new Map(rows.map((row) => [row, items.find(step, table.record(row)) ?? former.get(row)]))
    former.clear()
    if (rows.length === 0) return
    work.write = actionWriter(table, this.#surroundings)
    work.record = undefined
    renameRecords(table, rows, digest, (name) => items.find(step, name)?.record)
    for (const row of rows) {
      this.#verdicts.set(table.job(row), 'maybe')
      for (const column of work.contents) column.set(row, undefined)
    }
    for (const row of rows) this.#judge(work, row, stored.get(row))
  }

  contentOf({ table, output }: ResultShelf, row: number): ContentName | undefined {
    return this.#tables[table.index]?.contents[output]?.names[row]
  }

  /** Returns the content that the last good cook of a variant made. It stands until the variant is cooked again. */
  lastContentOf({ table, output }: ResultShelf, row: number): { name: ContentName; size: number } | undefined {
    const stored = this.#workOf(table).former.get(row) ?? this.#fridge.items.find(table.step.name, table.record(row))
    return stored?.action?.ok === true ? stored.action.outputs[output] : undefined
  }

  /** Bytes of a content that is known; a folder's are those of its files. */
  sizeOf({ table, output }: ResultShelf, row: number): number {
    return this.#tables[table.index]?.contents[output]?.sizes.get(row) ?? 0
  }

  /** Finds the result whose place a path of a trace is. */
  placedAt(path: string): InPlace | undefined {
    const item = this.#options.itemAt?.(path)
    if (item === undefined) return undefined
    const name = this.contentOf(item.shelf, item.row)
    return { content: name && { name, size: this.sizeOf(item.shelf, item.row) } }
  }

  /** True where a step runs at every build, so that nothing can be known without a plan. */
  hasRepeatedJobs(): boolean {
    return this.#tables.some(
      ({ table: { step }, contents }) =>
        step.imported?.isAlways ||
        contents.some(
          ({ names }, at) => step.outputs[at]?.files === undefined && names.some((name) => name && isAbsent(name)),
        ),
    )
  }

  #workOf(table: StepTable): TableWork {
    return elementAt(this.#tables, table.index)
  }

  verdict(job: JobId): Verdict {
    return this.#verdicts.get(job)
  }

  reason(job: JobId): Reason {
    return this.#verdicts.reason(job) ?? (this.verdict(job) === 'fresh' ? fresh : this.#whyWaiting(job))
  }

  /** The reason before all inputs are known. A variant that was cooked before can only be stale by an input. */
  #whyWaiting(job: JobId): Reason {
    if (this.#options.force) return forced
    const { table, row } = this.plan.at(job)
    const { former, seen } = this.#workOf(table)
    const known = former.get(row)
    if (known === undefined) return whyNew(table, row, seen)
    return known.action ? { kind: 'input-changed', input: this.#unknownInput(table, row) } : neverCooked
  }

  /** The result that a job waits for. */
  #unknownInput(table: StepTable, row: number): string {
    const contentOf: Surroundings['contentOf'] = (shelf, at) => this.contentOf(shelf, at)
    const waiting = table.inputs.find((column) => stageInput(column, row, contentOf) === undefined)
    return waiting?.input.from ?? table.step.name
  }

  /** The verdict as a plan shows it. */
  shownVerdict(job: JobId): VerdictKind {
    const verdict = this.verdict(job)
    return verdict === 'known' ? 'stale' : verdict
  }

  count(verdict: Verdict): number {
    return this.#verdicts.count(verdict)
  }

  /** The action's text, where its inputs are known. Written anew each time: a million of them are not kept. */
  text(job: JobId): string | undefined {
    const { table, row } = this.plan.at(job)
    return this.#workOf(table).write(row)
  }

  /** The duration of the variant's last cook. */
  priorMs(job: JobId): number | undefined {
    return this.#priorMs.get(job)
  }

  key(text: string): string {
    return this.#fridge.digest.text(text)
  }

  jobs(verdict: Verdict): Iterable<JobId> {
    return this.#verdicts.jobs(verdict)
  }

  /** Judges a job whose inputs have all become known. */
  judge(job: JobId): Verdict {
    const { table, row } = this.plan.at(job)
    const work = this.#workOf(table)
    this.#judge(work, row, work.former.get(row))
    return this.verdict(job)
  }

  /** Takes up the result of an action. The job is fresh from now on, and the jobs that read its outputs know them. */
  accept(job: JobId, outputs: readonly { name: ContentName; size: number }[], action: number): void {
    const { table, row } = this.plan.at(job)
    for (const [at, column] of this.#workOf(table).contents.entries()) column.set(row, outputs[at])
    this.#actions.set(job, action)
    this.#verdicts.set(job, 'fresh')
    if (this.#options.force) this.#accepted.add(action)
  }

  /** Takes up the result of another job of the same action. */
  acceptFrom(job: JobId, other: JobId): void {
    const action = this.actionOf(other)
    const outputs = this.plan
      .at(other)
      .outputs()
      .flatMap(({ shelf, row }) => {
        const name = this.contentOf(shelf, row)
        return name === undefined ? [] : [{ name, size: this.sizeOf(shelf, row) }]
      })
    if (action !== undefined) this.accept(job, outputs, action)
  }

  /** Names of a step's items that the plan has, or that stand for its variants until they are cooked anew. */
  itemsInUse(table: StepTable): Set<string> {
    const { former } = this.#workOf(table)
    return new Set([...table.records, ...[...former.values()].map(({ name }) => name)])
  }

  /** Actions that jobs will be served from and that are not on their shelves yet. */
  actionsInUse(): Set<number> {
    return new Set(this.#actions.values())
  }

  /** The action behind a job that is done. */
  actionOf(job: JobId): number | undefined {
    const { step, record } = this.plan.at(job)
    return this.#actions.get(job) ?? this.#fridge.items.find(step.name, record)?.action?.id
  }

  /** Places of the outputs whose bytes have to be here when the job is done. */
  wantedOutputs(table: StepTable): number[] {
    return this.#usable.wantedOutputs(table)
  }

  /** Notes that the results of a finished job are needed again and gone. */
  recook(job: JobId): void {
    this.#verdicts.set(job, 'stale', resultMissing)
  }

  /** Puts a variant that was planned and not cooked on its shelf, where it is not there yet. */
  meet(job: JobId): void {
    const { table, row, step, record: name } = this.plan.at(job)
    const work = this.#workOf(table)
    if (table.isPartial || work.former.has(row) || this.#fridge.items.find(step.name, name)) return
    this.#fridge.items.set(step.name, { name, record: this.#recordOf(work, row), action: null })
  }

  /** Makes this job's record the latest of its variant in the fridge, with the action that stands behind it. */
  store(job: JobId, action = this.#actions.get(job)): void {
    const { table, row, step, record: name } = this.plan.at(job)
    const work = this.#workOf(table)
    const item = { name, record: this.#recordOf(work, row), action: action ?? null }
    // What lacks members never takes the place of the whole.
    if (table.isPartial) this.#fridge.items.setAside(step.name, item)
    else this.#fridge.items.set(step.name, item, work.former.get(row)?.name)
  }

  #recordOf(work: TableWork, row: number): string {
    work.record ??= recordWriter(work.table)
    return work.record(row)
  }

  /** Jobs that are fresh by their action while the fridge knows their variant by an older record. */
  *renamed(): Iterable<JobId> {
    for (const { table, former } of this.#tables) {
      for (const [row, item] of former) {
        const job = table.job(row)
        if (this.verdict(job) === 'fresh' && item.name !== table.record(row)) yield job
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
    const aside = (row: number): StoredItem | undefined =>
      table.isPartial ? items.find(step, table.record(row)) : undefined
    for (let row = 0; row < table.rows; row++) this.#judge(work, row, aside(row) ?? matched.get(row))
  }

  #judge(work: TableWork, row: number, former: StoredItem | undefined): void {
    const { table } = work
    const job = table.job(row)
    const text = work.write(row)
    if (former?.action) {
      this.#priorMs.set(job, former.action.ms)
      this.#options.noteTrace?.(job, former.action.trace.own)
    }
    if (text === undefined) {
      if (former) work.former.set(row, former)
      this.#verdicts.set(job, 'maybe', this.#blockerOf(table, row))
      return
    }
    const last = former?.action
    if (former && former.name !== table.record(row)) work.former.set(row, former)
    if (this.#options.force) {
      this.#judgeForced(work, row, text, former)
      return
    }
    if (this.#options.repeats && isRepeated(table, last)) {
      this.#verdicts.set(job, 'stale', last ? (table.step.imported?.isAlways ? forced : resultMissing) : neverCooked)
      return
    }
    let reason: Reason
    if (last === undefined) reason = former ? neverCooked : whyNew(table, row, work.seen)
    else if (last.text !== text)
      reason = differenceReason(table.step, String(table.source.item(row).label), last.text, text)
    else {
      const trouble = this.#usable.trouble(last, table)
      if (trouble === undefined) {
        this.#know(work, row, last, !work.former.has(row))
        this.#verdicts.set(job, 'fresh', fresh)
        return
      }
      reason = trouble
    }
    const known = this.#fridge.actions
      .ofKey(this.key(text), text)
      .find((action) => this.#usable.trouble(action, table) === undefined)
    if (known === undefined) {
      if (reason.kind === 'last-cook-failed') this.#anyFailed = true
      this.#verdicts.set(job, 'stale', reason)
      return
    }
    this.#know(work, row, known, false)
    this.#options.noteTrace?.(job, known.trace.own)
    this.savedMs += known.ms
    this.#verdicts.set(job, 'known', reason)
  }

  /** Actions that this build itself has cooked are known even under --force, unless something that they read has changed since. */
  #judgeForced(work: TableWork, row: number, text: string, former: StoredItem | undefined): void {
    const { table } = work
    const job = table.job(row)
    const accepted = this.#acceptedAction(text)
    const isEarlier = accepted !== undefined && this.#options.accepted?.has(accepted.id) === true
    const trouble = isEarlier ? this.#usable.trouble(accepted, table) : undefined
    if (accepted === undefined || trouble) {
      this.#verdicts.set(job, 'stale', trouble ?? forced)
      return
    }
    const isStored = isEarlier && former?.action?.id === accepted.id && !work.former.has(row)
    this.#know(work, row, accepted, isStored)
    this.#verdicts.set(job, isStored ? 'fresh' : 'known', isStored ? fresh : forced)
  }

  /** The actions that a forced build has cooked. */
  accepted(): ReadonlySet<number> {
    return this.#accepted
  }

  #acceptedAction(text: string): StoredAction | undefined {
    if (this.#accepted.size === 0) return undefined
    return this.#fridge.actions.ofKey(this.key(text), text).find(({ id }) => this.#accepted.has(id))
  }

  /** A job that needs the result of one that failed when it was last cooked names it, through any number of others. */
  #blockerOf(table: StepTable, row: number): Reason | undefined {
    if (!this.#anyFailed) return undefined
    let found: Reason | undefined
    table.eachProducer(row, (from) => {
      const reason = this.#verdicts.reason(from)
      if (reason?.kind === 'blocked') found ??= reason
      else if (reason?.kind === 'last-cook-failed' && this.verdict(from) === 'stale') {
        found ??= { kind: 'blocked', by: this.plan.at(from).id }
      }
    })
    return found
  }

  /** `stored`: the record lies in the fridge already, with this action. */
  #know(work: TableWork, row: number, action: StoredAction, stored: boolean): void {
    for (const [at, column] of work.contents.entries()) column.set(row, action.outputs[at])
    if (!stored) this.#actions.set(work.table.job(row), action.id)
  }
}
