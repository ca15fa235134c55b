// A copy of the built chef as a user has it installed, with the parts taken out that a test does without.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** `without`: names in `dist`. It lies inside of the package, so that its packages are found. */
export function installChef(...without: string[]): { chef: string; library: string } & Disposable {
  const cache = join(repository, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'chef-copy-'))
  cpSync(join(repository, 'bin'), join(folder, 'bin'), { recursive: true })
  cpSync(join(repository, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !without.some((name) => path.startsWith(join(repository, 'dist', name))),
  })
  cpSync(join(repository, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  return {
    chef: join(folder, 'bin/chef'),
    library: join(folder, 'dist/library.mjs'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
