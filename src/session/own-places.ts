// Knows the paths that are chef's own in the project, so that no listing of a trace shows them.
import { dirname, relative } from 'node:path'
import { type ContentName, isFolder } from '../base/content-name.ts'
import type { Configuration } from '../config/configuration.ts'
import { type FileSet, fileSetOf, isFolderOf } from '../files/file-set.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { placesOf } from '../placement/link-paths.ts'
import type { Plan } from '../plan/plan.ts'
import type { ResultItem } from '../plan/step-table.ts'

/**
 * The fridge, what is laid out, what the plan is going to lay out, and the folders that lead there. Of a folder that is laid
 * out, what it holds by now is chef's own, and files of the user beside it are not.
 */
export class OwnPlaces {
  readonly #configuration: Configuration
  readonly #fridge: Fridge
  #plan: Plan | undefined
  #verdicts: Verdicts | undefined
  #paths: Set<string> | undefined
  /** The files that tasks make, and the folders that hold nothing else. */
  #sets: FileSet[] = []
  /** Results by the paths where they are laid out. */
  #places = new Map<string, ResultItem>()
  /** The paths that folders hold, with those of the folders inside. */
  readonly #members = new Map<ContentName, ReadonlySet<string>>()

  constructor(configuration: Configuration, fridge: Fridge) {
    this.#configuration = configuration
    this.#fridge = fridge
  }

  set plan(plan: Plan) {
    this.#plan = plan
    this.#paths = undefined
    this.#verdicts = undefined
  }

  /** Until they are known, what lies in a folder is what former builds laid out. */
  set verdicts(verdicts: Verdicts) {
    this.#verdicts = verdicts
  }

  /** Found when they are first asked for, because most kitchens never ask. */
  has(path: string): boolean {
    this.#paths ??= this.#found()
    return (
      this.#paths.has(path) ||
      this.#sets.some((set) => set.holds(path) || isFolderOf(set, path)) ||
      this.#isInFolder(path)
    )
  }

  #found(): Set<string> {
    const found = new Set([this.#fridge.folder])
    const add = (path: string): void => {
      for (let at = path; at !== dirname(at) && !found.has(at); at = dirname(at)) found.add(at)
    }
    const spread = new Set(this.#configuration.links.flatMap(({ isSpread, result }) => (isSpread ? [result] : [])))
    for (const { path, result } of this.#fridge.links.all()) if (!spread.has(result)) add(path)
    const all = this.#plan ? placesOf(this.#plan, this.#configuration) : []
    this.#sets = all.flatMap(({ item: { shelf } }) => (shelf.files ? [fileSetOf(shelf.files)] : []))
    const places = all.filter(({ link }) => !link.isSpread)
    for (const { path } of places) add(path)
    this.#places = new Map(places.map(({ path, item }) => [path, item]))
    return found
  }

  #isInFolder(path: string): boolean {
    if (this.#places.size === 0 || this.#verdicts === undefined) return false
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
      const item = this.#places.get(at)
      const content = item && this.#verdicts.contentOf(item.shelf, item.row)
      if (content !== undefined && isFolder(content) && this.#membersOf(content).has(relative(at, path))) return true
    }
    return false
  }

  #membersOf(content: ContentName): ReadonlySet<string> {
    let members = this.#members.get(content)
    if (members === undefined) {
      const found = new Set<string>()
      for (const { path } of this.#fridge.objects.listing(content) ?? [])
        for (let at = path; at !== '.' && !found.has(at); at = dirname(at)) found.add(at)
      this.#members.set(content, (members = found))
    }
    return members
  }
}
