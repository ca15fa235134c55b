// `chef plan`: shows by step what a build will do and why.
import type { JobLine } from '../../inspection/queries.ts'
import type { VerdictKind } from '../../freshness/job-verdicts.ts'
import { count, many } from '../text/amounts-text.ts'
import { reasonText } from '../text/reason-text.ts'
import type { Style } from '../text/style.ts'
import { type NameFilter, variantText } from '../text/variant-text.ts'
import { cut, printable } from '../text/width.ts'

/** A name whose variants a build has to cook a step for. */
export interface UnknownPour {
  name: string
  /** How many there were last time; 0 where that is not known. */
  last: number
}

export interface PlanOptions {
  style: Style
  varies: NameFilter
  columns: number
  verbose: boolean
}

/** The number of jobs that are not fresh which a step lists without --verbose. */
const listed = 8

interface StepTally {
  step: string
  counts: { [verdict in VerdictKind]: number }
  shown: JobLine[]
  hidden: number
}

/** Keeps only the counts of every step and the few jobs it shows, because a plan may hold a million. */
function tallyPlan(jobs: Iterable<JobLine>, verbose: boolean): StepTally[] {
  const tallies = new Map<string, StepTally>()
  for (const job of jobs) {
    let tally = tallies.get(job.step)
    if (!tally)
      tallies.set(
        job.step,
        (tally = { step: job.step, counts: { fresh: 0, stale: 0, maybe: 0 }, shown: [], hidden: 0 }),
      )
    tally.counts[job.verdict]++
    if (verbose || (job.verdict !== 'fresh' && tally.shown.length < listed)) tally.shown.push(job)
    else if (job.verdict !== 'fresh') tally.hidden++
  }
  return [...tallies.values()]
}

export function planText(
  jobs: Iterable<JobLine>,
  counts: { jobs: number; fresh: number; stale: number; maybe: number },
  options: PlanOptions,
  pours: readonly UnknownPour[] = [],
): string {
  const { style } = options
  const lines: string[] = []
  for (const tally of tallyPlan(jobs, options.verbose)) {
    lines.push(`${style.bold(tally.step)}  ${countsText(tally.counts, style)}`)
    for (const job of tally.shown) lines.push(jobLine(job, options))
    if (tally.hidden > 0) lines.push(style.dim(`    … and ${count(tally.hidden)} more (--verbose shows all)`))
  }
  for (const { name, last } of pours)
    lines.push(`${style.bold(name)}: ?${last > 0 ? ` (${count(last)} last time)` : ''}`)
  if (lines.length > 0) lines.push('')
  lines.push(`${style.bold(`${many(counts.jobs, 'job')}:`)} ${countsText(counts, style)}`)
  return `${lines.join('\n')}\n`
}

export function countsText(counts: { fresh: number; stale: number; maybe: number }, style: Style): string {
  const parts = [
    counts.stale > 0 && style.yellow(`${count(counts.stale)} stale`),
    counts.maybe > 0 && style.magenta(`${count(counts.maybe)} maybe`),
    counts.fresh > 0 && style.green(`${count(counts.fresh)} fresh`),
  ].filter((part) => part !== false)
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

export function verdictPaint(verdict: VerdictKind, style: Style): (text: string) => string {
  return verdict === 'fresh' ? style.green : verdict === 'stale' ? style.yellow : style.magenta
}

function jobLine(job: JobLine, { style, varies, columns }: PlanOptions): string {
  const verdict = job.verdict.padEnd(5)
  const variant = variantText(job.depends, varies)
  const reason = job.verdict === 'fresh' ? '' : printable(reasonText(job.reason))
  const text = [variant, reason].filter((part) => part !== '').join(': ')
  const shown = cut(text, Math.max(10, columns - verdict.length - 5))
  return `    ${verdictPaint(job.verdict, style)(verdict)} ${shown}`.trimEnd()
}

/** `--explain`: prints every job that is not known to be fresh, with its reason, before anything is cooked. */
export function reasonLine(job: JobLine, style: Style, varies: NameFilter): string {
  const variant = variantText(job.depends, varies)
  const named = variant === '' ? style.bold(job.step) : `${style.bold(job.step)} ${variant}`
  return `${verdictPaint(job.verdict, style)(job.verdict)} ${named}: ${printable(reasonText(job.reason))}\n`
}
