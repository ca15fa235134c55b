// chef compdb: prints compile_commands.json of all steps that compile.
import { compileCommands } from '../../../inspection/compile-commands.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { everyStep, withKitchen } from '../../kitchen/open-from-arguments.ts'

export const compdb = command({
  name: 'compdb',
  summary: 'print how each source is compiled, for language servers',
  positionals: { targets: positional.any({ completes: 'targets' }) },
  flags: {},
  examples: [['chef compdb > compile_commands.json', 'of every step, imported or not']],
  run: ({ targets }, context) =>
    withKitchen(
      context,
      (configuration) => (targets.length > 0 ? targets : everyStep(configuration)),
      ({ plan, configuration }) => {
        const commands = compileCommands({ plan, root: configuration.root })
        context.out.write(`${JSON.stringify(commands, undefined, 2)}\n`)
        return 0
      },
      { lenient: true },
    ),
})
