// chef help: prints what chef or one of its commands does.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { nearest } from '../../../base/suggestion.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { commandHelp, overallHelp } from '../../help-text.ts'

export const help = command({
  name: 'help',
  summary: 'print what chef or one of its commands does',
  positionals: { command: positional.optional({ completes: 'commands' }) },
  flags: {},
  examples: [['chef help build', 'the same as chef build --help']],
  async run({ command: name }, { commands, out, outStyle: style }) {
    const look = { style, columns: out.columns }
    if (name === undefined) {
      out.write(await overallHelp(await commands.all(), look))
      return 0
    }
    const found = await commands.named(name)
    if (found === undefined) {
      const names = (await commands.all()).map((one) => one.name)
      throw new Refusal([failure('command-unknown', { name, near: nearest(name, names) })])
    }
    out.write(await commandHelp(found, look))
    return 0
  },
})
