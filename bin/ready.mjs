// Makes a clone ready: installs what is missing or of another version than the lock file says, then builds.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')

function packages(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
}

function installed() {
  if (!existsSync(join(modules, '.package-lock.json'))) return false
  const here = packages('node_modules/.package-lock.json')
  return Object.entries(packages('package-lock.json')).every(
    ([path, wanted]) => path === '' || wanted.optional || here[path]?.version === wanted.version,
  )
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

// `npm ci` would throw away what a folder in use has compiled; it is for a folder that has nothing yet.
if (!installed()) run('npm', existsSync(modules) ? 'install' : 'ci')
run(process.execPath, join(root, 'bin', 'build.mjs'))
