// Tells the build machine what it needs to know of a plan and of the executor that is going to cook it.
import type { Configuration, Step } from '../config/configuration.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import { intermediateShelves } from '../plan/intermediate-outputs.ts'
import { graphOf, remainingPaths } from '../plan/job-graph.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Executor } from '../tickets/ticket.ts'
import type { BuildPlan } from './build-state.ts'
import { estimates, takesOf } from './job-demands.ts'
import type { Demand } from './scheduler.ts'

export function buildPlanOf(verdicts: Verdicts, configuration: Configuration, executor: Executor): BuildPlan {
  const { plan } = verdicts
  const estimate = estimates(verdicts)
  const intermediate = new Set([...intermediateShelves(plan)].map(({ table }) => table))
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
