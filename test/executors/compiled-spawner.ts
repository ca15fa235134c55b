// Compiles the spawner for a test, with every warning an error.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../src/processes/native/', import.meta.url))

/** The gate for compilers lies beside it. */
export function compileSpawner(target: string): void {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.c') && name !== 'gate.c')
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror']
  execFileSync('cc', [...flags, '-o', target, ...sources.map((name) => join(folder, name))])
  const gate = join(dirname(target), 'gate.so')
  execFileSync('cc', [...flags, '-shared', '-fPIC', '-o', gate, join(folder, 'gate.c')])
}
