// chef python-path: prints the folder of chefkoch.py, with which Python programs read results.
import { join } from 'node:path'
import { packageFolder } from '../../../base/package-folder.ts'
import { command } from '../../arguments/command.ts'

export const pythonPath = command({
  name: 'python-path',
  summary: 'print where chefkoch.py lies, with which Python reads results',
  positionals: {},
  flags: {},
  examples: [['export PYTHONPATH="$(chef python-path)"', 'then: import chefkoch']],
  run: (_, context) => {
    context.out.write(`${join(packageFolder(), 'python')}\n`)
    return Promise.resolve(0)
  },
})
