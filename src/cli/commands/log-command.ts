// chef log: what the cook of an item said, as it came.
import { failure, Refusal } from '../../base/failures/failure.ts'
import { readLog } from '../../inspection/queries.ts'
import { jsonLine } from '../../report/json-lines.ts'
import type { Run } from '../context.ts'
import { knownItem } from '../item-argument.ts'
import { everyStep, withKitchen } from '../open-from-arguments.ts'

export const log: Run = (context) =>
  withKitchen(context, everyStep, (kitchen) => {
    const { meant, out } = context
    const { id, kind } = knownItem(kitchen, meant.arguments[0] ?? '')
    if (kind !== 'result') throw new Refusal([failure('log-no-result', { id, kind })])
    const said = readLog(kitchen, id)
    if (said === undefined) throw new Refusal([failure('log-missing', { id })], 1)
    if (meant.json) {
      out.write(jsonLine({ type: 'log', id, text: said }))
      out.write(jsonLine({ type: 'summary', items: 1 }))
    } else out.write(said)
    return 0
  })
