// chef inspect: everything that is known of one item.
import { lineageOf, readersOfItem } from '../../inspection/lineage.ts'
import { readLog } from '../../inspection/queries.ts'
import { inspectText } from '../../report/commands/inspect-report.ts'
import { itemLine, jsonLine } from '../../report/json-lines.ts'
import type { Run } from '../context.ts'
import { knownItem } from '../item-argument.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const inspect: Run = (context) =>
  withKitchen(context, everyStep, (kitchen) => {
    const { meant, out, outStyle: style } = context
    const item = knownItem(kitchen, meant.arguments[0] ?? '')
    if (meant.json) {
      const record = item.record === undefined ? {} : { record: JSON.parse(item.record) as object }
      const usedBy = [...readersOfItem(kitchen, item)]
      const more = { ...record, ...(item.cook && { cook: item.cook }), lineage: lineageOf(kitchen, item), usedBy }
      out.write(jsonLine({ ...itemLine(item), ...more }))
      out.write(jsonLine({ type: 'summary', items: 1 }))
      return 0
    }
    const kin = { lineage: lineageOf(kitchen, item), usedBy: readersOfItem(kitchen, item) }
    out.write(inspectText(item, readLog(kitchen, item.id), kin, { style, now: Date.now(), verbose: meant.verbose }))
    return 0
  })
