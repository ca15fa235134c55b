// Tells the build machine what it needs to know of a plan and of the executor that is going to cook it.
import type { Configuration, Step } from '../config/configuration.ts'
import type { Verdict } from '../freshness/job-verdicts.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import { graphOf, remainingPaths } from '../plan/job-graph.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Executor } from '../tickets/ticket.ts'
import { estimates, takesOf } from './job-demands.ts'
import type { Demand } from './scheduler.ts'

/** The machine's view of a plan. Jobs are numbered so that every job comes after those that it reads. */
export interface BuildPlan {
  jobs: number
  /** The verdict on each job before the build. */
  verdictOf(job: JobId): Verdict
  /** Calls back with every job that this one reads; the same job may come more than once. */
  eachInput(job: JobId, visit: (maker: JobId) => void): void
  /** Calls back with every job that reads this one, as often as it reads it. */
  eachReader(job: JobId, visit: (reader: JobId) => void): void
  /** The remaining path behind each job. */
  priority: Float64Array
  takes(job: JobId): Demand
  /** The number of retries after a failed cook. */
  retries(job: JobId): number
  /** The executor may hold a job while another of the same kind is cooked; undefined: never. */
  holdingKind(job: JobId): number | undefined
  /** True where the job has outputs that are dropped when all their readers are done. */
  isIntermediate(job: JobId): boolean
  hasIntermediates: boolean
}

/** `waiting`: steps that are not planned yet. Nothing that they read is dropped before they are. */
export function buildPlanOf(
  verdicts: Verdicts,
  waiting: readonly Step[],
  configuration: Configuration,
  executor: Executor,
): BuildPlan {
  const { plan } = verdicts
  const estimate = estimates(verdicts)
  const awaited = new Set(waiting.flatMap(({ inputs }) => inputs.map(({ from }) => from)))
  const intermediate = new Set(
    [...plan.results.values()]
      .filter((shelf) => plan.isIntermediate(shelf) && !awaited.has(shelf.name))
      .map(({ table }) => table),
  )
  const demands = new Map<Step, Demand>(plan.tables.map(({ step }) => [step, takesOf(step, configuration, executor)]))
  const graph = graphOf(plan)
  const stepOf = (job: JobId): Step => plan.tableOf(job).step
  return {
    jobs: plan.jobs,
    verdictOf: (job) => verdicts.verdict(job),
    eachInput(job, visit) {
      const table = plan.tableOf(job)
      table.eachProducer(table.rowOf(job), visit)
    },
    eachReader: (job, visit) => graph.eachReader(job, visit),
    priority: remainingPaths(plan, (job) => (verdicts.verdict(job) === 'fresh' ? 0 : (estimate(job) ?? 1))),
    takes: (job) => demands.get(stepOf(job)) ?? { burners: 1, named: {} },
    retries: (job) => stepOf(job).retries,
    holdingKind: (job) => {
      const { step, index } = plan.tableOf(job)
      // Nothing of a held job may lie outside of its pan.
      return step.type === 'shell' && step.place !== 'project' ? index : undefined
    },
    isIntermediate: (job) => intermediate.size > 0 && intermediate.has(plan.tableOf(job)),
    hasIntermediates: intermediate.size > 0,
  }
}
