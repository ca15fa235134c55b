// Groups failed jobs by their step and by what went wrong, so that one mistake is shown once however many jobs it hits.
import type { Depends } from '../../base/event.ts'
import type { Failure } from '../../base/failures/failure.ts'
import { plainText } from '../../base/value.ts'
import { quietLog } from '../../report/text/width.ts'

export interface FailedJob {
  id: string
  step: string
  depends: Depends
  failure?: Failure
  command?: string
  /** The end of what it said. */
  logTail?: string
}

export interface FailureGroup {
  key: string
  step: string
  total: number
  /** The first few. */
  jobs: FailedJob[]
}

/** Returns the groups, the largest first. */
export function groupFailures(jobs: Iterable<FailedJob>, mostJobs: number): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const job of jobs) {
    const key = failureKey(job)
    const group = groups.get(key) ?? { key, step: job.step, total: 0, jobs: [] }
    group.total++
    if (group.jobs.length < mostJobs) group.jobs.push(job)
    groups.set(key, group)
  }
  return largestFirst([...groups.values()])
}

/** Adds the groups of a running build to those that were there before. */
export function mergeGroups(before: readonly FailureGroup[], now: readonly FailureGroup[]): FailureGroup[] {
  const merged = new Map(now.map((group) => [group.key, group]))
  const failedNow = new Set(now.flatMap(({ jobs }) => jobs.map(({ id }) => id)))
  for (const group of before) {
    const jobs = group.jobs.filter(({ id }) => !failedNow.has(id))
    const other = merged.get(group.key)
    const total = Math.max(group.total - (group.jobs.length - jobs.length), jobs.length)
    if (other) {
      const shown = [...other.jobs, ...jobs]
      merged.set(group.key, { ...other, jobs: shown, total: Math.max(group.total, shown.length, other.total) })
    } else if (total > 0) merged.set(group.key, { ...group, jobs, total })
  }
  return largestFirst([...merged.values()])
}

const largestFirst = (groups: FailureGroup[]): FailureGroup[] => groups.sort((one, other) => other.total - one.total)

/** Equal for jobs of one step that failed alike: the last line of the log counts, its numbers and the job's own values do not. */
function failureKey({ step, failure, depends, logTail = '' }: FailedJob): string {
  const lines = quietLog(logTail).split('\n')
  let said = lines.findLast((line) => line.trim() !== '')?.trim() ?? ''
  for (const value of Object.values(depends)) {
    const text = plainText(value)
    if (text.length > 1) said = said.replaceAll(text, '#')
  }
  said = said.replaceAll(/\b[0-9a-f]{8,}\b/g, '#').replaceAll(/[\d.]+/g, '#')
  return [step, failure?.code ?? '', failure?.message ?? '', said].join('\n')
}
