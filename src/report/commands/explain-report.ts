// `chef explain`: shows each variant's verdict with its reason, and the chain of jobs behind a verdict that is not
// fresh.
import type { JobView, TraceView } from '../../inspection/views.ts'
import { many } from '../text/amounts-text.ts'
import { countsText, verdictPaint } from './plan-report.ts'
import { reasonText } from '../text/reason-text.ts'
import type { Style } from '../text/style.ts'
import { traceLines } from '../text/trace-text.ts'
import { type NameFilter, variantText } from '../text/variant-text.ts'
import { printable } from '../text/width.ts'

export interface ExplainOptions {
  style: Style
  varies: NameFilter
  verbose: boolean
  traceOf?: (job: JobView) => TraceView | undefined
}

const listed = 20
/** Looks of one variant among several. */
const listedLooks = 3

/** Finds the job that makes an entry of a record: `z/<hash>`. */
export type Maker = (reference: string) => JobView | undefined

export function makerOf(jobs: Iterable<JobView>): Maker {
  const makers = new Map<string, JobView>()
  for (const job of jobs) {
    const hash = job.id.slice(job.id.lastIndexOf('/') + 1)
    for (const output of job.outputs) makers.set(`${output}/${hash}`, job)
  }
  return (reference) => makers.get(reference)
}

/** Returns the jobs that a job waits for or that made it stale, nearest first, each once. */
function behind(job: JobView, maker: Maker): JobView[] {
  const found = new Set<JobView>()
  let front = [job]
  while (front.length > 0) {
    const next: JobView[] = []
    for (const one of front) {
      for (const reference of Object.values(one.inputs).flat()) {
        const made = maker(reference)
        if (!made || made.verdict === 'fresh' || found.has(made)) continue
        found.add(made)
        next.push(made)
      }
    }
    front = next
  }
  return [...found]
}

export function explainText(jobs: JobView[], maker: Maker, options: ExplainOptions): string {
  const { style, verbose } = options
  const counts = { fresh: 0, stale: 0, maybe: 0 }
  for (const job of jobs) counts[job.verdict]++
  const shown = verbose ? jobs : jobs.slice(0, listed)
  const looks = verbose ? Number.POSITIVE_INFINITY : jobs.length === 1 ? listed : listedLooks
  const lines = shown.flatMap((job) => [
    ...explanationLines(job, maker, options),
    ...lookLines(options.traceOf?.(job), looks, style),
  ])
  if (shown.length < jobs.length) {
    lines.push(style.dim(`… and ${many(jobs.length - shown.length, 'variant')} more (--verbose shows all)`))
  }
  lines.push('', `${style.bold(`${many(jobs.length, 'variant')}:`)} ${countsText(counts, style)}`)
  return `${lines.join('\n')}\n`
}

function explanationLines(job: JobView, maker: Maker, options: ExplainOptions): string[] {
  const line = verdictLine(job, options)
  if (job.verdict === 'fresh') return [line]
  const chain = behind(job, maker)
  const shown = options.verbose ? chain : chain.slice(0, listed)
  const lines = shown.map((one) => `    ${options.style.dim('because')} ${verdictLine(one, options)}`)
  if (shown.length < chain.length)
    lines.push(options.style.dim(`    … and ${many(chain.length - shown.length, 'job')} more`))
  return [line, ...lines]
}

function lookLines(trace: TraceView | undefined, most: number, style: Style): string[] {
  return trace ? traceLines(trace, most, style).map((line) => `    ${line}`) : []
}

function verdictLine(job: JobView, { style, varies }: ExplainOptions): string {
  const variant = variantText(job.depends, varies)
  const named = variant === '' ? style.bold(job.step) : `${style.bold(job.step)} ${variant}`
  const word = verdictPaint(job.verdict, style)(job.verdict)
  return job.verdict === 'fresh' && job.reason.kind === 'fresh'
    ? `${word} ${named}`
    : `${word} ${named}: ${printable(reasonText(job.reason))}`
}
