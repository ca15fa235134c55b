// chef table: results with a row for every variant, for people and for other programs.
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Session } from '../../session/session.ts'
import { tableRows } from '../../inspection/queries.ts'
import { jsonLine, tableLine } from '../../report/json-lines.ts'
import { tableText } from '../../report/tables/table-report.ts'
import { csvLines, markdownLines, rowObject } from '../../report/tables/table-text.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import { printable } from '../../report/text/width.ts'
import { arranged, sortedRows } from '../../tables/arrange.ts'
import { collectTable } from '../../tables/result-table.ts'
import type { Table } from '../../tables/table.ts'
import type { Context, Run } from '../context.ts'
import { withKitchen } from '../open-from-arguments.ts'
import { resultsNamed } from '../../recipe/result-names.ts'
import { writeWhole } from '../write-whole.ts'

export const table: Run = async (context) => {
  const { meant } = context
  const forms = ['json', 'csv', 'markdown'] as const
  const asked = forms.filter((form) => meant[form])
  if (asked.length > 1) throw new Refusal([failure('flags-apart', { one: `--${asked[0]}`, other: `--${asked[1]}` })])
  return withKitchen(
    context,
    (configuration) => resultsNamed(configuration, meant.arguments),
    (kitchen) => {
      const results = resultsNamed(kitchen.configuration, meant.arguments)
      if (meant.json && !meant.parquet && isPlain(context, results))
        return writeVariants(context, kitchen, results[0] as string)
      return writeTable(context, kitchen, arranged(collectTable(kitchen, results), meant.arrangement))
    },
  )
}

/** A single result as it is: each variant with its value whole, whatever fields that has. */
function isPlain({ meant: { arrangement } }: Context, results: string[]): boolean {
  return results.length === 1 && !arrangement.group && arrangement.summaries.length + arrangement.columns.length === 0
}

/** Rows that are written before their reader is waited for: a table may be longer than the memory. */
const rowsAhead = 4096

async function writeVariants({ meant, out }: Context, kitchen: Session, result: string): Promise<number> {
  const { sort } = meant.arrangement
  const order = sort.length > 0 ? sortedRows(collectTable(kitchen, [result]), sort) : undefined
  let rows = 0
  for (const row of tableRows(kitchen, result, order)) {
    out.write(jsonLine(tableLine(row)))
    if (++rows % rowsAhead === 0) await out.drained()
  }
  out.write(jsonLine({ type: 'summary', rows }))
  return 0
}

async function writeTable(context: Context, kitchen: Session, found: Table): Promise<number> {
  const { meant, out, outStyle: style, environment } = context
  if (meant.parquet) {
    writeWhole(meant.parquet, await (await import('../../report/tables/table-parquet.ts')).parquetBytes(found))
    if (!meant.json && !meant.csv && !meant.markdown) return 0
  }
  if (meant.json) {
    for (let row = 0; row < found.rows; row++) {
      out.write(jsonLine(rowObject(found, row)))
      if (row % rowsAhead === 0) await out.drained()
    }
    out.write(jsonLine({ type: 'summary', rows: found.rows }))
  } else if (meant.csv || meant.markdown) {
    const lines = meant.csv ? csvLines(found) : markdownLines(found)
    // A program reads what there is; on a terminal no name may move the cursor.
    let rows = 0
    for (const line of lines) {
      out.write(out.isTerminal ? `${printable(line.slice(0, -1))}\n` : line)
      if (++rows % rowsAhead === 0) await out.drained()
    }
  } else {
    const telling = tellingNames(kitchen.configuration)
    const chosen = meant.arrangement.columns.length > 0
    out.write(tableText(found, { style, columns: out.columns, telling, folder: environment.folder, chosen }))
  }
  return 0
}
