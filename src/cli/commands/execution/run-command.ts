// chef run: cooks one variant by hand, in the foreground, so that a debugger works. Nothing of it becomes a result.
import { join, relative } from 'node:path'
import { packageFolder } from '../../../base/package-folder.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { failuresText } from '../../../report/text/failure-text.ts'
import { cookByHand, type HandResult } from '../../../steps/by-hand.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { Context } from '../../context.ts'
import { withTicketOf } from '../../kitchen/hand-ticket.ts'

export const run = command({
  name: 'run',
  summary: 'cook one variant in the foreground, for a debugger',
  positionals: { item: positional.one({ completes: 'items' }), words: positional.following() },
  flags: { keep: flag.switch({ summary: 'leave the folder that it was cooked in, and say where' }) },
  examples: [
    ['chef run fit/9f86d081', 'with breakpoint() in a step of Python'],
    ['chef run page/3 -- --inspect-brk', 'words behind -- are for the interpreter'],
    ['chef run thumb/77 --keep', 'to look at what it wrote'],
  ],
  interrupted: () => 'interrupted',
  run: ({ item, words, keep }, context) =>
    withTicketOf(context, item, keep, async (ticket) => {
      const cooks = join(packageFolder(), 'dist', 'cooks')
      const result = await cookByHand(ticket, { host: context.environment.variables, cooks, words })
      tell(context, result, { id: ticket.id, kept: keep ? ticket.pan : undefined })
      return 'failed' in result ? 1 : 0
    }),
})

function tell(
  { json, quiet, out, err, errStyle: style, kitchen }: Context,
  result: HandResult,
  { id, kept }: { id: string; kept: string | undefined },
): void {
  const { folder } = kitchen
  if ('failed' in result) err.write(failuresText([result.failed], { style, folder }))
  if (json) {
    const { code, message } = 'failed' in result ? result.failed : { code: undefined, message: undefined }
    const status = 'failed' in result ? 'failed' : 'cooked'
    out.write(jsonLine({ type: 'summary', id, status, ...(code && { code, message }), ...(kept && { pan: kept }) }))
  } else if (!quiet) {
    if (kept) err.write(`it was cooked in ${relative(folder, kept)}\n`)
    else if (!('failed' in result)) err.write(`${id} was cooked by hand: nothing of it is kept\n`)
  }
}
