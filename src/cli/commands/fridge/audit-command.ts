// chef audit: cooks a few fresh jobs again, chosen at random, compares the bytes, and remembers what came of it.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { seeded, shuffled } from '../../../base/seeded.ts'
import type { JobId } from '../../../plan/job-id.ts'
import type { Session } from '../../../session/session.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { tallyText } from '../../../report/commands/recook-report.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { flag, wholeFrom } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { burnersFlag, waitFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'
import { recookJobs } from '../../kitchen/recooking.ts'

const usualJobs = 10
const wanted = 'a whole number from 1 on'

export const audit = command({
  name: 'audit',
  summary: 'cook a few fresh jobs again and compare the bytes',
  positionals: { jobs: positional.optional({ label: 'N' }) },
  flags: {
    seed: flag.number({
      value: 'N',
      wanted: 'a whole number from 0 on',
      fits: wholeFrom(0),
      summary: 'chooses the same jobs again',
    }),
    burners: burnersFlag,
    wait: waitFlag,
  },
  examples: [
    ['chef audit', `${usualJobs} jobs, chosen at random`],
    ['chef audit 200 --seed 7', 'more, and the same ones again'],
  ],
  interrupted: cookedIsKept,
  run({ jobs: text = String(usualJobs), seed, wait }, context) {
    const most = Number(text)
    if (!wholeFrom(1)(most)) throw new Refusal([failure('flag-value-wrong', { flag: 'N', value: text, wanted })])
    const use = (kitchen: Session): Promise<number> => auditJobs(context, kitchen, { most, seed })
    return withKitchen(context, everyStep, use, { wait, write: true, lenient: true })
  },
})

async function auditJobs(
  context: Context,
  kitchen: Session,
  { most, seed = Date.now() % 1_000_000 }: { most: number; seed: number | undefined },
): Promise<number> {
  const { json, quiet, out, outStyle: style, signal } = context
  const { fridge } = kitchen
  const tally = await recookJobs(context, kitchen, chosenJobs(kitchen, most, seed))
  if (!signal.aborted) {
    fridge.begin()
    fridge.noteAudit({ ...tally.counts, at: Date.now(), fresh: kitchen.verdicts.count('fresh'), steps: tally.names })
    fridge.commit()
  }
  if (json) out.write(jsonLine({ ...tally.line(), seed }))
  else if (!quiet || tally.isBad) out.write(`${tallyText(tally, style)}${style.dim(`seed ${seed}`)}\n`)
  return tally.isBad ? 1 : 0
}

/** Steps that run in the project are left out: their results lie where the project's own files lie. */
function chosenJobs({ plan, verdicts }: Session, most: number, seed: number): JobId[] {
  const jobs = [...verdicts.jobs('fresh')].filter((job) => plan.tableOf(job).step.place !== 'project')
  const order = shuffled(jobs.length, seeded(seed)).subarray(0, most)
  return Array.from(order).flatMap((at) => jobs[at] ?? [])
}
