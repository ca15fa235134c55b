// Compiles the spawner for a test, with every warning an error, once for all tests of the same sources.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../src/processes/native/', import.meta.url))
const flags = ['-O2', '-Wall', '-Wextra', '-Werror']

/** A folder named by the sources: several runs share it, and none sees an old one. */
function compiledSpawner(): string {
  const names = readdirSync(folder).sort()
  const digest = createHash('sha256')
  for (const name of names) digest.update(readFileSync(join(folder, name)))
  const shared = join(tmpdir(), 'chef-spawners', digest.digest('hex').slice(0, 16))
  if (existsSync(shared)) return shared
  mkdirSync(dirname(shared), { recursive: true })
  const aside = mkdtempSync(`${shared}.`)
  const sources = names.filter((name) => name.endsWith('.c') && name !== 'gate.c')
  execFileSync('cc', [...flags, '-o', join(aside, 'spawner'), ...sources.map((name) => join(folder, name))])
  execFileSync('cc', [...flags, '-shared', '-fPIC', '-o', join(aside, 'gate.so'), join(folder, 'gate.c')])
  try {
    renameSync(aside, shared)
  } catch {
    // Another worker was quicker.
    rmSync(aside, { recursive: true })
  }
  return shared
}

/** The gate for compilers lies beside it. */
export function compileSpawner(target: string): void {
  const shared = compiledSpawner()
  copyFileSync(join(shared, 'spawner'), target)
  copyFileSync(join(shared, 'gate.so'), join(dirname(target), 'gate.so'))
}
