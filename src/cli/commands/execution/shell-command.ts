// chef shell: opens a shell where a variant is cooked, with its inputs and its environment. Nothing of it becomes a result.
import { relative } from 'node:path'
import { openHandShell } from '../../../steps/by-hand.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import { withTicketOf } from '../../kitchen/hand-ticket.ts'

export const shell = command({
  name: 'shell',
  summary: 'open a shell where a variant is cooked',
  positionals: { item: positional.one({ completes: 'items' }) },
  flags: { keep: flag.switch({ summary: 'leave the folder, and say where' }) },
  examples: [['chef shell fit/9f86d081', 'then ls, and env | grep CHEF_']],
  interrupted: () => 'interrupted',
  run: ({ item, keep }, context) =>
    withTicketOf(context, item, keep, async (ticket) => {
      const { err, errStyle: style, kitchen, quiet } = context
      const { command: words } = ticket
      if (!quiet && words) err.write(style.dim(`$ ${typeof words === 'string' ? words : words.join(' ')}\n`))
      err.flush()
      const exit = await openHandShell(ticket, context.environment.variables)
      if (keep) err.write(`the folder is ${relative(kitchen.folder, ticket.pan)}\n`)
      return exit
    }),
})
