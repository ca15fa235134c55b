// chef table: shows results with a row for every variant, for people and for other programs.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import type { Session } from '../../../session/session.ts'
import { type RowVerdict, tableRows } from '../../../inspection/queries.ts'
import { jsonLine, tableLine } from '../../../report/json-lines.ts'
import { tableText } from '../../../report/tables/table-report.ts'
import { csvLines, markdownLines, rowObject } from '../../../report/tables/table-text.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { printable } from '../../../report/text/width.ts'
import { type Arrangement, arrangeTable, sortRows, type Summary, summaryKinds } from '../../../tables/arrange.ts'
import { collectTable, verdictCounts } from '../../../tables/result-table.ts'
import type { Table } from '../../../tables/table.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import { type Context, warn } from '../../context.ts'
import { withKitchen } from '../../kitchen/open-from-arguments.ts'
import { resultsNamed } from '../../../recipe/result-names.ts'
import { writeWhole } from '../../terminal/write-whole.ts'

const flags = {
  csv: flag.switch({ summary: 'print comma-separated values' }),
  markdown: flag.switch({ summary: 'print a table in Markdown' }),
  parquet: flag.path({ value: 'FILE', summary: 'write a Parquet file' }),
  columns: flag.columns({ summary: 'only these columns, in this order' }),
  sort: flag.columns({
    value: 'NAME[,-NAME]',
    minus: true,
    summary: 'sort by columns; with - in front the largest comes first',
  }),
  group: flag.columns({ summary: 'one row for all that agree in these columns' }),
  by: flag.columns({ summary: 'the same as --group' }),
  mean: flag.columns({ summary: 'of a group: the mean of a column' }),
  min: flag.columns({ summary: 'of a group: the least value' }),
  max: flag.columns({ summary: 'of a group: the largest value' }),
  sum: flag.columns({ summary: 'of a group: the sum' }),
  median: flag.columns({ summary: 'of a group: the value in the middle' }),
  std: flag.columns({ summary: 'of a group: the standard deviation (of a sample)' }),
  sd: flag.columns({ summary: 'the same as --std' }),
  count: flag.switch({ summary: 'of a group: how many rows it has' }),
}
type TableOptions = FlagOptions<typeof flags>

export const table = command({
  name: 'table',
  summary: 'show results as a table, a row for every variant',
  positionals: {
    result: positional.one({ completes: 'results' }),
    more: positional.any({ completes: 'results' }),
  },
  flags,
  examples: [
    ['chef table z', 'parameters and values beside each other'],
    ['chef table error seconds --csv', 'two results, joined on what they share'],
    ['chef table z --group size --mean z', 'one row for each size'],
    ['chef table z --json', 'one variant a line, for a program'],
  ],
  run(options, context) {
    const forms = (['json', 'csv', 'markdown'] as const).filter((form) => ({ ...options, json: context.json })[form])
    const [one, other] = forms
    if (other) throw new Refusal([failure('flags-apart', { one: `--${one}`, other: `--${other}` })])
    const names = [options.result, ...options.more]
    const arrangement = arrangementOf(options)
    return withKitchen(
      context,
      (configuration) => resultsNamed(configuration, names),
      (kitchen) => {
        const results = resultsNamed(kitchen.configuration, names)
        const [single] = results
        if (context.json && !options.parquet && single !== undefined && results.length === 1 && isPlain(arrangement))
          return writeVariants(context, kitchen, single, arrangement.sort)
        const whole = collectTable(kitchen, results)
        return writeTable(options, context, kitchen, whole, arrangeTable(whole, arrangement))
      },
    )
  },
})

function arrangementOf(options: TableOptions): Arrangement {
  const summaries = summaryKinds.flatMap((kind) => options[kind].map((column): Summary => ({ kind, column })))
  if (options.count) summaries.push({ kind: 'count' })
  for (const column of options.sd) summaries.push({ kind: 'std', column })
  const { sort, columns } = options
  const group = [...options.group, ...options.by]
  return { sort, summaries, columns, ...(group.length > 0 && { group }) }
}

/** Without columns to choose or group by, a single result is printed with its values whole, not split into fields. */
function isPlain({ group, summaries, columns }: Arrangement): boolean {
  return !group && summaries.length + columns.length === 0
}

/** Rows that are written before waiting for their reader: a table may be larger than the memory. */
const rowsAhead = 4096

async function writeVariants(
  { out }: Context,
  kitchen: Session,
  result: string,
  sort: readonly string[],
): Promise<number> {
  const order = sort.length > 0 ? sortRows(collectTable(kitchen, [result]), sort) : undefined
  let rows = 0
  const verdicts: { [verdict in RowVerdict]?: number } = {}
  for (const row of tableRows(kitchen, result, order)) {
    if (row.verdict) verdicts[row.verdict] = (verdicts[row.verdict] ?? 0) + 1
    out.write(jsonLine(tableLine(row)))
    if (++rows % rowsAhead === 0) await out.drained()
  }
  out.write(jsonLine({ type: 'summary', rows, ...verdicts }))
  return 0
}

async function writeTable(
  { parquet, csv, markdown, columns }: TableOptions,
  context: Context,
  kitchen: Session,
  whole: Table,
  found: Table,
): Promise<number> {
  const verdicts = verdictCounts(whole)
  // A table for people says so in a column and in its last line; a summary, a file or a program's table cannot.
  const isMarked = found.columns.some(({ kind }) => kind === 'verdict') && !parquet && !csv && !markdown
  if (Object.keys(verdicts).length > 0 && !isMarked && !context.json)
    warn(context, [failure('table-not-current', verdicts)])
  const { json, out, outStyle: style, environment } = context
  if (parquet) {
    writeWhole(parquet, await (await import('../../../report/tables/table-parquet.ts')).parquetBytes(found))
    if (!json && !csv && !markdown) return 0
  }
  if (json) {
    for (let row = 0; row < found.rows; row++) {
      out.write(jsonLine(rowObject(found, row)))
      if (row % rowsAhead === 0) await out.drained()
    }
    out.write(jsonLine({ type: 'summary', rows: found.rows, ...verdicts }))
  } else if (csv || markdown) {
    const lines = csv ? csvLines(found) : markdownLines(found)
    // Programs get the exact text. On a terminal no name may move the cursor.
    let rows = 0
    for (const line of lines) {
      out.write(out.isTerminal ? `${printable(line.slice(0, -1))}\n` : line)
      if (++rows % rowsAhead === 0) await out.drained()
    }
  } else {
    const varies = varyingNames(kitchen.configuration)
    const chosen = columns.length > 0
    out.write(tableText(found, { style, columns: out.columns, varies, folder: environment.folder, chosen, verdicts }))
  }
  return 0
}
