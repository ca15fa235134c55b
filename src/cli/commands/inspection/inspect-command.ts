// chef inspect: shows everything that is known of one item.
import { lineageOf, readersOfItem } from '../../../inspection/lineage.ts'
import { readLog } from '../../../inspection/queries.ts'
import { inspectText } from '../../../report/commands/inspect-report.ts'
import { cookFields, itemLine, jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { knownItem } from '../../kitchen/item-argument.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const inspect = command({
  name: 'inspect',
  summary: 'show everything that is known of one item',
  positionals: { item: positional.one({ completes: 'items' }) },
  flags: {},
  examples: [['chef inspect z/9f86d081', 'a result by the beginning of its hash']],
  run: ({ item: id }, context) =>
    withKitchen(context, everyStep, (kitchen) => {
      const { json, verbose, out, outStyle: style } = context
      const item = knownItem(kitchen, id)
      if (json) {
        const record: object | undefined = item.record === undefined ? undefined : JSON.parse(item.record)
        const usedBy = [...readersOfItem(kitchen, item)]
        const more = {
          ...(record && { record }),
          ...(item.cook && { cook: cookFields(item.cook) }),
          ...(item.trace && { trace: item.trace }),
          lineage: lineageOf(kitchen, item),
          usedBy,
        }
        out.write(jsonLine({ ...itemLine(item), ...more }))
        out.write(jsonLine({ type: 'summary', items: 1 }))
        return 0
      }
      const kin = { lineage: lineageOf(kitchen, item), usedBy: readersOfItem(kitchen, item) }
      out.write(inspectText(item, readLog(kitchen, item.id), kin, { style, now: Date.now(), verbose }))
      return 0
    }),
})
