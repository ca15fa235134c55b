// Decides whether the stored results of an action are still valid: it succeeded, what it discovered is unchanged, and its
// results can be had.
import { bytesOf, type ContentName, isFolder } from '../base/content-name.ts'
import type { Reason } from '../base/reason.ts'
import type { Store } from '../fridge/store.ts'
import type { Discovered, StoredAction } from '../fridge/action-store.ts'
import { inlineLimit } from '../fridge/objects/objects.ts'
import type { StepTable } from '../plan/step-table.ts'
import type { Plan } from '../plan/plan.ts'
import { passingOutputs } from '../plan/intermediate-outputs.ts'

export interface ActionValidityOptions {
  /** What a discovered file holds now. */
  lookAt: (path: string) => ContentName | undefined
  /** Results whose bytes have to be here; the bytes of others may lie with others. */
  wanted: ReadonlySet<string>
}

export class ActionValidity {
  readonly #fridge: Store
  readonly #options: ActionValidityOptions
  readonly #passing: Map<StepTable, number[]>
  readonly #absent: ReadonlySet<string>
  #files: ReturnType<Store['objects']['files']['names']>

  constructor(plan: Plan, fridge: Store, options: ActionValidityOptions) {
    this.#fridge = fridge
    this.#options = options
    this.#passing = passingOutputs(plan)
    this.#absent = fridge.strongNames.absent()
    this.#files = fridge.objects.files.names()
  }

  /** Files may have come and gone since. */
  lookAgain(): void {
    this.#files = this.#fridge.objects.files.names()
  }

  /** Places of the outputs whose bytes have to be here when the job is done. */
  wantedOutputs(table: StepTable): number[] {
    return table.step.outputs.flatMap((_, at) => (this.#isWanted(table, at) && !this.#isPassing(table, at) ? [at] : []))
  }

  /** Finds the reason why an action cannot be used; undefined where it can. */
  trouble(action: StoredAction, table: StepTable): Reason | undefined {
    if (action.failure !== undefined) return { kind: 'last-cook-failed', failure: action.failure }
    const changed = action.discovered.find((one) => this.#hasChanged(one))
    if (changed) {
      const { path, name } = changed
      return { kind: name === undefined ? 'discovered-appeared' : 'discovered-changed', path }
    }
    const whole = action.outputs.every(
      ({ name, size }, at) =>
        this.#isPassing(table, at) || this.#isThere(name, size) || this.#mayBeElsewhere(table, at, name),
    )
    return whole ? undefined : { kind: 'result-missing' }
  }

  #isPassing(table: StepTable, output: number): boolean {
    return this.#passing.get(table)?.includes(output) ?? false
  }

  #isWanted(table: StepTable, output: number): boolean {
    return this.#options.wanted.has(table.step.outputs[output]?.name ?? '')
  }

  #hasChanged({ path, name }: Discovered): boolean {
    return this.#options.lookAt(path) !== name
  }

  #mayBeElsewhere(table: StepTable, output: number, name: ContentName): boolean {
    return !this.#isWanted(table, output) && this.#fridge.remoteObjects.isElsewhere(name)
  }

  /** Bytes in the database come and go with it; files below objects/ may be deleted by anyone. */
  #isThere(name: ContentName, size: number): boolean {
    if (isFolder(name)) return this.#fridge.objects.has(name)
    if (size > inlineLimit) return this.#files.has(bytesOf(name))
    return !this.#absent.has(bytesOf(name)) || this.#files.has(bytesOf(name))
  }
}
