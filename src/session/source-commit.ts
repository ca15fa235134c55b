// Asks git which commit the work tree is at while a build runs, so that its history can tell what it was made from.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SourceCommit } from '../base/event.ts'

/** A history is not worth a build that hangs on a work tree of a slow disk. */
const patienceMs = 5_000

/** Undefined outside of a work tree, without git, and before the first commit. */
export async function sourceCommit(
  root: string,
  environment: { readonly [name: string]: string | undefined },
): Promise<SourceCommit | undefined> {
  if (!isInWorkTree(root)) return undefined
  const status = ['status', '--porcelain=v2', '--branch', '--untracked-files=no']
  // Without optional locks git writes nothing, and another git that works there is not disturbed.
  const options = { cwd: root, env: { ...environment, GIT_OPTIONAL_LOCKS: '0' }, timeout: patienceMs }
  const said = await new Promise<string>((resolve) => {
    execFile('git', status, { ...options, maxBuffer: 1 << 28 }, (error, stdout) => resolve(error ? '' : stdout))
  })
  const [, id] = /^# branch\.oid ([0-9a-f]{40,})$/m.exec(said) ?? []
  return id === undefined ? undefined : { id, clean: !/^[^#]/m.test(said) }
}

function isInWorkTree(folder: string): boolean {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, '.git'))) return true
    if (dirname(above) === above) return false
  }
}
