// Finds the jobs that some jobs need: these themselves, and the makers of all that they read.
import type { JobId } from './job-id.ts'
import type { Plan } from './plan.ts'

export function neededJobs(plan: Plan, jobs: Iterable<JobId>): Set<JobId> {
  const needed = new Set(jobs)
  for (const job of needed) {
    const table = plan.tableOf(job)
    table.eachProducer(table.rowOf(job), (producer) => needed.add(producer))
  }
  return needed
}
