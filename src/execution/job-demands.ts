// Derives the demand of a job while it cooks, and estimates its duration.
import { amountAt } from '../config/sections/amounts.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import type { Capacity, Demand } from './scheduler.ts'
import type { Executor } from '../tickets/ticket.ts'
import type { StepTable } from '../plan/step-table.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

/** Names of burners that no user can give. */
const memory = ' mem'
const accelerators = ' gpu'

/** Resources that an executor manages itself are not counted here: it may have more than this machine. */
export function takesOf(step: Step, { kitchen }: Configuration, { measures }: Pick<Executor, 'measures'>): Demand {
  const { burners } = step.needs
  const { cpu, mem, gpu } = measures ? ({} as Step['needs']) : step.needs
  const named = { ...burners }
  if (mem !== undefined && kitchen.mem !== undefined) named[memory] = amountAt(mem, 1)
  if (gpu !== undefined) named[accelerators] = amountAt(gpu, 1)
  const takes: Demand = {
    burners: Math.max(1, Math.min(cpu === undefined ? 1 : amountAt(cpu, 1), kitchen.burners)),
    named,
  }
  // Variants that write into the project under the same name must not meet there.
  const pool = step.pool ?? (step.place === 'project' && !writesIntoPan(step) ? `project:${step.name}` : undefined)
  return pool === undefined ? takes : { ...takes, pool }
}

export function capacityOf({ kitchen }: Configuration, { burners }: Pick<Executor, 'burners'>): Capacity {
  const named = { ...kitchen.named }
  if (kitchen.mem !== undefined) named[memory] = kitchen.mem
  if (kitchen.gpu !== undefined) named[accelerators] = kitchen.gpu
  return { burners, pools: kitchen.pools, named }
}

/** A depfile that the command names (`-MF unit.d`) lies in the project; one that follows an output lies beside that. */
function writesIntoPan({ command, outputs, depfile }: Step): boolean {
  const text = JSON.stringify(command ?? '')
  if (depfile && text.includes(depfile.file)) return false
  return outputs.every(({ inner }) => text.includes(`{${inner}}`))
}

/** By the variant's own last time, else by the mean of its step. */
export function estimates(verdicts: Verdicts): (job: JobId) => number | undefined {
  const means = new Map<StepTable, number | undefined>()
  return (job) => {
    const own = verdicts.priorMs(job)
    if (own !== undefined) return own
    const table = verdicts.plan.tableOf(job)
    if (!means.has(table)) means.set(table, meanOf(table, verdicts))
    return means.get(table)
  }
}

function meanOf(table: StepTable, verdicts: Verdicts): number | undefined {
  let sum = 0
  let count = 0
  for (const { job } of table) {
    const ms = verdicts.priorMs(job)
    if (ms === undefined) continue
    sum += ms
    count++
  }
  return count === 0 ? undefined : sum / count
}
