// chef explain: why each variant of a target is fresh or not.
import { jobViews } from '../../inspection/queries.ts'
import type { JobView } from '../../inspection/views.ts'
import { explainText, makerOf } from '../../report/commands/explain-report.ts'
import { jsonLine, planLine, planSummary } from '../../report/json-lines.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import type { Context, Run } from '../context.ts'
import { knownItem } from '../item-argument.ts'
import { withKitchen } from '../open-from-arguments.ts'

export const explain: Run = (context) => {
  const { meant, out, outStyle: style } = context
  if (meant.against !== undefined) return explainAgainst(context, meant.against)
  const [target = ''] = meant.arguments
  const [name = ''] = target.split('/', 1)
  return withKitchen(
    context,
    () => [name],
    (kitchen) => {
      // Fresh jobs explain nothing: of a million only those that are asked for or not fresh are kept.
      const all = Array.from(relevant(jobViews(kitchen), name))
      const one = target === name ? undefined : knownItem(kitchen, target).job
      const jobs = one ? [one] : all.filter((job) => isOf(job, name))
      if (meant.json) {
        const counts = { jobs: jobs.length, fresh: 0, stale: 0, maybe: 0 }
        for (const job of jobs) {
          counts[job.verdict]++
          out.write(jsonLine(planLine(job)))
        }
        out.write(jsonLine(planSummary(counts)))
        return 0
      }
      out.write(
        explainText(jobs, makerOf(all), {
          style,
          telling: tellingNames(kitchen.configuration),
          verbose: meant.verbose,
        }),
      )
      return 0
    },
  )
}

async function explainAgainst(context: Context, file: string): Promise<number> {
  const { meant, out, outStyle: style } = context
  const { readPlanned } = await import('../../inspection/portable-keys.ts')
  const { compareActions } = await import('../../inspection/machine-comparison.ts')
  const there = readPlanned(file)
  const [target = ''] = meant.arguments
  const [name = ''] = target.split('/', 1)
  return withKitchen(
    context,
    () => [name],
    async (kitchen) => {
      const { keyLines, plannedIn } = await import('../../inspection/portable-keys.ts')
      const here = plannedIn(keyLines(kitchen))
      const one = target === name ? undefined : knownItem(kitchen, target).job?.id
      const wanted = [...here.jobs.values()].filter((job) => (one === undefined ? isOf(job, name) : job.id === one))
      const compared = wanted.map((job) => compareActions(job, here, there))
      const { againstLines, againstText } = await import('../../report/commands/against-report.ts')
      if (meant.json) for (const line of againstLines(compared)) out.write(jsonLine(line))
      else
        out.write(
          againstText(compared, { style, telling: tellingNames(kitchen.configuration), verbose: meant.verbose }),
        )
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
