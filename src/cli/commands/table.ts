// chef table: a result with a row for every variant.
import { relative } from 'node:path'
import { failure, Refusal } from '../../base/failure.ts'
import { type TableRow, tableRows } from '../../build/queries.ts'
import type { Configuration } from '../../config/configuration.ts'
import { nearest } from '../../config/near.ts'
import { jsonLine, tableLine } from '../../report/json.ts'
import { tableText } from '../../report/table.ts'
import { tellingNames } from '../../report/variant.ts'
import type { Run } from '../context.ts'
import { withKitchen } from '../kitchen.ts'

export const table: Run = (context) => {
  const { meant, out, outStyle: style, environment } = context
  const [typed = ''] = meant.arguments
  return withKitchen(
    context,
    (configuration) => [resultNamed(configuration, typed)],
    (kitchen) => {
      const result = resultNamed(kitchen.configuration, typed)
      if (meant.json) {
        let rows = 0
        for (const row of tableRows(kitchen, result)) {
          out.write(jsonLine(tableLine(row)))
          rows++
        }
        out.write(jsonLine({ type: 'summary', rows }))
        return 0
      }
      const rows = Array.from(tableRows(kitchen, result), (row) => shorter(row, environment.folder))
      out.write(tableText(result, rows, { style, columns: out.columns, telling: tellingNames(kitchen.configuration) }))
      return 0
    },
  )
}

/** A path from here where that is less to read. */
function shorter(row: TableRow, folder: string): TableRow {
  if (row.path === undefined) return row
  const path = relative(folder, row.path)
  return path.length < row.path.length ? { ...row, path } : row
}

/** A step with a single output stands for it. */
function resultNamed({ steps }: Configuration, name: string): string {
  const results = [...steps.values()].flatMap((step) => step.outputs.map((output) => output.name))
  if (results.includes(name)) return name
  const outputs = steps.get(name)?.outputs ?? []
  const [only] = outputs
  if (only && outputs.length === 1) return only.name
  throw new Refusal([failure('result-unknown', { name, near: nearest(name, results) })])
}
