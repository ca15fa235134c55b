// Notes the jobs whose inputs changed while they waited or ran. Their results would belong to sources that are gone.
import { eachInput } from '../plan/job-graph.ts'
import type { Plan } from '../plan/plan.ts'
import type { StockedShelf } from '../plan/shelves.ts'

export class InvalidatedJobs {
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

/** For a shelf of files, which item lies at a path: where somebody has noted that already. */
type ItemAt = (shelf: StockedShelf) => ReadonlyMap<string, number> | undefined

/** Every job that depends on one of these paths, directly or through other jobs, with the path's label. */
export function jobsBehind(
  plan: Plan,
  paths: ReadonlySet<string>,
  itemAt: ItemAt = () => undefined,
): Map<number, string> {
  const changed = new Map<StockedShelf, ChangedItems>()
  const itemsOf = (shelf: StockedShelf): ChangedItems => {
    let found = changed.get(shelf)
    if (!found) changed.set(shelf, (found = changedItems(shelf, paths, itemAt(shelf))))
    return found
  }
  const jobs = new Map<number, string>()
  for (const table of plan.tables) {
    const columns = table.shelves.map((shelf, at) => ({
      ...itemsOf(shelf),
      column: table.columns[at] as Int32Array,
    }))
    const telling = columns.filter(({ labels }) => labels.size > 0)
    const collected = table.inputs.filter(
      (input) => input.kind === 'collected' && input.shelf.kind !== 'result' && itemsOf(input.shelf).labels.size > 0,
    )
    const reads = table.inputs.some((input) => input.kind !== 'stocked')
    if (telling.length === 0 && !reads && collected.length === 0) continue
    for (let row = 0; row < table.rows; row++) {
      let label: string | undefined
      for (const { marks, labels, column } of telling)
        if (marks[column[row] as number] === 1) label ??= labels.get(column[row] as number)
      if (collected.length > 0) label ??= collected[0]?.input.from
      if (reads && label === undefined && jobs.size > 0) {
        eachInput(table, row, (from) => {
          label ??= jobs.get(from)
        })
      }
      if (label !== undefined) jobs.set(table.first + row, label)
    }
  }
  return jobs
}

interface ChangedItems {
  labels: Map<number, string>
  /** 1 for every item that has a label among those, because a look at it costs a tenth for each of many rows. */
  marks: Uint8Array
}

function changedItems(
  shelf: StockedShelf,
  paths: ReadonlySet<string>,
  itemAt: ReadonlyMap<string, number> | undefined,
): ChangedItems {
  const labels = new Map<number, string>()
  const marks = new Uint8Array(shelf.items.length)
  if (itemAt) {
    for (const path of paths) {
      const at = itemAt.get(path)
      if (at === undefined) continue
      labels.set(at, String(shelf.items[at]?.label))
      marks[at] = 1
    }
    return { labels, marks }
  }
  for (const [at, { content, label }] of shelf.items.entries()) {
    const { path, kind } = content ?? {}
    if (path === undefined) continue
    const inside = kind === 'folder' ? [...paths].some((one) => one.startsWith(`${path}/`)) : false
    if (!paths.has(path) && !inside) continue
    labels.set(at, String(label))
    marks[at] = 1
  }
  return { labels, marks }
}
