// `npm start`: cooks the demo kitchen from nothing, shows what came out, and that a second run cooks nothing.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function chef(command, ...args) {
  if (command !== 'clean') console.log(`\n\x1b[1m$ chef ${[command, ...args].join(' ')}\x1b[0m`)
  const { status } = spawnSync(join(root, 'bin', 'chef'), [command, '-C', join(root, 'fixtures', 'demo'), ...args], {
    stdio: command === 'clean' ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

chef('clean', '--links', '--quiet')
chef('build')
chef('table', 'time')
chef('status')
chef('build')
console.log(
  '\nThe second build had nothing to cook. The kitchen lies in fixtures/demo: change something, build it again.',
)
