// Results that are only needed on the way (`keep: false`): dropped when everything that reads them is done.
import type { ContentName } from '../base/content-name.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { stagedInputs } from '../freshness/action.ts'
import type { StepTable } from '../plan/step-table.ts'
import { passingOutputs } from '../plan/intermediate-outputs.ts'
import { eachInput, type Graph } from '../plan/job-graph.ts'
import { type Plan, tableOf } from '../plan/plan.ts'
import type { RemoteResults } from '../remote-cache/remote-results.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

/** So many bytes may wait to be dropped before the fridge is asked who else needs them. */
const dropTogether = 64 << 20

export class IntermediateResults {
  readonly #plan: Plan
  readonly #work: Verdicts
  readonly #fridge: Fridge
  readonly #sharing: RemoteResults | undefined
  readonly #outputs: Map<StepTable, number[]>
  /** Readers of a job that are not done, for jobs with passing outputs. */
  readonly #readers = new Map<number, number>()
  readonly #droppable = new Set<number>()
  #bytes = 0

  constructor(work: Verdicts, fridge: Fridge, graph: Graph, sharing: RemoteResults | undefined) {
    this.#plan = work.plan
    this.#work = work
    this.#fridge = fridge
    this.#sharing = sharing
    this.#outputs = passingOutputs(work.plan)
    for (const table of this.#outputs.keys()) {
      for (let job = table.first; job < table.first + table.rows; job++) {
        const readers = graph.readers.subarray(graph.offsets[job], graph.offsets[job + 1])
        const open = readers.filter((reader) => !isDone(work, reader)).length
        this.#readers.set(job, open)
        if (open === 0 && isDone(work, job)) this.#offer(job)
      }
    }
  }

  /** Jobs whose results this job reads and that were dropped by an earlier build. */
  lostInputs(job: number): number[] {
    if (this.#outputs.size === 0) return []
    const table = tableOf(this.#plan, job)
    const lost = new Set<number>()
    eachInput(table, job - table.first, (from) => {
      const maker = tableOf(this.#plan, from)
      const outputs = this.#outputs.get(maker)
      const row = from - maker.first
      if (outputs?.some((output) => this.#isLost(maker, output, row) && !this.#isReached(maker, output, row)))
        lost.add(from)
    })
    return [...lost]
  }

  /** Jobs whose results a row reads and that are not in the fridge any more, whoever deleted them. */
  lostMakers(table: StepTable, row: number): number[] {
    const lost = new Set<number>()
    eachInput(table, row, (from) => {
      const maker = tableOf(this.#plan, from)
      if (maker.step.outputs.some((_, output) => this.#isLost(maker, output, from - maker.first))) lost.add(from)
    })
    return [...lost]
  }

  #isLost(table: StepTable, output: number, row: number): boolean {
    const name = this.#work.contentOf(table, output, row)
    return name !== undefined && !this.#fridge.objects.has(name)
  }

  #isReached(table: StepTable, output: number, row: number): boolean {
    return this.#sharing?.reaches(this.#work.contentOf(table, output, row) as ContentName) ?? false
  }

  /** Whether something waits to be dropped. */
  get holds(): boolean {
    return this.#droppable.size > 0
  }

  /** A job is done: what only it still needed can go. */
  done(job: number): void {
    if (this.#outputs.size === 0) return
    const table = tableOf(this.#plan, job)
    eachInput(table, job - table.first, (from) => {
      const open = this.#readers.get(from)
      if (open === undefined) return
      this.#readers.set(from, open - 1)
      if (open === 1) this.#offer(from)
    })
    if (this.#readers.get(job) === 0) this.#offer(job)
    if (this.#bytes > dropTogether) this.drop()
  }

  #offer(job: number): void {
    if (this.#droppable.has(job)) return
    this.#droppable.add(job)
    for (const name of this.#namesOf(job)) this.#bytes += this.#fridge.objects.size(name) ?? 0
  }

  #namesOf(job: number): ContentName[] {
    const table = tableOf(this.#plan, job)
    return (this.#outputs.get(table) ?? []).flatMap(
      (output) => this.#work.contentOf(table, output, job - table.first) ?? [],
    )
  }

  /** Drops what no other result and no source has as its content. */
  drop(namesInUse: () => ReadonlySet<string> = () => new Set()): void {
    if (this.#droppable.size === 0) return
    const inUse = namesInUse()
    const going = new Map<number, number[]>()
    const names = new Set<ContentName>()
    for (const job of this.#droppable) {
      const action = this.#work.actionOf(job)
      // What is being given to others is dropped when they have it.
      if (action === undefined || this.#sharing?.isGiving(action)) continue
      going.set(action, this.#outputs.get(tableOf(this.#plan, job)) as number[])
      for (const name of this.#namesOf(job)) if (!inUse.has(name)) names.add(name)
    }
    for (const name of this.#fridge.actions.heldElsewhere(names, going)) names.delete(name)
    this.#fridge.objects.drop(names)
    // Another kitchen of this fridge may have believed that nothing changed.
    if (names.size > 0) this.#fridge.bumpGeneration()
    for (const job of this.#droppable) {
      const action = this.#work.actionOf(job)
      if (action === undefined || !this.#sharing?.isGiving(action)) this.#droppable.delete(job)
    }
    this.#bytes = 0
  }
}

/** What a row reads and only others have. */
export function absentInputs(
  work: Verdicts,
  { strongNames, remoteObjects }: Fridge,
  table: StepTable,
  row: number,
): ContentName[] {
  if (strongNames.absent().size === 0) return []
  const staged = stagedInputs(table, row, (from, output, at) => work.contentOf(from, output, at))
  const names = [...(staged?.values() ?? [])].flatMap((input) => {
    if (input.kind === 'content') return input.item ? [] : [input.name]
    return input.kind === 'collected' ? input.members.flatMap(({ name, item }) => (item ? [] : [name])) : []
  })
  return names.flatMap((name) => remoteObjects.missing(name))
}

function isDone(work: Verdicts, job: number): boolean {
  const state = work.state(job)
  return state === 'fresh' || state === 'known' || state === 'cooked'
}
