// The state of every job of a plan, and the only place that changes it: what is fresh, what is known, what must be cooked.
import type { ContentName } from '../base/digest.ts'
import type { StoredAction, StoredItem } from '../fridge/shelves.ts'
import { type Discovered } from '../fridge/shelves.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { bare, isFolder } from '../fridge/objects.ts'
import { actionWriter, difference, stageInput, type Surroundings } from '../plan/action.ts'
import type { StepTable } from '../plan/cross.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import {
  nameRecords,
  recordWriter,
  type RecordWriter,
  renameRecords,
  storedVariantText,
  variantText,
} from '../plan/record.ts'
import { passingOutputs } from './on-the-way.ts'
import type { VerdictKind } from './views.ts'

/** `maybe`: an input will be cooked first. `known`: the action was cooked before under another name. */
export const states = ['maybe', 'fresh', 'known', 'stale', 'cooking', 'cooked', 'failed', 'blocked'] as const
export type JobState = (typeof states)[number]

const codeOf = Object.fromEntries(states.map((state, code) => [state, code])) as { [state in JobState]: number }

/** What a build that is over left undone. */
const unfinished = ['maybe', 'stale', 'cooking', 'failed', 'blocked'] as const

export interface WorkOptions {
  force: boolean
  /** What a discovered file holds now. */
  lookAt: (path: string) => ContentName | undefined
  variable: Surroundings['variable']
  identity: Surroundings['identity']
  /** Results whose bytes have to be here; the bytes of others may lie with others. */
  wanted: ReadonlySet<string>
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
  /** Values seen in earlier plans, by name: made where a reason needs them. */
  seen?: Map<string, Set<string>>
  hadItems: boolean
}

export class Work {
  readonly plan: Plan
  readonly #fridge: Fridge
  readonly #options: WorkOptions
  readonly #states: Uint8Array
  #reasons: (string | undefined)[]
  readonly #tables: TableWork[]
  readonly #counts = new Int32Array(states.length)
  /** Actions behind jobs that are fresh or known but whose item must be written. */
  readonly #actions = new Map<number, number>()
  readonly #priorMs = new Map<number, number>()
  readonly #surroundings: Surroundings
  #files: ReturnType<Fridge['objects']['filesThere']>
  readonly #passing: Map<StepTable, number[]>
  readonly #absent: ReadonlySet<string>
  /** Milliseconds of cooking that known actions spared. */
  savedMs = 0

