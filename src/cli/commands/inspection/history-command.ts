// chef history: lists the builds of this kitchen, or tells one of them.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import type { StoredBuild } from '../../../fridge/tables/build-table.ts'
import { historyLine, historyText, buildText } from '../../../report/commands/history-report.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { command } from '../../arguments/command.ts'
import { flag, wholeFrom } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

const usualBuilds = 20
/** More than a fridge remembers. */
const allBuilds = 1_000_000

export const history = command({
  name: 'history',
  summary: 'list the builds, and what failed in each',
  positionals: { build: positional.optional({ label: 'build' }) },
  flags: {
    last: flag.number({
      value: 'N',
      wanted: 'a whole number from 1 on',
      fits: wholeFrom(1),
      summary: `list this many builds (${usualBuilds} by default)`,
    }),
  },
  examples: [
    ['chef history', 'the latest builds first'],
    ['chef history 12', 'one of them, with all that failed'],
    ['chef history --last 1000 --json', 'a line for each build'],
  ],
  run: ({ build, last = usualBuilds }, context) =>
    withKitchen(
      context,
      everyStep,
      ({ fridge, configuration }) => {
        const { json, out, outStyle: style } = context
        const options = { style, columns: out.columns, now: Date.now(), varies: varyingNames(configuration) }
        const builds =
          build === undefined ? fridge.builds.latest(last) : [buildNumbered(build, fridge.builds.latest(allBuilds))]
        if (json) {
          for (const one of builds) out.write(jsonLine(historyLine(one)))
          out.write(jsonLine({ type: 'summary', builds: builds.length }))
        } else out.write(build === undefined ? historyText(builds, options) : buildText(builds, options))
        return 0
      },
      { lenient: true },
    ),
})

/** `12` or `#12`, as the list shows it. */
function buildNumbered(text: string, builds: readonly StoredBuild[]): StoredBuild {
  const found = builds.find(({ id }) => String(id) === text.replace(/^#/, ''))
  if (found === undefined) throw new Refusal([failure('build-unknown', { build: text })])
  return found
}
