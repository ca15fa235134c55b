// chef config: shows the configuration that came out of all layers, value by value, and where each comes from.
import { relative } from 'node:path'
import { type Value } from '../../../base/value.ts'
import type { Origin } from '../../../config/origin.ts'
import { explainConfiguration } from '../../../config/setting-origins.ts'
import { whyNotObservedHere } from '../../../processes/machine-observation.ts'
import { observerText } from '../../../report/commands/status-report.ts'
import { columnsText } from '../../../report/text/columns.ts'
import { placeText } from '../../../report/text/failure-text.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { printable } from '../../../report/text/width.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { burnersFlag, logsFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { configure } from '../../kitchen/open-from-arguments.ts'

export const config = command({
  name: 'config',
  summary: 'show the configuration and where each value comes from',
  positionals: {},
  flags: {
    burners: burnersFlag,
    logs: logsFlag,
    schema: flag.switch({ summary: 'print the JSON Schema of a cheffile, for editors' }),
  },
  examples: [
    ['chef config --json -o kitchen.burners=8', 'with an option laid over it'],
    ['chef config --schema > schema.json', 'what may stand in a cheffile'],
  ],
  run: ({ schema }, context) => (schema ? printSchema(context) : printConfiguration(context)),
})

async function printSchema({ out }: Context): Promise<number> {
  const { cheffileSchema } = await import('../../../config/schema/cheffile-json-schema.ts')
  out.write(`${JSON.stringify(cheffileSchema(), null, 2)}\n`)
  return 0
}

async function printConfiguration(context: Context): Promise<number> {
  const { json, verbose, out, outStyle: style, environment } = context
  const configuration = await configure(context)
  const values = explainConfiguration(configuration)
  const whyNot = await whyNotObservedHere()
  if (json) {
    for (const { path, value, origin } of values) {
      out.write(jsonLine({ type: 'value', path, value, origin: originLine(origin, configuration.root) }))
    }
    out.write(
      jsonLine({
        type: 'summary',
        values: values.length,
        cheffile: configuration.cheffile,
        files: configuration.files,
        observes: whyNot === undefined,
        ...(whyNot !== undefined && { whyNot }),
      }),
    )
    return 0
  }
  const rows = values.map(({ path, value, origin }) => [
    { text: path, paint: style.cyan },
    { text: shortened(value, verbose) },
    { text: originText(origin, environment.folder), paint: style.dim },
  ])
  for (const line of columnsText(rows, out.columns)) out.write(`${line}\n`)
  out.write(`steps are ${observerText(whyNot)}\n`)
  return 0
}

/** The file is relative to the kitchen, so that the output is the same wherever that lies. */
function originLine(origin: Origin, root: string): Value {
  if (origin.from === 'default') return { from: 'default' }
  if (origin.from === 'argument') return { from: 'argument', argument: origin.argument }
  const { file, line, column } = origin.at
  return { from: 'file', file: relative(root, file), line, column }
}

function originText(origin: Origin, folder: string): string {
  if (origin.from === 'file') return placeText(origin.at, folder)
  return origin.from === 'default' ? 'default' : origin.argument
}

const longest = 60

function shortened(value: Value, whole: boolean): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value))
  return whole || text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
