// Words the last line of a build, and the paragraph on a failed job.
import type { KitchenEvent, Summary } from '../base/event.ts'
import type { FailureCode } from '../base/failures/failure.ts'
import { count, duration, many } from './text/amounts-text.ts'
import type { Style } from './text/style.ts'
import { jobText, type NameFilter } from './text/variant-text.ts'
import { printable, quietLog } from './text/width.ts'

export type JobEvent = Extract<KitchenEvent, { type: 'job' }>

const logLines = 20

/** `40 jobs: 3 cooked, 1 reused, 36 fresh in 0.4 s` */
export function summaryText(summary: Summary, style: Style): string {
  const { later = 0, waiting = 0 } = summary
  const parts = [
    summary.cooked > 0 && style.green(`${count(summary.cooked)} cooked`),
    summary.reused > 0 && style.cyan(`${count(summary.reused)} reused${fromCache(summary)}`),
    summary.fresh > 0 && `${count(summary.fresh)} fresh`,
    summary.failed > 0 && style.red(`${count(summary.failed)} failed`),
    summary.blocked > 0 && style.yellow(`${count(summary.blocked)} blocked`),
    later > 0 && style.yellow(`${count(later)} not cooked yet`),
    waiting > 0 && style.yellow(`${count(waiting)} waiting for them`),
  ].filter((part) => part !== false)
  const known = summary.fresh + summary.cooked + summary.reused + summary.failed + summary.blocked + later + waiting
  if (known < summary.jobs) parts.push(style.yellow(`${count(summary.jobs - known)} not cooked`))
  const listed = parts.length === 0 ? 'nothing to do' : parts.join(', ')
  const saved = summary.savedMs !== undefined && summary.savedMs >= 1000 ? `, ${duration(summary.savedMs)} saved` : ''
  const { criticalMs = 0, cooked } = summary
  // The critical path is the time that more burners could not shorten.
  const critical = cooked > 1 && criticalMs >= 1000 ? `, critical path ${duration(criticalMs)}` : ''
  return `${style.bold(`${many(summary.jobs, 'job')}:`)} ${listed} in ${duration(summary.ms)}${critical}${saved}\n`
}

function fromCache({ fromCache: shared = 0, reused }: Summary): string {
  if (shared === 0) return ''
  return shared === reused ? ' from the cache' : ` (${count(shared)} from the cache)`
}

/** The texts of these failures contain the exit code already. */
const namesExit = new Set<FailureCode | undefined>(['cook-exit', 'cook-failed', 'isolate-tried', 'step-exit'])

function endText({ failure, exit }: JobEvent): string {
  const text = printable(failure?.message ?? '')
  return exit === null || exit === 0 || namesExit.has(failure?.code) ? text : `${text} (exit ${exit})`
}

/** Prints a failed job with its command and the end of its log as soon as it fails. */
export function failedJobText(job: JobEvent, style: Style, varies: NameFilter): string {
  const lines = [`${style.bold(style.red('failed:'))} ${style.bold(jobText(job, varies))}: ${endText(job)}`]
  if (job.command) {
    for (const [index, line] of quietLog(job.command).trimEnd().split('\n').entries()) {
      lines.push(`  ${style.dim(index === 0 ? '$' : ' ')} ${line}`)
    }
  }
  lines.push(...logTailLines(job.logTail, style))
  if (job.failure?.hint) lines.push(`${style.cyan('hint:')} ${printable(job.failure.hint)}`)
  return `${lines.join('\n')}\n`
}

/** Prints a successful job with its whole log, for runs that print every log. */
export function loggedJobText(
  job: JobEvent,
  { style, varies, groups }: { style: Style; varies: NameFilter; groups?: boolean },
): string {
  const time = job.status === 'cooked' ? ` (${duration(job.ms)})` : ''
  const title = `${job.status} ${jobText(job, varies)}${time}`
  const output = style.log(job.log ?? '').trimEnd()
  if (groups) return `::group::${title}\n${output.replaceAll(/^::/gm, ' ::')}\n::endgroup::\n`
  return `${style.bold(title)}\n${logTailLines(job.log, style, Number.POSITIVE_INFINITY).join('\n')}\n`
}

export function logTailLines(log: string | undefined, style: Style, most = logLines): string[] {
  const output = style.log(log ?? '').trimEnd()
  if (output === '') return []
  const all = output.split('\n')
  const shown = all.slice(-most).map((line) => `  ${style.dim('|')} ${line}`)
  const left = all.length - shown.length
  return left > 0 ? [`  ${style.dim(`| … ${many(left, 'line')} before`)}`, ...shown] : shown
}
