// chef explain: says why each variant of a target is fresh or not.
import { jobViews } from '../../../inspection/queries.ts'
import { traceOfJob } from '../../../inspection/trace-views.ts'
import type { JobView } from '../../../inspection/views.ts'
import { explainText, makerOf } from '../../../report/commands/explain-report.ts'
import { jsonLine, LookSets, planLine, planSummary } from '../../../report/json-lines.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { Context } from '../../context.ts'
import { knownItem } from '../../kitchen/item-argument.ts'
import { withKitchen } from '../../kitchen/open-from-arguments.ts'

export const explain = command({
  name: 'explain',
  summary: 'say why a result or a step is fresh or not',
  positionals: { target: positional.one({ completes: 'targets' }) },
  flags: {
    against: flag.path({
      value: 'FILE',
      summary: 'say in what its jobs differ from those of another machine instead',
    }),
  },
  examples: [
    ['chef explain thumb', 'each variant, with the jobs it waits for'],
    ['chef explain thumb -f photos=cat.jpg', 'one variant'],
    ['chef explain thumb --against there.json', 'against what chef plan --json --keys said there'],
  ],
  run: ({ target, against }, context) =>
    against === undefined ? explainHere(target, context) : explainAgainst(target, context, against),
})

function explainHere(target: string, context: Context): Promise<number> {
  const { json, verbose, out, outStyle: style } = context
  const [name = ''] = target.split('/', 1)
  return withKitchen(
    context,
    () => [name],
    (kitchen) => {
      // Keeps the jobs that were asked for or are not fresh: fresh ones explain nothing, and there may be a million.
      const all = Array.from(relevant(jobViews(kitchen), name))
      const one = target === name ? undefined : knownItem(kitchen, target).job
      const jobs = one ? [one] : all.filter((job) => isOf(job, name))
      if (json) {
        const counts = { jobs: jobs.length, fresh: 0, stale: 0, maybe: 0 }
        const sets = new LookSets()
        for (const job of jobs) {
          counts[job.verdict]++
          const { line, set } = sets.add(traceOfJob(kitchen, job))
          if (set) out.write(jsonLine(set))
          out.write(jsonLine({ ...planLine(job), ...(line && { trace: line }) }))
        }
        out.write(jsonLine(planSummary(counts)))
        return 0
      }
      out.write(
        explainText(jobs, makerOf(all), {
          style,
          varies: varyingNames(kitchen.configuration),
          verbose,
          traceOf: (job) => traceOfJob(kitchen, job),
        }),
      )
      return 0
    },
  )
}

async function explainAgainst(target: string, context: Context, file: string): Promise<number> {
  const { json, verbose, out, outStyle: style } = context
  const { readPlanned } = await import('../../../inspection/portable-keys.ts')
  const { compareActions } = await import('../../../inspection/machine-comparison.ts')
  const there = readPlanned(file)
  const [name = ''] = target.split('/', 1)
  return withKitchen(
    context,
    () => [name],
    async (kitchen) => {
      const { keyLines, plannedIn } = await import('../../../inspection/portable-keys.ts')
      const here = plannedIn(keyLines(kitchen))
      const one = target === name ? undefined : knownItem(kitchen, target).job?.id
      const wanted = [...here.jobs.values()].filter((job) => (one === undefined ? isOf(job, name) : job.id === one))
      const compared = wanted.map((job) => compareActions(job, here, there))
      const { againstLines, againstText } = await import('../../../report/commands/against-report.ts')
      if (json) for (const line of againstLines(compared)) out.write(jsonLine(line))
      else out.write(againstText(compared, { style, varies: varyingNames(kitchen.configuration), verbose }))
      return 0
    },
  )
}

function* relevant(jobs: Iterable<JobView>, name: string): Iterable<JobView> {
  for (const job of jobs) if (job.verdict !== 'fresh' || isOf(job, name)) yield job
}

function isOf(job: Pick<JobView, 'step' | 'outputs'>, name: string): boolean {
  return job.step === name || job.outputs.includes(name)
}
