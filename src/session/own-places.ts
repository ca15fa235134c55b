// Knows the paths that are chef's own in the project, so that no listing of a trace shows them.
import { dirname } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { knownPlaces } from '../placement/link-paths.ts'
import type { Plan } from '../plan/plan.ts'

/** The fridge, what is laid out, what the plan is going to lay out, and the folders that lead there. */
export class OwnPlaces {
  readonly #configuration: Configuration
  readonly #fridge: Fridge
  #plan: Plan | undefined
  #paths: Set<string> | undefined

  constructor(configuration: Configuration, fridge: Fridge) {
    this.#configuration = configuration
    this.#fridge = fridge
  }

  set plan(plan: Plan) {
    this.#plan = plan
    this.#paths = undefined
  }

  /** Found when they are first asked for, because most kitchens never ask. */
  has(path: string): boolean {
    this.#paths ??= this.#found()
    return this.#paths.has(path)
  }

  #found(): Set<string> {
    const found = new Set([this.#fridge.folder])
    const add = (path: string): void => {
      for (let at = path; at !== dirname(at) && !found.has(at); at = dirname(at)) found.add(at)
    }
    for (const { path } of this.#fridge.links.all()) add(path)
    if (this.#plan) for (const { path } of knownPlaces(this.#configuration, this.#plan)) add(path)
    return found
  }
}
