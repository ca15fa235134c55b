// Completes package-lock.json with the packages of other platforms. npm leaves those out that the registry at hand does not
// carry, and then `npm ci` refuses its own lock file. What is missing is known all the same: name and version stand in
// the package that wants it, and the platform in the name. Run after every change of dependencies.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

/** What npm would have written, but for the integrity: a package for another system is not fetched here. */
function entry(name, version, dev) {
  const words = name.split(/[/-]/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  if (os.length === 0) throw new Error(`package-lock.json lacks ${name}, and its name says no platform`)
  const libc = words.includes('musl') && { libc: ['musl'] }
  return { version, cpu, ...(dev && { dev }), ...libc, optional: true, os }
}

const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${place}/node_modules/${name}`])
    .map(([name, version]) => [`node_modules/${name}`, entry(name, version, dev)]),
)

const sorted = Object.entries(lock.packages).concat(missing)
sorted.sort(([one], [other]) => one.localeCompare(other, 'en'))
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`)
if (missing.length > 0) console.log(`package-lock.json: added ${missing.length} packages of other platforms`)
