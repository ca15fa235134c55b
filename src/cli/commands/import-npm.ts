// chef import package.json: reads the packages that tasks lie in, and hands them to the importer, which reads no files itself.
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Value, ValueMap } from '../../base/value.ts'
import { failure, Refusal } from '../../base/failure.ts'
import { expandGlob } from '../../fridge/glob.ts'
import { bundleFiles } from '../../fridge/stock.ts'
import type { Imported, Left } from '../../importers/imported.ts'
import { kitchenOfTasks } from '../../importers/npm-kitchen.ts'
import { mapOf, type NpmProject, workspacesOf } from '../../importers/npm-tasks.ts'
import { packagesNeeded, tasksOfWireit } from '../../importers/wireit-tasks.ts'
import { valueOf } from './import.ts'

export async function fromWireit(file: string): Promise<Imported> {
  const folder = dirname(file)
  const root = await packageAt(folder, '')
  const packages = new Map<string, ValueMap>()
  const waiting = ['', ...packageFolders(folder, workspacesOf(root ?? null))]
  for (let at = 0; at < waiting.length; at++) {
    const where = waiting[at] as string
    const json = packages.has(where) ? undefined : await packageAt(folder, where)
    if (json === undefined) continue
    packages.set(where, json)
    waiting.push(...packagesNeeded(where, json).filter((one) => one !== undefined))
  }
  if (![...packages.values()].some((one) => one.wireit !== undefined))
    throw new Refusal([failure('import-nothing', { file: 'package.json', sought: 'scripts of wireit' })])
  const left: Left[] = []
  const project = projectOf(folder, packages)
  return kitchenOfTasks(tasksOfWireit(project, left), project, left)
}

function projectOf(folder: string, packages: ReadonlyMap<string, ValueMap>): NpmProject {
  return {
    packages,
    exists: (path) => existsSync(join(folder, path)),
    matches: (patterns) =>
      bundleFiles(patterns.map((pattern) => ({ base: folder, pattern }))).some(({ path }) => existsSync(path)),
  }
}

async function packageAt(folder: string, where: string): Promise<ValueMap | undefined> {
  const path = join(folder, where, 'package.json')
  const value: Value | undefined = existsSync(path) ? await valueOf(path) : undefined
  return value === undefined ? undefined : mapOf(value)
}

/** What `packages/*` and the like mean: folders with a package.json. */
function packageFolders(folder: string, patterns: string[]): string[] {
  const out = new Set(
    foldersOf(
      folder,
      patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1)),
    ),
  )
  const found = foldersOf(
    folder,
    patterns.filter((one) => !one.startsWith('!')),
  )
  return found.filter((one) => !out.has(one))
}

function foldersOf(folder: string, patterns: string[]): string[] {
  const files = patterns.flatMap((pattern) => {
    const path = `${pattern.replace(/^\.\//, '').replace(/\/$/, '')}/package.json`
    return existsSync(join(folder, path)) ? [join(folder, path)] : expandGlob(folder, path).map((one) => one.path)
  })
  return [...new Set(files.map((one) => relative(folder, dirname(one))))]
}
