// chef log: prints what the cook of an item said, as it came.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { readLogPieces } from '../../../inspection/queries.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { knownItem } from '../../kitchen/item-argument.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const log = command({
  name: 'log',
  summary: 'print what the cook of an item said',
  positionals: { item: positional.one({ completes: 'items' }) },
  flags: {},
  examples: [['chef log z/9f86d081', 'standard output and error as they came']],
  run: ({ item }, context) =>
    withKitchen(context, everyStep, async (kitchen) => {
      const { json, out } = context
      const { id, kind } = knownItem(kitchen, item)
      if (kind !== 'result') throw new Refusal([failure('log-no-result', { id, kind })])
      const pieces = readLogPieces(kitchen, id)
      if (pieces === undefined) throw new Refusal([failure('log-missing', { id })], 1)
      if (json) out.write(`{"type":"log","id":${JSON.stringify(id)},"text":"`)
      for (const piece of pieces) {
        out.write(json ? JSON.stringify(piece).slice(1, -1) : piece)
        await out.drained()
      }
      if (json) out.write(`"}\n${jsonLine({ type: 'summary', items: 1 })}`)
      return 0
    }),
})
