// Where an item comes from, up to resources and flavours, and who reads it; items of earlier builds too.
import { parsed } from '../base/value.ts'
import type { ContentName } from '../base/content-name.ts'
import type { Depends } from '../base/event.ts'
import type { InputColumn, StepTable } from '../plan/cross.ts'
import { readersOf } from '../plan/job-graph.ts'
import { tableOf } from '../plan/plan.ts'
import { jobId, memberReference } from '../plan/record.ts'
import type { Session } from '../session/session.ts'
import { contentView } from './queries.ts'
import type { ItemView } from './views.ts'

export interface Ancestor {
  /** As in the record: `z/<hash>`, `photos/cat.jpg:<hash>`, `num_N/10`. */
  id: string
  /** Empty for what comes from outside, and for a job that stands elsewhere in this lineage already. */
  from: Ancestor[]
}

export function lineageOf(kitchen: Session, item: ItemView): Ancestor[] {
  const job = jobOf(kitchen, item)
  return job === undefined ? [] : ancestors(kitchen, job, new Set([job]))
}

function jobOf({ plan }: Session, item: ItemView): number | undefined {
  const made = plan.results.get(item.shelf)
  const row = made ? made.table.items.indexOf(String(item.label) as ContentName) : -1
  return made && row >= 0 ? made.table.first + row : undefined
}

function ancestors(kitchen: Session, job: number, told: Set<number>): Ancestor[] {
  const table = tableOf(kitchen.plan, job)
  return table.inputs.flatMap((column) =>
    referencesOf(column, job - table.first).map(({ id, from }) => {
      if (from === undefined || told.has(from)) return { id, from: [] }
      told.add(from)
      return { id, from: ancestors(kitchen, from, told) }
    }),
  )
}

function referencesOf(column: InputColumn, row: number): { id: string; from?: number }[] {
  if (column.kind === 'base') {
    const item = column.shelf.items[column.column[row] as number] as { reference: string }
    return [{ id: `${column.shelf.name}/${item.reference}` }]
  }
  if (column.kind === 'result') {
    const member = column.rows[row] as number
    return [{ id: memberReference(column)(member), from: column.table.first + member }]
  }
  const { source, offsets, members } = column
  const group = column.group[row] as number
  const show = memberReference(source)
  const first = source.kind === 'result' ? source.table.first : undefined
  return Array.from(members.subarray(offsets[group], offsets[group + 1]), (member) => ({
    id: show(member),
    ...(first !== undefined && { from: first + member }),
  }))
}

/** The jobs that read an item themselves. */
export function* readersOfItem(kitchen: Session, item: ItemView): Iterable<string> {
  const { plan } = kitchen
  const job = jobOf(kitchen, item)
  if (job !== undefined) {
    const { offsets, readers } = readersOf(plan)
    const own = tableOf(plan, job)
    const output = plan.results.get(item.shelf)?.output
    for (const reader of new Set(readers.subarray(offsets[job], offsets[job + 1]))) {
      const table = tableOf(plan, reader)
      const reads = table.inputs.some((column) => {
        const source = column.kind === 'collected' ? column.source : column
        return source.kind === 'result' && source.table === own && source.output === output
      })
      if (reads) yield jobId(table, reader - table.first)
    }
    return
  }
  for (const table of plan.tables) {
    for (let row = 0; row < table.rows; row++) {
      const reads = table.inputs.some((column) => referencesOf(column, row).some(({ id }) => id === item.id))
      if (reads || isSourceOf(table, row, item)) yield jobId(table, row)
    }
  }
}

function isSourceOf(table: StepTable, row: number, { shelf, id }: ItemView): boolean {
  if (table.step.name !== shelf) return false
  const at = table.names.indexOf(shelf)
  const item = table.shelves[at]?.items[(table.columns[at] as Int32Array)[row] as number]
  return item !== undefined && id === `${shelf}/${item.reference}`
}

/** A result of an earlier build that no plan has any more, by its whole name. */
export function formerItem(kitchen: Session, id: string): ItemView | undefined {
  const slash = id.indexOf('/')
  const name = id.slice(0, slash)
  const { steps } = kitchen.configuration
  const step =
    steps.get(name) ?? [...steps.values()].find(({ outputs }) => outputs.some((output) => output.name === name))
  const stored = step && kitchen.fridge.shelves.item(step.name, id.slice(slash + 1))
  if (!step || !stored) return undefined
  const output = Math.max(
    0,
    step.outputs.findIndex((one) => one.name === name),
  )
  const record = parsed(stored.record) as { depends: Depends } | undefined
  if (record === undefined) return undefined
  const held = stored.action?.outputs[output]
  return {
    id,
    shelf: step.outputs[output]?.name ?? name,
    kind: 'result',
    label: stored.name,
    depends: record.depends,
    record: stored.record,
    ...(held && { content: contentView(held.name, held.size) }),
  }
}
