// Cooks known results again for a command, prints how each came out, and gives the tally.
import type { JobId } from '../../plan/job-id.ts'
import type { Session } from '../../session/session.ts'
import { jsonLine, recookedLine } from '../../report/json-lines.ts'
import type { RecookTally } from '../../report/commands/recook-report.ts'
import { varyingNames } from '../../report/text/variant-text.ts'
import { type Context, warn } from '../context.ts'

export async function recookJobs(context: Context, kitchen: Session, jobs: Iterable<JobId>): Promise<RecookTally> {
  const { json, verbose, out, outStyle: style, signal, environment } = context
  const [{ recook }, { openExecutor }, report] = await Promise.all([
    import('../../inspection/reproducibility.ts'),
    import('../../executors/open-executor.ts'),
    import('../../report/commands/recook-report.ts'),
  ])
  const varies = varyingNames(kitchen.configuration)
  const tally = new report.RecookTally()
  const executor = await openExecutor(kitchen.configuration, {
    variables: environment.variables,
    warn: (warning) => warn(context, [warning]),
  })
  try {
    await recook(kitchen, {
      jobs,
      executor,
      signal,
      tell(recooked) {
        tally.add(recooked)
        if (json) out.write(jsonLine(recookedLine(recooked)))
        else out.write(report.recookedText(recooked, { style, varies, verbose }))
      },
    })
  } finally {
    await executor.close()
  }
  return tally
}
