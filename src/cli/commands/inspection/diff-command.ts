// chef diff: shows what differs between two items, their records first, then their content.
import { compareItems } from '../../../inspection/item-difference.ts'
import { formerItem } from '../../../inspection/lineage.ts'
import { findItem } from '../../../inspection/queries.ts'
import type { ItemView } from '../../../inspection/views.ts'
import type { Session } from '../../../session/session.ts'
import { diffText } from '../../../report/commands/diff-report.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import type { Context } from '../../context.ts'
import { knownItem } from '../../kitchen/item-argument.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const diff = command({
  name: 'diff',
  summary: 'show what differs between two items: records, then content',
  positionals: {
    one: positional.one({ label: 'item', completes: 'items' }),
    other: positional.one({ label: 'item', completes: 'items' }),
  },
  flags: {},
  examples: [['chef diff z/9f86d081 z/2c26b46b', 'two variants, or a variant and its former self']],
  run: ({ one, other }, context) =>
    withKitchen(
      context,
      everyStep,
      (kitchen) => {
        printDifference(context, kitchen, [presentOrFormer(kitchen, one), presentOrFormer(kitchen, other)])
        return 0
      },
      { lenient: true },
    ),
})

function presentOrFormer(kitchen: Session, id: string): ItemView {
  return findItem(kitchen, id) ?? formerItem(kitchen, id) ?? knownItem(kitchen, id)
}

function printDifference(
  { json, out, outStyle }: Context,
  kitchen: Session,
  [one, other]: readonly [ItemView, ItemView],
): void {
  const comparison = compareItems(kitchen, one, other)
  if (!json) return out.write(diffText([one.id, other.id], comparison, outStyle))
  for (const { path, one: before, other: after } of comparison.records)
    out.write(jsonLine({ type: 'record', path, one: before, other: after }))
  out.write(jsonLine({ type: 'content', ...comparison.content }))
  out.write(jsonLine({ type: 'summary', records: comparison.records.length, content: comparison.content.kind }))
}
