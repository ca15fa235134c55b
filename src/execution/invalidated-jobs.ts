// Notes the jobs whose inputs changed while they waited or ran. Their results would belong to sources that are gone.
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import type { StockedShelf } from '../plan/shelves.ts'

export class InvalidatedJobs {
  /** Each with the label of the input that changed. */
  readonly #inputs = new Map<JobId, string>()
  #listener: ((jobs: ReadonlyMap<JobId, string>) => void) | undefined

  /** Calls back with every job that was or will be added. Undefined ends that. */
  listen(listener: ((jobs: ReadonlyMap<JobId, string>) => void) | undefined): void {
    this.#listener = listener
    if (this.#inputs.size > 0) listener?.(this.#inputs)
  }

  add(jobs: ReadonlyMap<JobId, string>): void {
    for (const [job, input] of jobs) if (!this.#inputs.has(job)) this.#inputs.set(job, input)
    if (jobs.size > 0) this.#listener?.(jobs)
  }
}

/** For a shelf of files, which item lies at a path: where somebody has noted that already. */
type ItemAt = (shelf: StockedShelf) => ReadonlyMap<string, number> | undefined

/** Every job that depends on one of these paths, directly or through other jobs, with the path's label. */
export function jobsBehind(
  plan: Plan,
  paths: ReadonlySet<string>,
  itemAt: ItemAt = () => undefined,
): Map<JobId, string> {
  const changed = new Map<StockedShelf, ChangedItems>()
  const itemsOf = (shelf: StockedShelf): ChangedItems => {
    let found = changed.get(shelf)
    if (!found) changed.set(shelf, (found = changedItems(shelf, paths, itemAt(shelf))))
    return found
  }
  const jobs = new Map<JobId, string>()
  for (const table of plan.tables) {
    const columns = table.ownColumns().map(({ shelf, places }) => ({ ...itemsOf(shelf), places }))
    const telling = columns.filter(({ labels }) => labels.size > 0)
    const collected = table.inputs.filter(
      (input) => input.kind === 'collected' && input.shelf.kind !== 'result' && itemsOf(input.shelf).labels.size > 0,
    )
    const reads = table.inputs.some((input) => input.kind !== 'stocked')
    if (telling.length === 0 && !reads && collected.length === 0) continue
    for (let row = 0; row < table.rows; row++) {
      let label: string | undefined
      for (const { marks, labels, places } of telling) {
        const place = places.get(row)
        if (marks[place] === 1) label ??= labels.get(place)
      }
      if (collected.length > 0) label ??= collected[0]?.input.from
      if (reads && label === undefined && jobs.size > 0) {
        table.eachProducer(row, (from) => {
          label ??= jobs.get(from)
        })
      }
      if (label !== undefined) jobs.set(table.job(row), label)
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
