// chef completion: prints the script for a shell, and, called by that script, the words that can be completed.
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { nearest } from '../../../base/suggestion.ts'
import { command } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import { kitchenNames } from '../../completion/kitchen-names.ts'
import { shells } from '../../completion/shells.ts'
import { complete } from '../../completion/word-completion.ts'
import type { Context } from '../../context.ts'

/** More candidates help nobody. */
const mostShown = 500

export const completion = command({
  name: 'completion',
  summary: 'print what makes a shell complete the words of chef',
  positionals: {
    shell: positional.one({ choices: Object.keys(shells) }),
    following: positional.following({ hidden: true }),
  },
  flags: {},
  examples: [
    ['eval "$(chef completion bash)"', 'in ~/.bashrc'],
    ['eval "$(chef completion zsh)"', 'in ~/.zshrc, after compinit'],
    ['chef completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  async run({ shell, following }, context) {
    const lines = Object.entries(shells).find(([name]) => name === shell)?.[1]
    if (lines === undefined) {
      const known = Object.keys(shells)
      throw new Refusal([failure('shell-unknown', { shell, near: nearest(shell, known), known })])
    }
    if (following.length === 0) context.out.write(lines)
    else await printCandidates(following, context)
    return 0
  },
})

async function printCandidates(words: string[], context: Context): Promise<void> {
  const { out } = context
  const commands = await context.commands.all()
  const names = await kitchenNames(context, words.slice(0, -1), commands)
  const { candidates, paths } = await complete(words, commands, names)
  for (const { word, about } of candidates.slice(0, mostShown)) {
    // A shell cannot put such a word on its line.
    if (!/[\n\t]/.test(word)) out.write(about ? `${word}\t${about}\n` : `${word}\n`)
  }
  if (paths) out.write(`:${paths}\n`)
}
