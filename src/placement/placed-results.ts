// Keeps placed results in their places: what a step needs is there before it runs, and what it wrote there is known.
import { join } from 'node:path'
import { type ContentName, isAbsent, isFolder } from '../base/content-name.ts'
import type { Emit } from '../base/event.ts'
import type { Entry } from '../fridge/objects/folder-listing.ts'
import type { JobId } from '../plan/job-id.ts'
import type { ResultItem } from '../plan/step-table.ts'
import type { Receipt } from '../tickets/ticket.ts'
import { laidOf, layLinksOf, type LayoutView, statText } from './link-layout.ts'
import { isPlaced, type Place, placesOf } from './link-paths.ts'

/** Finds the results that have a place of their own, and their content by the place. */
export class PlacedItems {
  readonly #byPath: ReadonlyMap<string, Place>
  readonly #byJob: ReadonlyMap<JobId, readonly Place[]>

  constructor(places: readonly Place[]) {
    const placed = places.filter(isPlaced)
    // The files of a set share no place: they lie among others.
    this.#byPath = new Map(placed.filter(({ link }) => !link.isSpread).map((place) => [place.path, place]))
    const byJob = new Map<JobId, Place[]>()
    for (const place of placed) {
      const { job } = place.item.maker
      const known = byJob.get(job)
      if (known) known.push(place)
      else byJob.set(job, [place])
    }
    this.#byJob = byJob
  }

  get size(): number {
    return this.#byJob.size
  }

  itemAt(path: string): ResultItem | undefined {
    return this.#byPath.get(path)?.item
  }

  pathOf(item: ResultItem): string | undefined {
    return this.of(item.maker.job).find((place) => place.item.shelf === item.shelf)?.path
  }

  of(job: JobId): readonly Place[] {
    return this.#byJob.get(job) ?? []
  }
}

/** Places are looked for only where a step runs in the project: a kitchen may have a million of them. */
export function placedItems({ configuration, plan }: Pick<LayoutView, 'configuration' | 'plan'>): PlacedItems {
  const isInProject = plan.tables.some(({ step }) => step.place === 'project')
  return new PlacedItems(isInProject ? placesOf(plan, configuration) : [])
}

export class PlacedResults {
  readonly #view: LayoutView
  readonly #items: PlacedItems
  readonly #emit: Emit
  /** Jobs whose results were found or brought to their places. */
  readonly #there = new Set<JobId>()

  constructor(view: LayoutView, emit: Emit) {
    this.#view = view
    this.#items = placedItems(view)
    this.#emit = emit
  }

  /** Brings everything that a job's inputs are made of to its place. Returns the jobs whose results were lost. */
  prepare(job: JobId): Set<JobId> {
    if (this.#items.size === 0) return new Set()
    const { plan } = this.#view
    const missing = new Set<JobId>()
    const open: JobId[] = []
    const visit = (producer: JobId): void => {
      if (this.#there.has(producer)) return
      this.#there.add(producer)
      open.push(producer)
      if (this.#items.of(producer).some((place) => !this.#isThere(place))) missing.add(producer)
    }
    open.push(job)
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { table, row } = plan.at(next)
      table.eachProducer(row, visit)
    }
    const lost = missing.size > 0 ? layLinksOf(this.#view, missing, this.#emit) : missing
    for (const one of lost) this.#there.delete(one)
    return lost
  }

  pathOf(item: ResultItem): string | undefined {
    return this.#items.pathOf(item)
  }

  /** True for a path where a result stays that was written there. */
  holds(path: string): boolean {
    return this.#items.itemAt(path) !== undefined
  }

  /** True for a file that another job wrote, and that is still the same. */
  isOthers(job: JobId, path: string): boolean {
    const known = this.#view.fridge.links.one(path)
    if (known === undefined || this.#items.of(job).some(({ link }) => link.result === known.result)) return false
    return laidOf(known) === statText(path)
  }

  /** Notes what a job wrote in its places. */
  written(job: JobId, { outputs }: Pick<Receipt, 'outputs'>): void {
    const { fridge } = this.#view
    const places = this.#items.of(job)
    const written = new Set(outputs.map(({ path }) => path))
    if (places.every(({ path }) => written.has(path))) this.#there.add(job)
    for (const { path, item, link } of places) {
      const content = this.#contentOf(item)
      if (link.isSpread) this.#noteMembers(link.result, path, content)
      const stat = written.has(path) ? statText(path) : undefined
      // A folder is laid out, and known, file by file.
      if (content === undefined || stat === undefined || isAbsent(content) || isFolder(content)) continue
      fridge.links.set({ path, result: link.result, content, stat })
    }
  }

  #noteMembers(result: string, folder: string, content: ContentName | undefined): void {
    const { fridge } = this.#view
    for (const { path, name } of this.#membersOf(content) ?? []) {
      const file = join(folder, path)
      const stat = statText(file)
      if (stat !== undefined) fridge.links.set({ path: file, result, content: name, stat })
    }
  }

  /** Undefined where the listing was lost. */
  #membersOf(content: ContentName | undefined): Entry[] | undefined {
    return content !== undefined && isFolder(content) ? this.#view.fridge.objects.listing(content) : []
  }

  #contentOf({ shelf, row }: ResultItem): ContentName | undefined {
    return this.#view.verdicts.contentOf(shelf, row)
  }

  #isThere({ path, item, link }: Place): boolean {
    const content = this.#contentOf(item)
    if (content === undefined || isAbsent(content)) return true
    if (!link.isSpread) return this.#isLaid(path, content)
    return this.#membersOf(content)?.every((member) => this.#isLaid(join(path, member.path), member.name)) ?? false
  }

  #isLaid(path: string, content: ContentName): boolean {
    const known = this.#view.fridge.links.one(path)
    return known?.content === content && laidOf(known) === statText(path)
  }
}
