// `chef explain --against`: shows each variant, and how its job differs on the other machine.
import type { Against, Apart } from '../../inspection/machine-comparison.ts'
import { many } from '../text/amounts-text.ts'
import type { ExplainOptions } from './explain-report.ts'
import { variantText } from '../text/variant-text.ts'
import { cut, printable } from '../text/width.ts'

const listed = 20
const shownDigits = 12
const longest = 60

export function againstText(compared: readonly Against[], options: ExplainOptions): string {
  const { style, verbose } = options
  const shown = verbose ? compared : compared.slice(0, listed)
  const lines = shown.flatMap((one) => variantLines(one, options))
  if (shown.length < compared.length)
    lines.push(style.dim(`… and ${many(compared.length - shown.length, 'variant')} more (--verbose shows all)`))
  const counts = countsOf(compared)
  const parts = Object.entries(counts).flatMap(([verdict, count]) =>
    count > 0 ? [`${count} ${words[verdict as Against['verdict']]}`] : [],
  )
  lines.push('', `${style.bold(`${many(compared.length, 'variant')}:`)} ${parts.join(', ') || 'nothing'}`)
  return `${lines.join('\n')}\n`
}

const words: { [verdict in Against['verdict']]: string } = {
  same: 'the same on both',
  differs: 'not the same',
  missing: 'not on the other machine',
  unknown: 'not known: its inputs are not cooked yet, or it counts the environment and CHEF_CACHE_KEY is not set',
}

function variantLines({ job, verdict, apart }: Against, { style, varies }: ExplainOptions): string[] {
  const variant = variantText(job.depends, varies)
  const named = variant === '' ? style.bold(job.step) : `${style.bold(job.step)} ${variant}`
  const paint = verdict === 'same' ? style.green : verdict === 'differs' ? style.yellow : style.magenta
  return [
    `${paint(verdict)} ${named}`,
    ...apart.map(
      (one) =>
        `    ${style.dim('because')} ${one.step === job.step ? '' : `${style.bold(one.step)}: `}${apartText(one)}`,
    ),
  ]
}

/** `file words/a.txt: 5f70bf18a086 here, 2c26b46b68ff there` */
function apartText({ kind, name, here, there }: Apart): string {
  const named = name === '' ? kind : `${kind} ${printable(name)}`
  if (kind === 'result') return `${named} came out different of the same action: its step does not always make the same`
  return `${named}: ${side(here)} here, ${side(there)} there`
}

function side(text: string | undefined): string {
  if (text === undefined || text === 'null') return 'nothing'
  return printable(
    cut(
      text.replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => hash.slice(0, shownDigits)),
      longest,
    ),
  )
}

function countsOf(compared: readonly Against[]): { [verdict in Against['verdict']]: number } {
  const counts = { same: 0, differs: 0, missing: 0, unknown: 0 }
  for (const { verdict } of compared) counts[verdict]++
  return counts
}

export function* againstLines(compared: readonly Against[]): Iterable<object> {
  for (const { job, verdict, apart } of compared) {
    const { id, step, depends } = job
    yield { type: 'job', id, step, depends, verdict, apart }
  }
  yield { type: 'summary', jobs: compared.length, ...countsOf(compared) }
}
