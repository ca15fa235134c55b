// Compiles the spawner for a test, with every warning an error.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../src/processes/native/', import.meta.url))

export function compileSpawner(target: string): void {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.c'))
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror']
  execFileSync('cc', [...flags, '-o', target, ...sources.map((name) => join(folder, name))])
}
