// `npm start`: cooks the demo kitchen and the gallery from nothing, shows what came out, and that a second run cooks nothing.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function chef(kitchen, command, ...args) {
  const silent = command === 'clean'
  const place = kitchen === 'demo' ? [] : ['-C', `fixtures/${kitchen}`]
  if (!silent) console.log(`\n\x1b[1m$ chef ${[command, ...place, ...args].join(' ')}\x1b[0m`)
  const argv = [command, '-C', join(root, 'fixtures', kitchen), ...args]
  const { status } = spawnSync(join(root, 'bin', 'chef'), argv, {
    stdio: silent ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

chef('demo', 'clean', '--links', '--quiet')
chef('demo', 'build')
chef('demo', 'table', 'time')
chef('demo', 'status')
chef('demo', 'build')
chef('gallery', 'clean', '--links', '--quiet')
// A line for each of its pictures is a show only where lines can be overwritten.
chef('gallery', 'build', ...(process.stderr.isTTY ? [] : ['--quiet']))
chef('gallery', 'build')
console.log(
  '\nThe second builds had nothing to cook. The kitchens lie in fixtures/demo and fixtures/gallery (its pictures in web/):\nchange something, build it again.',
)
