// Targets that name single variants, `z/9f86d081` beside `z`: what to plan for them, and which jobs they mean.
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Configuration } from '../../config/configuration.ts'
import { resultOf } from '../../inspection/queries.ts'
import type { JobId } from '../../plan/job-id.ts'
import { neededJobs } from '../../plan/needed-jobs.ts'
import type { JobRow } from '../../plan/step-table.ts'
import type { Session } from '../../session/session.ts'
import { knownItem } from './item-argument.ts'

export interface WantedTargets {
  /** Names of steps and results, which are planned whole. */
  targets: string[]
  /** Chooses the jobs of single variants, with those that they need; undefined where no item was named. */
  only: ((kitchen: Session) => ReadonlySet<JobId>) | undefined
}

/** Results of other tools' graphs may have a slash in their names. */
export function wantedTargets({ steps }: Configuration, words: readonly string[]): WantedTargets {
  const names = new Set([...steps.values()].flatMap((step) => [step.name, ...step.outputs.map(({ name }) => name)]))
  const items = words.filter((word) => names.has(word.split('/', 1)[0] ?? '') && word.includes('/') && !names.has(word))
  const whole = words.filter((word) => !items.includes(word))
  const targets = [...new Set([...whole, ...items.map((item) => item.slice(0, item.indexOf('/')))])]
  if (items.length === 0) return { targets, only: undefined }
  // A later round of a build names its records anew where a source changed meanwhile.
  let ids: Set<string> | undefined
  const only = (kitchen: Session): ReadonlySet<JobId> => {
    ids ??= new Set(items.map((item) => madeItem(kitchen, item).id))
    return neededJobs(kitchen.plan, chosenJobs(kitchen, new Set(whole), ids))
  }
  return { targets, only }
}

function* chosenJobs({ plan }: Session, whole: ReadonlySet<string>, ids: ReadonlySet<string>): Iterable<JobId> {
  for (const table of plan.tables) {
    const isWhole = [table.step.name, ...table.outputs.map(({ name }) => name)].some((name) => whole.has(name))
    for (const row of table) if (isWhole || ids.has(row.id)) yield row.job
  }
}

/** The job that makes an item; refuses what nothing cooks. */
export function madeItem(kitchen: Session, word: string): JobRow {
  const item = knownItem(kitchen, word)
  const result = resultOf(kitchen.plan, item)
  if (result === undefined) throw new Refusal([failure('item-not-made', { id: item.id, kind: item.kind })])
  return result.maker
}
