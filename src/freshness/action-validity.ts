// Decides whether the stored results of an action are still valid: it succeeded, what its cook looked for is
// unchanged, and its results can be had.
import { bytesOf, type ContentName, isFolder } from '../base/content-name.ts'
import type { Reason } from '../base/reason.ts'
import { lacksLooks } from '../base/trace.ts'
import type { Step } from '../config/configuration.ts'
import type { Store } from '../fridge/store.ts'
import type { StoredAction } from '../fridge/action-store.ts'
import { inlineLimit } from '../fridge/objects/objects.ts'
import type { ResultItem, ResultShelf, StepTable } from '../plan/step-table.ts'
import type { Plan } from '../plan/plan.ts'
import { type PlacedAt, TraceCheck, type World } from './trace-check.ts'

export interface ActionValidityOptions {
  /** The world that traces are compared with. */
  world: World
  /** Tells whether what the step reads without declaring it counts. */
  countsReads: (step: Step) => boolean
  /** Results whose bytes have to be here; the bytes of others may lie with others. */
  wanted: ReadonlySet<string>
  /** Finds results that have a place of their own, by paths as traces have them. */
  itemAt?: (path: string) => ResultItem | undefined
}

export class ActionValidity {
  readonly #fridge: Store
  readonly #options: ActionValidityOptions
  readonly #plan: Plan
  readonly #absent: ReadonlySet<string>
  #files: ReturnType<Store['objects']['files']['names']>
  readonly #placedAt: PlacedAt | undefined
  #traces: TraceCheck

  constructor(plan: Plan, fridge: Store, options: ActionValidityOptions, placedAt?: PlacedAt) {
    this.#fridge = fridge
    this.#options = options
    this.#plan = plan
    this.#absent = fridge.strongNames.absent()
    this.#files = fridge.objects.files.names()
    this.#placedAt = placedAt
    this.#traces = new TraceCheck(options.world, placedAt)
  }

  /** Files may have come and gone since. */
  lookAgain(): void {
    this.#files = this.#fridge.objects.files.names()
    this.#traces = new TraceCheck(this.#options.world, this.#placedAt)
  }

  /** Places of the outputs whose bytes have to be here when the job is done. */
  wantedOutputs(table: StepTable): number[] {
    const wanted = table.outputs.filter((shelf) => this.#isWanted(shelf) && !this.#plan.isIntermediate(shelf))
    return wanted.map(({ output }) => output)
  }

  /** Finds the reason why an action cannot be used; undefined where it can. */
  trouble(action: StoredAction, table: StepTable): Reason | undefined {
    if (action.failure !== undefined) return { kind: 'last-cook-failed', failure: action.failure }
    const { own, system } = action.trace
    if (lacksLooks(action.trace) && this.#options.countsReads(table.step)) return { kind: 'not-observed' }
    const broken = this.#traces.broken(own) ?? this.#traces.broken(system)
    if (broken)
      return { kind: broken.kind === 'appeared' ? 'discovered-appeared' : 'discovered-changed', path: broken.path }
    const whole = table.outputs.every((shelf, at) => {
      const output = action.outputs[at]
      if (output === undefined || this.#plan.isIntermediate(shelf)) return true
      return this.#isThere(output.name, output.size) || this.#mayBeElsewhere(shelf, output.name)
    })
    return whole ? undefined : { kind: 'result-missing' }
  }

  #isWanted({ name }: ResultShelf): boolean {
    return this.#options.wanted.has(name)
  }

  #mayBeElsewhere(shelf: ResultShelf, name: ContentName): boolean {
    return !this.#isWanted(shelf) && this.#fridge.remoteObjects.isElsewhere(name)
  }

  /** Bytes in the database come and go with it; files below objects/ may be deleted by anyone. */
  #isThere(name: ContentName, size: number): boolean {
    if (isFolder(name)) return this.#fridge.objects.has(name)
    if (size > inlineLimit) return this.#files.has(bytesOf(name))
    return !this.#absent.has(bytesOf(name)) || this.#files.has(bytesOf(name))
  }
}
