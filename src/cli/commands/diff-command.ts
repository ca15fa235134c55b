// chef diff: what differs between two items, their records first, then what they hold.
import { compareItems } from '../../inspection/item-difference.ts'
import { formerItem } from '../../inspection/lineage.ts'
import { findItem } from '../../inspection/queries.ts'
import type { ItemView } from '../../inspection/views.ts'
import { diffText } from '../../report/commands/diff-report.ts'
import { jsonLine } from '../../report/json-lines.ts'
import type { Run } from '../context.ts'
import { knownItem } from '../item-argument.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const diff: Run = (context) =>
  withKitchen(
    context,
    everyStep,
    (kitchen) => {
      const { meant, out, outStyle } = context
      const [one, other] = meant.arguments.map(
        (id) => findItem(kitchen, id) ?? formerItem(kitchen, id) ?? knownItem(kitchen, id),
      ) as [ItemView, ItemView]
      const comparison = compareItems(kitchen, one, other)
      if (meant.json) {
        for (const { path, one: before, other: after } of comparison.records) {
          out.write(jsonLine({ type: 'record', path, one: before, other: after }))
        }
        out.write(jsonLine({ type: 'content', ...comparison.content }))
        out.write(jsonLine({ type: 'summary', records: comparison.records.length, content: comparison.content.kind }))
      } else out.write(diffText([one.id, other.id], comparison, outStyle))
      return 0
    },
    { lenient: true },
  )
