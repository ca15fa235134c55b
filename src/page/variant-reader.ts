// Reads the variants of one result as the page shows them: their verdicts, contents and columns.
import type { ContentName } from '../base/content-name.ts'
import { plainText } from '../base/value.ts'
import { isFailed } from '../inspection/queries.ts'
import type { JobId } from '../plan/job-id.ts'
import type { ResultShelf, StepTable, VariantColumn } from '../plan/step-table.ts'
import type { ResultView } from '../inspection/session-views.ts'
import { numberOf, shownContent } from './cell-content.ts'
import type { Reading } from './kitchen-reader.ts'
import type { Column, ShelfRow, Shown, ShownVerdict } from './page-protocol.ts'

/** A longer list of values is no choice. */
const mostChoices = 40
/** This many results decide which fields there are. */
const sampled = 50

export class VariantReader {
  readonly shelf: ResultShelf
  readonly table: StepTable
  readonly #reading: Reading
  readonly #kitchen: ResultView

  constructor(reading: Reading, kitchen: ResultView, shelf: ResultShelf) {
    this.shelf = shelf
    this.table = shelf.table
    this.#reading = reading
    this.#kitchen = kitchen
  }

  id(row: number): string {
    return this.shelf.item(row).id
  }

  verdict(row: number): ShownVerdict {
    return verdictOf(this.#kitchen, this.table.job(row))
  }

  content(row: number): ContentName | undefined {
    return this.#kitchen.verdicts.contentOf(this.shelf, row)
  }

  shown(row: number): Shown {
    return shownContent(this.#kitchen, this.content(row), this.#reading)
  }

  bytes(row: number): number {
    return this.#kitchen.verdicts.sizeOf(this.shelf, row)
  }

  /** Returns the number in a field. The field without a name is the whole result. */
  number(row: number, field: string): number | undefined {
    return numberOf(this.shown(row), field)
  }

  text(row: number, field: string): string {
    const shown = this.shown(row)
    if (shown.kind === 'text') return field === '' ? shown.text : ''
    if (shown.kind === 'number') return field === '' ? String(shown.number) : ''
    return shown.kind === 'fields' && shown.fields[field] !== undefined ? plainText(shown.fields[field]) : ''
  }

  /** Returns a variant with a cell for each column. */
  row(row: number): ShelfRow {
    const { verdicts, fridge } = this.#kitchen
    const maker = this.table.at(row)
    const shown = this.shown(row)
    const cells = this.columns().map(({ kind, name }) => {
      if (kind === 'parameter') return maker.value(name) ?? null
      if (shown.kind === 'fields') return shown.fields[name] ?? null
      if (name !== '') return null
      return shown.kind === 'number' ? shown.number : shown.kind === 'text' ? shown.text : null
    })
    return {
      id: this.id(row),
      verdict: this.verdict(row),
      reason: verdicts.reason(maker.job),
      cells,
      // Texts, numbers and fields are in the cells already.
      shown: shown.kind === 'text' || shown.kind === 'number' || shown.kind === 'fields' ? { kind: 'none' } : shown,
      bytes: this.bytes(row),
      ms: fridge.items.find(maker.step.name, maker.record)?.action?.ms ?? null,
    }
  }

  columns(): Column[] {
    const { columns } = this.#reading.notes
    const known = columns.get(this.shelf.name)
    if (known) return known
    const made = [...this.parameters().map(parameterColumn), ...this.#valueColumns()]
    columns.set(this.shelf.name, made)
    return made
  }

  /** Returns the columns whose values differ between variants. All others are the same in every row. */
  parameters(): VariantColumn[] {
    return this.table.columns.filter((column) => column.isVaried)
  }

  /** Returns the numeric fields of the result. The field without a name is the result itself. */
  numericFields(): string[] {
    const fields = this.columns().filter(({ kind, numeric }) => kind === 'value' && numeric)
    return fields.map(({ name }) => name)
  }

  #valueColumns(): Column[] {
    const fields = new Map<string, boolean>()
    let looked = 0
    for (let row = 0; row < this.table.rows && looked < sampled; row++) {
      const shown = this.shown(row)
      if (shown.kind === 'none') continue
      looked++
      if (shown.kind !== 'fields') fields.set('', (fields.get('') ?? true) && shown.kind === 'number')
      else
        for (const [field, value] of Object.entries(shown.fields))
          fields.set(field, (fields.get(field) ?? true) && typeof value === 'number')
    }
    if (fields.size === 0) fields.set('', false)
    return [...fields].map(([name, numeric]) => ({ name, kind: 'value', numeric }))
  }
}

function parameterColumn({ name, shelf: { items } }: VariantColumn): Column {
  const labels = items.map(({ label }) => label)
  return {
    name,
    kind: 'parameter',
    numeric: labels.every((label) => typeof label === 'number'),
    ...(labels.length <= mostChoices && { choices: labels.map(plainText) }),
  }
}

export function readVariants(reading: Reading, kitchen: ResultView, result: string): VariantReader | undefined {
  const shelf = kitchen.plan.results.get(result)
  return shelf && new VariantReader(reading, kitchen, shelf)
}

export function verdictOf(kitchen: ResultView, job: JobId): ShownVerdict {
  return isFailed(kitchen, job) ? 'failed' : kitchen.verdicts.shownVerdict(job)
}
