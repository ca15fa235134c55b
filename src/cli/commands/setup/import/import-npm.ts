// chef import package.json and turbo.json: reads the packages that tasks lie in, and hands them to the importer, which reads no files itself.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { isMap, type Value, type ValueMap } from '../../../../base/value.ts'
import { failure, Refusal } from '../../../../base/failures/failure.ts'
import { isFileAt } from '../../../../files/path-kind.ts'
import { expandGlob } from '../../../../files/file-glob.ts'
import { bundleFiles } from '../../../../sources/resource-scan.ts'
import type { ImportResult, Omission } from '../../../../importers/import-result.ts'
import { kitchenOfTasks } from '../../../../importers/tasks/npm-kitchen.ts'
import { mapOf, type NpmProject, textsOf, workspacesOf } from '../../../../importers/tasks/npm-tasks.ts'
import { ignoredBy, tasksOfTurbo } from '../../../../importers/tasks/turbo-tasks.ts'
import { packagesNeeded, tasksOfWireit } from '../../../../importers/tasks/wireit-tasks.ts'
import { readCommentedJson, readPlain } from './import-read.ts'

export async function fromWireit(file: string): Promise<ImportResult> {
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
  const left: Omission[] = []
  const project = projectOf(folder, packages)
  return kitchenOfTasks(tasksOfWireit(project, left), project, left)
}

export async function fromTurbo(file: string): Promise<ImportResult> {
  const folder = dirname(file)
  const turbo = mapOf(await readCommentedJson(file))
  const root = await packageAt(folder, '')
  const workspaces = join(folder, 'pnpm-workspace.yaml')
  const pnpm = existsSync(workspaces) ? textsOf(mapOf(await readPlain(workspaces)).packages) : []
  const packages = new Map<string, ValueMap>([['', root ?? {}]])
  const turbos = new Map<string, ValueMap>([['', turbo]])
  for (const where of packageFolders(folder, [...workspacesOf(root ?? null), ...pnpm])) {
    packages.set(where, (await packageAt(folder, where)) ?? {})
    const own = join(folder, where, 'turbo.json')
    if (existsSync(own)) turbos.set(where, mapOf(await readCommentedJson(own)))
  }
  if (![turbo.tasks, turbo.pipeline].some(isMap))
    throw new Refusal([failure('import-nothing', { file: basename(file), sought: 'tasks' })])
  const left: Omission[] = []
  const ignored = [...packages.keys()].flatMap((where) => {
    const path = join(folder, where, '.gitignore')
    if (!existsSync(path)) return []
    const text = readFileSync(path, 'utf8')
    for (const line of text.split('\n').filter((one) => one.startsWith('!')))
      left.push({ what: relative(folder, path), why: `${line}: what is ignored stays out of the inputs` })
    return ignoredBy(where, text)
  })
  const project = { ...projectOf(folder, packages), turbos, ignored }
  return kitchenOfTasks(tasksOfTurbo(project, left), project, left)
}

function projectOf(folder: string, packages: ReadonlyMap<string, ValueMap>): NpmProject {
  return {
    packages,
    isFile: (path) => isFileAt(join(folder, path)),
    matches: (patterns) =>
      bundleFiles(patterns.map((pattern) => ({ base: folder, pattern }))).some(({ path }) => existsSync(path)),
  }
}

async function packageAt(folder: string, where: string): Promise<ValueMap | undefined> {
  const path = join(folder, where, 'package.json')
  const value: Value | undefined = existsSync(path) ? await readPlain(path) : undefined
  return value === undefined ? undefined : mapOf(value)
}

/** The folders with a package.json that patterns like `packages/*` match. */
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
