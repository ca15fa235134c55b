// chef plan: shows what a build would do, and why.
import { Refusal } from '../../../base/failures/failure.ts'
import { countVerdicts, type Session } from '../../../session/session.ts'
import { jobLines, jobViews, stepGraph } from '../../../inspection/queries.ts'
import { jsonLine, planLine, planSummary } from '../../../report/json-lines.ts'
import { planText } from '../../../report/commands/plan-report.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { command } from '../../arguments/command.ts'
import { type Flag, flag, valueWrong } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { forceFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { withKitchen } from '../../kitchen/open-from-arguments.ts'
import { unknownPours } from '../../kitchen/unknown-pours.ts'

/** One number of burners or several to be compared, in ascending order. */
const burnersFlag: Flag<number[]> = {
  alias: 'j',
  value: 'N',
  summary: 'cook so many jobs at once',
  read: ({ name, texts }) => {
    const text = texts.at(-1)
    if (text === undefined) return { value: [] }
    if (!/^[1-9]\d{0,5}(,[1-9]\d{0,5})*$/.test(text))
      return { unfit: valueWrong(name, text, 'a number from 1 on, or with --simulate several as in 1,2,4') }
    const numbers = text.split(',').map(Number)
    return { value: [...new Set(numbers)].sort((one, other) => one - other) }
  },
}

const usualBurners = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

const flags = {
  burners: burnersFlag,
  force: forceFlag,
  graph: flag.choice({
    value: 'FORM',
    choices: ['dot', 'mermaid', 'svg'],
    summary: 'print how the steps hang together, as dot, mermaid or svg',
  }),
  simulate: flag.switch({
    summary: 'forecast how long a build takes, by recorded times; -j 1,2,4 compares burners',
  }),
  stove: flag.choice({ value: 'NAME', choices: ['local', 'slurm'], summary: 'with --simulate: on this stove' }),
  'assume-last': flag.switch({
    summary: 'take what steps are going to pour to be what they poured last',
  }),
  keys: flag.switch({
    summary: 'with --json: what each job means, for chef explain --against on another machine',
  }),
}

export const plan = command({
  name: 'plan',
  summary: 'show what a build would do, and why',
  positionals: { targets: positional.any({ completes: 'targets' }) },
  flags,
  examples: [
    ['chef plan', 'by step, what is stale and why'],
    ['chef plan z --json', 'every job as a line of JSON'],
    ['chef plan --simulate --burners 1,2,4,8', 'how long a build would take with so many at once'],
    ['chef plan --json --keys > here.json', 'what another machine can compare its jobs with'],
    ['chef plan --graph svg > plan.svg', 'a picture of the steps'],
  ],
  run({ targets, force, graph, simulate, keys, burners, stove, 'assume-last': assumeLast }, context) {
    if (burners.length > 1 && !simulate)
      throw new Refusal([valueWrong('burners', burners.join(','), 'a number from 1 on')])
    const show = (kitchen: Session): number | Promise<number> => {
      if (graph) return printGraph(kitchen, context, graph)
      const forecast = { burners: burners.length > 0 ? burners : usualBurners, ...(stove && { stove }) }
      if (simulate) return printForecast(kitchen, context, forecast)
      if (keys) return printKeys(kitchen, context)
      return printPlan(kitchen, context)
    }
    return withKitchen(context, () => targets, show, {
      force,
      assumeLast: assumeLast || simulate || graph !== undefined,
    })
  },
})

async function printPlan(kitchen: Session, { json, verbose, out, outStyle: style }: Context): Promise<number> {
  const pours = await unknownPours(kitchen)
  const counts = countVerdicts(kitchen)
  if (json) {
    for (const job of jobViews(kitchen)) out.write(jsonLine(planLine(job)))
    out.write(jsonLine(planSummary(counts, pours)))
    return 0
  }
  const varies = varyingNames(kitchen.configuration)
  out.write(planText(jobLines(kitchen), counts, { style, varies, columns: out.columns, verbose }, pours))
  return 0
}

async function printForecast(
  kitchen: Session,
  { json, out, outStyle: style }: Context,
  asked: { burners: number[]; stove?: string },
): Promise<number> {
  const { forecastBuild } = await import('../../../inspection/build-forecast.ts')
  const { forecastLines, forecastText } = await import('../../../report/commands/forecast-report.ts')
  const told = forecastBuild(kitchen, asked)
  if (json) for (const line of forecastLines(told)) out.write(jsonLine(line))
  else out.write(forecastText(told, { style, columns: out.columns }))
  return 0
}

async function printKeys(kitchen: Session, { out }: Context): Promise<number> {
  const { keyLines } = await import('../../../inspection/portable-keys.ts')
  for (const line of keyLines(kitchen)) out.write(jsonLine(line))
  out.write(jsonLine(planSummary(countVerdicts(kitchen))))
  return 0
}

async function printGraph(kitchen: Session, { out }: Context, form: 'dot' | 'mermaid' | 'svg'): Promise<number> {
  const graph = stepGraph(kitchen)
  const { dotText, mermaidText } = await import('../../../report/charts/recipe-graph.ts')
  if (form === 'svg') out.write((await import('../../../report/charts/graph-picture.ts')).svgText(graph))
  else out.write(form === 'dot' ? dotText(graph) : mermaidText(graph))
  return 0
}
