// Compiles the spawner and the gate for one machine, the same bytes each time. `node bin/native.mjs` makes what is packed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const native = join(root, 'src', 'processes', 'native')

/** Nothing of the machine that compiles stays in the file. */
const reproducible = ['-O2', '-Wall', '-s', '-Wl,--build-id=none', `-ffile-prefix-map=${root}=.`]
/** It runs under any C library, because it brings its own. */
const spawnerFlags = ['-static']
/** It is loaded into programs of any C library, and so it names none. */
const gateFlags = ['-shared', '-fPIC', '-nostdlib', '-fno-stack-protector', '-U_FORTIFY_SOURCE', '-fno-builtin']

/** Machines that a package brings a spawner for, by Node's names, and the compilers of Debian that make it. */
const machines = {
  'linux-x64': 'x86_64-linux-gnu-gcc',
  'linux-arm64': 'aarch64-linux-gnu-gcc',
}

function compile({ target, compiler, flags, sources, files }) {
  if (existsSync(target) && files.every((file) => statSync(target).mtimeMs >= statSync(file).mtimeMs)) return true
  const aside = `${target}.${process.pid}`
  const { status } = spawnSync(compiler, [...reproducible, ...flags, '-o', aside, ...sources], { stdio: 'inherit' })
  if (status === 0) renameSync(aside, target)
  else rmSync(aside, { force: true })
  return status === 0
}

/** Makes the spawner, and the gate beside it, unless they are newer than their sources. Returns false where it cannot. */
export function compileNative({ folder, compiler }) {
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(native)
    .sort()
    .map((name) => join(native, name))
  const gate = join(native, 'gate.c')
  const sources = files.filter((file) => file.endsWith('.c') && file !== gate)
  const common = { compiler, files }
  // Some machines have no C library to link statically.
  const spawner = { ...common, target: join(folder, 'spawner'), sources }
  const isMade = compile({ ...spawner, flags: spawnerFlags }) || compile({ ...spawner, flags: [] })
  return isMade && compile({ ...common, target: join(folder, 'gate.so'), sources: [gate], flags: gateFlags })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const prebuilt = join(root, 'dist', 'prebuilt')
  rmSync(prebuilt, { recursive: true, force: true })
  for (const [machine, compiler] of Object.entries(machines)) {
    const folder = join(prebuilt, machine)
    if (compileNative({ folder, compiler })) continue
    rmSync(folder, { recursive: true, force: true })
    console.warn(`warning: the package has no spawner for ${machine}: there is no ${compiler}`)
  }
}
