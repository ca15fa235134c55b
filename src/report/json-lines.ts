// The lines of --json: one object a line, whose keys are a contract with scripts.
import type { Depends, KitchenEvent, Summary } from '../base/event.ts'
import type { Failure, FailureCode } from '../base/failures/failure.ts'
import type { Reason } from '../base/reason.ts'
import type { Look } from '../base/trace.ts'
import { withNumberTexts } from '../base/content-value.ts'
import type { Value } from '../base/value.ts'
import type { Recooked } from '../inspection/reproducibility.ts'
import type { CookView, ItemView, JobView, ShelfView, TraceView } from '../inspection/views.ts'
import { reasonText } from './text/reason-text.ts'
import { messageText, type Reporter, type View } from './reporter.ts'

export function jsonLine(object: object): string {
  return `${JSON.stringify(object)}\n`
}

export function buildLine(event: KitchenEvent): object | undefined {
  if (event.type === 'job') {
    const { type, id, step, depends, status, reason, ms, exit, from } = event
    const more = { ...(from && { from }), ...failureFields(event.failure) }
    return { type, id, step, depends, status, reason: reasonText(reason), ms: Math.round(ms), exit, ...more }
  }
  return event.type === 'summary' ? summaryLine(event) : undefined
}

export function summaryLine({ type, jobs, fresh, cooked, reused, failed, blocked, ms, ...more }: Summary): object {
  const { later, waiting, fromCache } = more
  const elsewhere = { ...(fromCache && { fromCache }), ...(later !== undefined && { later, waiting }) }
  return { type, jobs, fresh, cooked, reused, failed, blocked, ms: Math.round(ms), ...elsewhere }
}

/** The text as it always was, and the code of a failure behind it. */
function reasonFields(reason: Reason): { reason: string; code?: FailureCode } {
  return { reason: reasonText(reason), ...(reason.kind === 'last-cook-failed' && { code: reason.failure.code }) }
}

function failureFields(failure: Failure | undefined): { failure?: string; code?: FailureCode } {
  return failure ? { failure: failure.message, code: failure.code } : {}
}

export function planLine({ id, step, depends, inputs, outputs, verdict, reason }: JobView): object {
  return { type: 'job', id, step, depends, inputs, outputs, verdict, ...reasonFields(reason) }
}

/** `pours`: names of which a build has yet to find the variants, with how many there were last time. */
export function planSummary(
  counts: { jobs: number; fresh: number; stale: number; maybe: number },
  pours: readonly { name: string; last: number }[] = [],
): object {
  const { jobs, fresh, stale, maybe } = counts
  return { type: 'summary', jobs, fresh, stale, maybe, ...(pours.length > 0 && { pours }) }
}

export function shelfLine({ name, kind, items, fresh, stale, failed, bytes }: ShelfView): object {
  return { type: 'shelf', name, kind, items, fresh, stale, failed, bytes }
}

export function cookFields({ failure, ...cook }: CookView): object {
  const { key, ok, exit, startedAt, ms, host, ...more } = cook
  return { key, ok, exit, startedAt, ms, host, ...failureFields(failure), ...more }
}

/** Prints the looks at the system once for all jobs that share them, as a line that comes before the first of these. */
export class LookSets {
  readonly #numbers = new Map<readonly Look[], number>()

  add(trace: TraceView | undefined): { line?: object; set?: object } {
    if (!trace) return {}
    const { own, system, unobserved } = trace
    if (system.length === 0) return { line: { own, unobserved } }
    const known = this.#numbers.get(system)
    const number = known ?? this.#numbers.size + 1
    this.#numbers.set(system, number)
    const line = { own, system: number, unobserved }
    return known === undefined ? { line, set: { type: 'system', number, looks: system } } : { line }
  }
}

export function itemLine({ id, shelf, kind, label, depends, job, content }: ItemView): object {
  return {
    type: 'item',
    id,
    shelf,
    kind,
    label,
    depends,
    ...(job && { verdict: job.verdict, ...reasonFields(job.reason) }),
    ...(content && { bytes: content.size, hash: content.hash }),
  }
}

export function recookedLine({ failure, why = failure?.message, ...recooked }: Recooked): object {
  return { type: 'job', ...recooked, ...(why !== undefined && { why }), ...(failure && { code: failure.code }) }
}

/** The keys of the result override a parameter of the same name. */
/** Where there is no value at all, null says so. */
export function tableLine(row: { parameters: Depends; value?: Value; path?: string; verdict?: string }): object {
  const result = row.path === undefined ? { value: withNumberTexts(row.value ?? null) } : { path: row.path }
  return { ...row.parameters, ...result, ...(row.verdict === 'stale' && { verdict: row.verdict }) }
}

/** Writes data to one stream, and warnings and failed jobs as text to the other, where people look for them. */
export function jsonReporter(view: View, out: (text: string) => void): Reporter {
  return {
    event(event) {
      const line = buildLine(event)
      if (line !== undefined) out(jsonLine(line))
      const message = event.type === 'summary' || event.type === 'link' ? undefined : messageText(event, view)
      if (message !== undefined) view.write(message)
    },
    close() {},
  }
}
