// Reads the tasks of turbo, wireit, nx and npm workspaces as build graphs.
import { basename, dirname } from 'node:path'
import type { BuildGraph } from '../build-graph.ts'
import type { Omission } from '../import-result.ts'
import { mapOf, type Task, taskName } from './npm-tasks.ts'
import { graphOfTasks, type TaskGraphOptions } from './task-graph.ts'
import { tasksOfTurboGraph } from './turbo-tasks.ts'
import { packagesNeeded, tasksOfWireitGraph } from './wireit-tasks.ts'
import { isTable, TaskFault, Workspace } from './workspace.ts'

type Environment = TaskGraphOptions['environment']

export async function readTaskGraph(file: string, environment: Environment): Promise<BuildGraph> {
  const workspace = new Workspace(dirname(file))
  switch (basename(file)) {
    case 'package.json':
      return readPackages(workspace, environment)
    case 'nx.json':
    case 'project.json': {
      const { readNx } = await import('./nx-tasks.ts')
      return readNx(workspace, environment, basename(file) === 'nx.json' ? undefined : '')
    }
    default:
      return readTurbo(workspace, basename(file), environment)
  }
}

async function readTurbo(workspace: Workspace, name: string, environment: Environment): Promise<BuildGraph> {
  const turbo = (await workspace.json(name)) ?? {}
  if (!isTable(turbo.tasks) && !isTable(turbo.pipeline))
    throw new TaskFault('there are no "tasks" in it', `${workspace.folder}/${name}`)
  await workspace.readPackages()
  const turbos = new Map([['', turbo]])
  for (const where of workspace.packages.keys()) {
    const own = where === '' ? undefined : await workspace.json(`${where}/turbo.json`)
    if (own) turbos.set(where, own)
  }
  const omissions: Omission[] = []
  const project = { ...projectOf(workspace), turbos, ignored: workspace.ignored() }
  const tasks = tasksOfTurboGraph(project, omissions)
  const packageOf = (folder: string): string => packageName(workspace, folder)
  const nameOf = ({ folder, script }: Task): string => `${folder === '' ? '//' : packageOf(folder)}#${script}`
  const isDefault = ({ isAlways, isPersistent }: Task): boolean => !isAlways && !isPersistent
  return graphOfTasks(tasks, { workspace, environment, nameOf, packageOf, isDefault, omissions, isNpm: true })
}

async function readPackages(workspace: Workspace, environment: Environment): Promise<BuildGraph> {
  await workspace.readPackages()
  const waiting = [...workspace.packages.keys()]
  for (const where of waiting) {
    const json = workspace.packages.get(where) ?? (await workspace.package(where))
    if (json === undefined) continue
    workspace.packages.set(where, json)
    for (const one of packagesNeeded(where, json)) if (one !== undefined && !waiting.includes(one)) waiting.push(one)
  }
  const isWireit = [...workspace.packages.values()].some((json) => json.wireit !== undefined)
  if (!isWireit) return readScripts(workspace, environment)
  const omissions: Omission[] = []
  const tasks = tasksOfWireitGraph(projectOf(workspace), omissions)
  return graphOfTasks(tasks, {
    ...{ workspace, environment, omissions, isNpm: false },
    nameOf: ({ id }) => taskName(id),
    packageOf: (folder) => packageName(workspace, folder),
    isDefault: ({ isAlways, isPersistent }) => !isAlways && !isPersistent,
  })
}

/**
 * Scripts of npm say neither what they read nor what they write: they run at every build that asks for them, those of a
 * package after those of the same name of the packages that it needs.
 */
async function readScripts(workspace: Workspace, environment: Environment): Promise<BuildGraph> {
  const { tasksOfScripts } = await import('./script-tasks.ts')
  const tasks = tasksOfScripts(workspace.packages)
  const packageOf = (folder: string): string => packageName(workspace, folder)
  const nameOf = ({ folder, script }: Task): string => (folder === '' ? script : `${packageOf(folder)}#${script}`)
  // What "npm run build" builds: the script of the root, or else, with --workspaces, those of all packages.
  const ofRoot = mapOf(mapOf(workspace.packages.get('')).scripts).build
  const isDefault = ({ script, folder }: Task): boolean =>
    script === 'build' && (folder === '' || typeof ofRoot !== 'string')
  return graphOfTasks(tasks, { workspace, environment, nameOf, packageOf, isDefault, omissions: [], isNpm: true })
}

function packageName({ packages }: Workspace, folder: string): string {
  const { name } = mapOf(packages.get(folder))
  return typeof name === 'string' ? name : folder
}

function projectOf(workspace: Workspace) {
  return { packages: workspace.packages, isFile: (path: string) => workspace.isFile(path), matches: () => true }
}
