// What of this machine the tests of steps need: a Python with numpy, a compiler, and programs that isolate.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Files } from '../rig.ts'

function works(program: string, ...options: string[]): boolean {
  try {
    execFileSync(program, options, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Debian: apt install python3-numpy gcc ninja-build bubblewrap strace. Some containers forbid the last two. */
export const hasNumpy = works('python3', '-c', 'import numpy')
export const hasSnakemake = works('snakemake', '--version')
/** An interpreter with pandas and matplotlib: Debian's python3-pandas and python3-matplotlib may lie beside another python3 on PATH. */
export const pandasPython = ['python3', '/usr/bin/python3'].find((one) => works(one, '-c', 'import matplotlib, pandas'))
export const hasCompiler = works('gcc', '--version') && works('ninja', '--version')
export const hasBubblewrap = works('bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true')
export const hasStrace = works('strace', '-f', '-o', '/dev/null', 'true')

/** The interpreter itself, where PATH names a version manager's shim. */
export const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()

/** The files of a kitchen in fixtures/, without what a build leaves there. */
export function fixture(name: string): { folder: string; cheffile: string; files: Files } {
  const folder = fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
  const files: Files = {}
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const absolute = join(folder, path)
    if (statSync(absolute).isFile() && !/^(\.chefcache|out)\b/.test(path)) {
      files[relative(folder, absolute)] = readFileSync(absolute, 'utf8')
    }
  }
  return { folder, cheffile: files['cheffile.yml'] as string, files }
}