  constructor(plan: Plan, fridge: Fridge, options: WorkOptions) {
    this.plan = plan
    this.#fridge = fridge
    this.#options = options
    this.#states = new Uint8Array(plan.jobs)
    this.#reasons = new Array(plan.jobs)
    this.#counts[codeOf.maybe] = plan.jobs
    this.#files = fridge.objects.filesThere()
    this.#passing = passingOutputs(plan)
    this.#absent = fridge.objects.elsewhere.absent()
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
      hadItems: false,
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
    this.#files = this.#fridge.objects.filesThere()
    this.#states.fill(codeOf.fresh)
    this.#counts.fill(0)
    this.#counts[codeOf.fresh] = this.plan.jobs
    this.#reasons = []
    this.savedMs = 0
    for (const work of this.#tables) this.#judgeAgain(work, rows[work.table.index] as number[])
    return judged
  }

  #judgeAgain(work: TableWork, rows: number[]): void {
    const { table, former } = work
    const { shelves, digest } = this.#fridge
    const step = table.step.name
    const stored = new Map(rows.map((row) => [row, shelves.item(step, table.items[row] as string) ?? former.get(row)]))
    former.clear()
    if (rows.length === 0) return
    work.hadItems = true
    work.write = actionWriter(table, this.#surroundings)
    work.record = undefined
    renameRecords(table, rows, digest, (name) => shelves.item(step, name)?.record)
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
    return states[this.#states[job] as number] as JobState
  }

  reason(job: number): string {
    return this.#reasons[job] ?? (this.state(job) === 'fresh' ? 'fresh' : this.#whyWaiting(job))
  }

  /** What can be said before all inputs are known: a variant that was cooked before is stale by an input, if at all. */
  #whyWaiting(job: number): string {
    if (this.#options.force) return 'forced'
    const table = tableOf(this.plan, job)
    const work = this.#tables[table.index] as TableWork
    const former = work.former.get(job - table.first)
    if (former === undefined) return this.#whyNew(work, job - table.first)
    return former.action ? `input changed: ${this.#unknownInput(job)}` : 'never cooked'
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
    return this.#counts[codeOf[state]] as number
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

  *jobs(state: JobState): Iterable<number> {
    const code = codeOf[state]
    if (this.count(state) === 0) return
    for (let job = 0; job < this.#states.length; job++) if (this.#states[job] === code) yield job
  }

  /** The one setter. Counters follow here and nowhere else. */
  set(job: number, state: JobState, reason?: string): void {
    const before = this.#states[job] as number
    this.#counts[before] = (this.#counts[before] as number) - 1
    this.#states[job] = codeOf[state]
    this.#counts[codeOf[state]] = (this.#counts[codeOf[state]] as number) + 1
    if (reason !== undefined) this.#reasons[job] = reason
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
      this.#fridge.shelves.item(table.step.name, table.items[job - table.first] as string)?.action?.id
    )
  }

  /** Places of the outputs whose bytes have to be here when the job is done. */
  wantedOutputs(table: StepTable): number[] {
    const passing = this.#passing.get(table)
    return table.step.outputs.flatMap(({ name }, at) =>
      this.#options.wanted.has(name) && !passing?.includes(at) ? [at] : [],
    )
  }

  /** A result that was dropped is needed again. */
  recook(job: number): void {
    this.set(job, 'stale', 'result missing')
  }

  /** Puts a variant that was planned and not cooked on its shelf, where it is not there yet. */
  meet(job: number): void {
    const table = tableOf(this.plan, job)
    const row = job - table.first
    const work = this.#tables[table.index] as TableWork
    if (work.former.has(row) || this.#fridge.shelves.item(table.step.name, table.items[row] as string)) return
    this.#fridge.shelves.setItem(table.step.name, {
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
    this.#fridge.shelves.setItem(
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
    const { shelves } = this.#fridge
    const step = table.step.name
    const stored = new Map<string, StoredItem>()
    for (const item of shelves.current(step)) stored.set(item.name, item)
    work.hadItems = stored.size > 0
    const mayHoldOlder = shelves.holds(step)
    nameRecords(
      table,
      this.#fridge.digest,
      (name) => (stored.get(name) ?? (mayHoldOlder ? shelves.item(step, name) : undefined))?.record,
    )
    const unmatched: number[] = []
    const matched = new Map<number, StoredItem>()
    for (let row = 0; row < table.rows; row++) {
      const item = stored.get(table.items[row] as string)
      if (item === undefined) unmatched.push(row)
      else {
        matched.set(row, item)
        stored.delete(item.name)
      }
    }
    if (unmatched.length > 0 && work.hadItems) this.#matchVariants(work, unmatched, stored, matched)
    for (let row = 0; row < table.rows; row++) this.#judge(work, row, matched.get(row))
  }

  /** Finds the variants of rows whose record is new: the same labels, other contents. */
  #matchVariants(
    work: TableWork,
    rows: number[],
    stored: Map<string, StoredItem>,
    matched: Map<number, StoredItem>,
  ): void {
    const { table } = work
    const kinds = new Map(table.names.map((name, at) => [name, table.shelves[at]?.kind]))
    const isFlavour = (name: string): boolean => kinds.get(name) === 'flavour'
    const byVariant = new Map<string, StoredItem>()
    for (const item of stored.values()) byVariant.set(storedVariantText(item.record, isFlavour), item)
    const known = [...matched.keys()]
    for (const row of rows) {
      const item = byVariant.get(variantText(table, row))
      if (item !== undefined) matched.set(row, item)
    }
    // Only a variant that is new altogether is told by what was there before.
    if (rows.some((row) => !matched.has(row)))
      work.seen = seenValues(table, [...byVariant.keys(), ...known.map((row) => variantText(table, row))])
  }

  #judge(work: TableWork, row: number, former: StoredItem | undefined): void {
    const { table } = work
    const job = table.first + row
    const text = work.write(row)
    if (former?.action) this.#priorMs.set(job, former.action.ms)
    if (text === undefined) {
      if (former) work.former.set(row, former)
      this.set(job, 'maybe')
      return
    }
    const last = former?.action
    if (former && former.name !== table.items[row]) work.former.set(row, former)
    if (this.#options.force) {
      this.set(job, 'stale', 'forced')
      return
    }
    let reason: string
    if (last === undefined) reason = former ? 'never cooked' : this.#whyNew(work, row)
    else if (last.text !== text) reason = difference(table.step, String(this.#sourceLabel(table, row)), last.text, text)
    else {
      const trouble = this.#trouble(last, table)
      if (trouble === undefined) {
        this.#know(work, row, last, !work.former.has(row))
        this.set(job, 'fresh', 'fresh')
        return
      }
      reason = trouble
    }
    const known = this.#fridge.shelves
      .actions(this.key(text), text)
      .find((action) => this.#trouble(action, table) === undefined)
    if (known === undefined) {
      this.set(job, 'stale', reason)
      return
    }
    this.#know(work, row, known, false)
    this.savedMs += known.ms
    this.set(job, 'known', reason)
  }

  /** `stored`: the record lies in the fridge already, with this action. */
  #know(work: TableWork, row: number, action: StoredAction, stored: boolean): void {
    for (let at = 0; at < work.contents.length; at++) hold(work, at, row, action.outputs[at])
    const job = work.table.first + row
    if (!stored) this.#actions.set(job, action.id)
  }

  /** Why what an action gave cannot be used, if it cannot. */
  #trouble(action: StoredAction, table: StepTable): string | undefined {
    if (!action.ok) return `last cook failed: ${action.failure ?? 'no receipt'}`
    const changed = action.discovered.find((one) => this.#hasChanged(one))
    if (changed) return `discovered input changed: ${changed.path.slice(changed.path.lastIndexOf('/') + 1)}`
    const passing = this.#passing.get(table)
    const whole = action.outputs.every(
      ({ name, size }, at) =>
        passing?.includes(at) || this.#isThere(name, size) || this.#mayBeElsewhere(table, at, name),
    )
    return whole ? undefined : 'result missing'
  }

  #hasChanged({ path, name }: Discovered): boolean {
    return this.#options.lookAt(path) !== name
  }

  #mayBeElsewhere(table: StepTable, output: number, name: ContentName): boolean {
    return !this.#options.wanted.has(table.step.outputs[output]?.name ?? '') && this.#fridge.objects.isElsewhere(name)
  }

  /** Bytes in the database come and go with it; files below objects/ may be deleted by anyone. */
  #isThere(name: ContentName, size: number): boolean {
    if (isFolder(name)) return this.#fridge.objects.has(name)
    if (size > this.#fridge.objects.inlineLimit) return this.#files.has(bare(name))
    return !this.#absent.has(bare(name)) || this.#files.has(bare(name))
  }

  #sourceLabel(table: StepTable, row: number): unknown {
    const at = table.names.indexOf(table.step.name)
    return table.shelves[at]?.items[(table.columns[at] as Int32Array)[row] as number]?.label
  }

  #whyNew(work: TableWork, row: number): string {
    if (!work.hadItems || work.seen === undefined) return 'never cooked'
    const { table, seen } = work
    for (const [at, name] of table.names.entries()) {
      const shelf = table.shelves[at]
      const label = shelf?.items[(table.columns[at] as Int32Array)[row] as number]?.label
      if (shelf === undefined || label === undefined || seen.get(name)?.has(JSON.stringify(label))) continue
      const shown = typeof label === 'string' ? label : JSON.stringify(label)
      if (shelf.kind === 'flavour') return `flavour is new: ${name}=${shown}`
    }
    return 'never cooked'
  }
}

function seenValues(table: StepTable, variants: string[]): Map<string, Set<string>> {
  const seen = new Map(table.names.map((name) => [name, new Set<string>()]))
  for (const variant of variants) {
    const depends = JSON.parse(variant) as { [name: string]: unknown }
    for (const [name, values] of seen) values.add(JSON.stringify(depends[name]))
  }
  return seen
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
