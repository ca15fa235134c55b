// Jobs whose inputs changed while they were waiting or under way: their results would be of a past that nobody asks for.
import { eachInput } from '../plan/graph.ts'
import type { Plan } from '../plan/plan.ts'
import type { BaseShelf } from '../plan/shelves.ts'

export class Spoilt {
  readonly #reasons = new Map<number, string>()
  #listen: (() => void) | undefined

  /** Whoever cooks is told, and ends what is under way. */
  listen(listen: () => void): void {
    this.#listen = listen
  }

  add(jobs: Map<number, string>): void {
    for (const [job, path] of jobs) if (!this.#reasons.has(job)) this.#reasons.set(job, path)
    if (jobs.size > 0) this.#listen?.()
  }

  reason(job: number): string | undefined {
    return this.#reasons.get(job)
  }
}

/** Every job that depends on one of these paths, directly or through other jobs, with the path's label. */
export function jobsBehind(plan: Plan, paths: ReadonlySet<string>): Map<number, string> {
  const changed = new Map<BaseShelf, Map<number, string>>()
  const itemsOf = (shelf: BaseShelf): Map<number, string> => {
    let found = changed.get(shelf)
    if (!found) changed.set(shelf, (found = changedItems(shelf, paths)))
    return found
  }
  const jobs = new Map<number, string>()
  for (const table of plan.tables) {
    const columns = table.shelves.map((shelf, at) => ({
      items: itemsOf(shelf),
      column: table.columns[at] as Int32Array,
    }))
    const telling = columns.filter(({ items }) => items.size > 0)
    const collected = table.inputs.filter(
      (input) => input.kind === 'collected' && input.source.kind === 'base' && itemsOf(input.source.shelf).size > 0,
    )
    for (let row = 0; row < table.rows; row++) {
      let label: string | undefined
      for (const { items, column } of telling) label ??= items.get(column[row] as number)
      if (collected.length > 0) label ??= collected[0]?.input.from
      if (label === undefined && jobs.size > 0) {
        eachInput(table, row, (from) => {
          label ??= jobs.get(from)
        })
      }
      if (label !== undefined) jobs.set(table.first + row, label)
    }
  }
  return jobs
}

function changedItems(shelf: BaseShelf, paths: ReadonlySet<string>): Map<number, string> {
  const found = new Map<number, string>()
  for (const [at, { content, label }] of shelf.items.entries()) {
    const { path, kind } = content ?? {}
    if (path === undefined) continue
    const inside = kind === 'folder' ? [...paths].some((one) => one.startsWith(`${path}/`)) : false
    if (paths.has(path) || inside) found.set(at, String(label))
  }
  return found
}
