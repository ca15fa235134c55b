// Finds where an item comes from, up to resources and flavours, and the jobs that read it; items of earlier builds too.
import { graphOf } from '../plan/job-graph.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Plan } from '../plan/plan.ts'
import { JSONContainer } from '../plan/record.ts'
import type { JobRow, ResultItem } from '../plan/step-table.ts'
import { contentView, resultOf } from './queries.ts'
import type { ItemView } from './views.ts'
import type { KitchenView, ResultView } from './session-views.ts'

export interface Ancestor {
  /** As in the record: `z/<hash>`, `photos/cat.jpg:<hash>`, `num_N/10`. */
  id: string
  /** Empty for what comes from outside, and for a job that stands elsewhere in this lineage already. */
  from: Ancestor[]
}

export function lineageOf({ plan }: ResultView, item: ItemView): Ancestor[] {
  const result = resultOf(plan, item)
  return result ? ancestors(result.maker, new Set([result.maker.job])) : []
}

function ancestors(row: JobRow, told: Set<JobId>): Ancestor[] {
  return row.references().map(({ id, producer }) => {
    if (producer === undefined || told.has(producer.job)) return { id, from: [] }
    told.add(producer.job)
    return { id, from: ancestors(producer, told) }
  })
}

/** The jobs that read an item themselves. */
export function readersOfItem({ plan }: ResultView, item: ItemView): Iterable<string> {
  const result = resultOf(plan, item)
  return result ? readersOfResult(plan, result) : readersOfStocked(plan, item)
}

function* readersOfResult(plan: Plan, { maker, shelf }: ResultItem): Iterable<string> {
  for (const job of graphOf(plan).readersOf(maker.job)) {
    const reader = plan.at(job)
    // The job may read another output of the same maker.
    if (reader.table.inputs.some((column) => column.shelf === shelf)) yield reader.id
  }
}

function* readersOfStocked(plan: Plan, { id, shelf }: ItemView): Iterable<string> {
  for (const row of plan) {
    const isSource = row.step.name === shelf && id === `${shelf}/${row.table.source.item(row.row).reference}`
    if (isSource || row.references().some((reference) => reference.id === id)) yield row.id
  }
}

/** A result of an earlier build that no plan has any more, by its whole name. */
export function formerItem({ configuration, fridge }: KitchenView, id: string): ItemView | undefined {
  const slash = id.indexOf('/')
  const name = id.slice(0, slash)
  const { steps } = configuration
  const step =
    steps.get(name) ?? [...steps.values()].find(({ outputs }) => outputs.some((output) => output.name === name))
  const stored = step && fridge.items.find(step.name, id.slice(slash + 1))
  if (!step || !stored) return undefined
  const output = Math.max(
    0,
    step.outputs.findIndex((one) => one.name === name),
  )
  const { text, depends } = new JSONContainer(stored.record)
  if (depends === undefined) return undefined
  const held = stored.action?.outputs[output]
  return {
    id,
    shelf: step.outputs[output]?.name ?? name,
    kind: 'result',
    label: stored.name,
    depends,
    record: text,
    ...(held && { content: contentView(held.name, held.size) }),
  }
}
