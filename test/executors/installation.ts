// A folder as chef is installed in: compiled spawner and servers of warm cooks, made from the sources under test.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { compileSpawner } from './compiled-spawner.ts'
import { packageFolder } from './tickets.ts'

export interface Installation {
  folder: string
  remove(): void
}

/** Inside of the package, so that the node server finds the packages it uses. */
export function install(withSpawner: boolean): Installation {
  const sources = join(packageFolder, 'src')
  mkdirSync(join(packageFolder, 'node_modules/.cache'), { recursive: true })
  const folder = mkdtempSync(join(packageFolder, 'node_modules/.cache/chef-installed-'))
  const dist = join(folder, 'dist')
  mkdirSync(dist)
  cpSync(join(sources, 'steps/python'), join(dist, 'cooks'), { recursive: true })
  buildSync({
    entryPoints: [join(sources, 'steps/node/node-server.ts')],
    outfile: join(dist, 'cooks/node.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['esbuild'],
  })
  if (withSpawner) compileSpawner(join(dist, 'spawner'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
