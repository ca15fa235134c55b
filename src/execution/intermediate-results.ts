// Drops results that are only needed on the way to others (`keep: false`), once the build machine has released them.
import type { ContentName } from '../base/content-name.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { ResultItem } from '../plan/step-table.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import type { RemoteResults } from '../remote-cache/remote-results.ts'

/** When released results hold this many bytes, the fridge is asked who else needs them. */
const dropTogether = 64 << 20

export class IntermediateResults {
  readonly #plan: Plan
  readonly #verdicts: Verdicts
  readonly #fridge: Fridge
  readonly #remote: RemoteResults | undefined
  readonly #released = new Set<JobId>()
  #bytes = 0

  constructor(verdicts: Verdicts, fridge: Fridge, remote: RemoteResults | undefined) {
    this.#plan = verdicts.plan
    this.#verdicts = verdicts
    this.#fridge = fridge
    this.#remote = remote
  }

  /** Finds the jobs whose intermediate results this job reads and whose bytes an earlier build dropped. */
  droppedInputs(job: JobId): JobId[] {
    return this.#makersOf(
      job,
      (item) => this.#plan.isIntermediate(item.shelf) && this.#isLost(item) && !this.#isReached(item),
    )
  }

  /** Finds the jobs whose results this job reads and whose bytes are gone, whoever deleted them. */
  lostInputs(job: JobId): JobId[] {
    return this.#makersOf(job, (item) => this.#isLost(item))
  }

  /** The jobs that this one reads, where one of their results is meant. */
  #makersOf(job: JobId, isMeant: (item: ResultItem) => boolean): JobId[] {
    const makers = new Set<JobId>()
    const { table, row } = this.#plan.at(job)
    table.eachProducer(row, (maker) => makers.add(maker))
    return [...makers].filter((maker) => this.#plan.at(maker).outputs().some(isMeant))
  }

  #contentOf({ shelf, row }: ResultItem): ContentName | undefined {
    return this.#verdicts.contentOf(shelf, row)
  }

  #isLost(item: ResultItem): boolean {
    const name = this.#contentOf(item)
    return name !== undefined && !this.#fridge.objects.has(name)
  }

  #isReached(item: ResultItem): boolean {
    const name = this.#contentOf(item)
    return name !== undefined && (this.#remote?.reaches(name) ?? false)
  }

  get hasReleased(): boolean {
    return this.#released.size > 0
  }

  release(job: JobId): void {
    if (this.#released.has(job)) return
    this.#released.add(job)
    for (const name of this.#namesOf(job)) this.#bytes += this.#fridge.objects.size(name) ?? 0
    if (this.#bytes > dropTogether) this.drop()
  }

  retain(job: JobId): void {
    this.#released.delete(job)
  }

  #itemsOf(job: JobId): ResultItem[] {
    const outputs = this.#plan.at(job).outputs()
    return outputs.filter(({ shelf }) => this.#plan.isIntermediate(shelf))
  }

  #namesOf(job: JobId): ContentName[] {
    return this.#itemsOf(job).flatMap((item) => this.#contentOf(item) ?? [])
  }

  /** Drops what no other result and no source has as its content. */
  drop(namesInUse: () => ReadonlySet<string> = () => new Set()): void {
    if (this.#released.size === 0) return
    const inUse = namesInUse()
    const going = new Map<number, number[]>()
    const names = new Set<ContentName>()
    for (const job of this.#released) {
      const action = this.#verdicts.actionOf(job)
      // Content that is being uploaded is dropped once the remote cache has it.
      if (action === undefined || this.#remote?.isGiving(action)) continue
      going.set(
        action,
        this.#itemsOf(job).map(({ shelf }) => shelf.output),
      )
      for (const name of this.#namesOf(job)) if (!inUse.has(name)) names.add(name)
    }
    for (const name of this.#fridge.actions.heldElsewhere(names, going)) names.delete(name)
    this.#fridge.objects.drop(names)
    // Another session of this fridge may have noted that nothing changed.
    if (names.size > 0) this.#fridge.bumpGeneration()
    for (const job of this.#released) {
      const action = this.#verdicts.actionOf(job)
      if (action === undefined || !this.#remote?.isGiving(action)) this.#released.delete(job)
    }
    this.#bytes = 0
  }
}
