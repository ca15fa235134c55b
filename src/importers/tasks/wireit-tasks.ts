// Reads the scripts that wireit runs as tasks, and lists what has no counterpart.
import { isMap, plainText, type Value, type ValueMap } from '../../base/value.ts'
import type { Omission } from '../import-result.ts'
import { below, taskName, idOf, mapOf, type NpmProject, type Task, textsOf } from './npm-tasks.ts'

const carried = new Set([
  'command',
  'dependencies',
  'files',
  'output',
  'clean',
  'env',
  'packageLocks',
  'allowUsuallyExcludedPaths',
])
const usuallyExcluded = ['.git', '.hg', '.svn', '.wireit', '.yarn', 'CVS', 'node_modules']

/**
 * Returns the folders of other packages that a package's scripts name. An undefined entry lies outside the cheffile's
 * folder.
 */
export function packagesNeeded(folder: string, packageJson: Value): (string | undefined)[] {
  const scripts = Object.values(mapOf(mapOf(packageJson).wireit))
  const named = scripts.flatMap((script) => dependenciesOf(mapOf(script)).map(({ script: name }) => name))
  return named.filter((name) => /^\.\.?\//.test(name)).map((name) => folderNamed(folder, name))
}

function folderNamed(folder: string, name: string): string | undefined {
  const path = below(folder, name.slice(0, name.lastIndexOf(':')))
  return path === '.' || path === './' ? '' : path?.replace(/\/$/, '')
}

interface Dependency {
  script: string
  cascade: boolean
}

function dependenciesOf(spec: ValueMap): Dependency[] {
  const listed = Array.isArray(spec.dependencies) ? spec.dependencies : []
  return listed.flatMap((one) => {
    if (typeof one === 'string') return [{ script: one, cascade: true }]
    const { script, cascade } = mapOf(one)
    return typeof script === 'string' ? [{ script, cascade: cascade !== false }] : []
  })
}

export function tasksOfWireit(project: NpmProject, left: Omission[]): Task[] {
  return readTasks(project, left, false)
}

/** Returns services as well, and says of each task why it cannot be carried over. */
export function tasksOfWireitGraph(project: NpmProject, left: Omission[]): Task[] {
  return readTasks(project, left, true)
}

function readTasks(project: NpmProject, left: Omission[], isGraph: boolean): Task[] {
  const tasks = new Map<string, Task>()
  const seen = new Set<string>()
  const leave = (id: string, why: string): void => void left.push({ what: taskName(id), why })
  const add = (folder: string, script: string): void => {
    const id = idOf(folder, script)
    const json = mapOf(project.packages.get(folder))
    const spec = mapOf(json.wireit)[script]
    const plain = mapOf(json.scripts)[script]
    if (seen.has(id)) return
    seen.add(id)
    if (spec === undefined || !isMap(spec)) {
      if (typeof plain !== 'string') return leave(id, 'it is needed, and there is no such script')
      if (!isGraph) leave(id, 'wireit runs such a script every time, chef when what it needs has changed')
      tasks.set(id, { ...emptyTask(folder, script), command: plain, ...(isGraph && { isAlways: true }) })
      return
    }
    if (typeof plain === 'string' && !/^(yarn run (-\S+ )?)?wireit$/.test(plain.trim()))
      return leave(id, `it is run by "${plain}", not by wireit`)
    const isService = spec.service !== undefined && spec.service !== false
    if (isService && !isGraph) return leave(id, 'it is a service: start it yourself, or with chef watch -- COMMAND')
    const unfit: string[] = []
    const task = taskOf(emptyTask(folder, script), spec, project, {
      leave: (why) => (isGraph ? void unfit.push(why) : leave(id, why)),
      note: (why) => (isGraph ? undefined : leave(id, why)),
      isGraph,
    })
    if (isService) task.isPersistent = true
    tasks.set(id, task)
    for (const { script: needed, cascade } of dependenciesOf(spec)) {
      const elsewhere = /^\.\.?\//.test(needed)
      const where = elsewhere ? folderNamed(folder, needed) : folder
      const name = elsewhere ? needed.slice(needed.lastIndexOf(':') + 1) : needed
      if (where === undefined || !project.packages.has(where)) {
        const why = `it needs ${needed}, and there is no such package in this folder`
        unfit.push(why)
        if (!isGraph) leave(id, why)
        task.needs.push(`?:${needed}`)
        continue
      }
      if (!cascade && !isGraph) leave(id, `"cascade": false of ${needed}: a change of it counts`)
      task.needs.push(idOf(where, name))
      add(where, name)
    }
    if (unfit[0] !== undefined) task.unfit = unfit[0]
  }
  for (const [folder, json] of project.packages)
    for (const script of Object.keys(mapOf(json.wireit))) add(folder, script)
  return [...tasks.values()]
}

function emptyTask(folder: string, script: string): Task {
  return {
    id: idOf(folder, script),
    folder,
    script,
    command: undefined,
    inputs: [],
    outputs: [],
    needs: [],
    variables: {},
    env: [],
    otherwise: {},
    clean: true,
  }
}

interface TaskReading {
  /** Says why it cannot be carried over. */
  leave: (why: string) => void
  /** Says what is other than in wireit. */
  note: (why: string) => void
  isGraph: boolean
}

function taskOf(task: Task, spec: ValueMap, project: NpmProject, { leave, note, isGraph }: TaskReading): Task {
  const { folder } = task
  if (typeof spec.command === 'string') task.command = spec.command
  for (const key of Object.keys(spec)) if (!carried.has(key) && key !== 'service') leave(`chef has no "${key}"`)
  const within = (pattern: string, of: string): string[] => {
    const path = below(folder, pattern)
    if (path === undefined) leave(`${pattern} of its ${of} lies outside of this folder`)
    return path === undefined ? [] : [path]
  }
  const files = textsOf(spec.files)
  const again = files.findIndex((one) => one.startsWith('!'))
  if (again >= 0 && files.slice(again).some((one) => !one.startsWith('!')))
    note('its "files" name files again after a "!": what is taken out stays out')
  // What is named again after a `!` counts in a graph: rather more files than fewer.
  const last = files.findLastIndex((one) => !one.startsWith('!'))
  const counted = isGraph ? files.filter((one, at) => !one.startsWith('!') || at > last) : files
  task.inputs = counted.flatMap((one) => within(one, 'files'))
  if (task.inputs.length > 0 && spec.allowUsuallyExcludedPaths !== true)
    task.inputs.push(...usuallyExcluded.map((one) => `!**/${one}/**`))
  if (task.command !== undefined && spec.files === undefined) task.isAlways = true
  if (task.command !== undefined && spec.files === undefined)
    note('it has no "files", so wireit runs it every time, chef when what it needs has changed')
  task.outputs = textsOf(spec.output).flatMap((one) => within(one, 'output'))
  if (spec.clean === 'if-file-deleted') note('"clean": "if-file-deleted": nothing is cleaned')
  // An output of a source that is gone must not stay, and more than that may always be removed.
  task.clean = spec.clean === undefined || spec.clean === true || (isGraph && spec.clean === 'if-file-deleted')
  for (const [name, value] of Object.entries(mapOf(spec.env))) {
    if (!isMap(value)) task.variables[name] = plainText(value)
    else {
      task.env.push(name)
      if (value.default !== undefined) task.otherwise[name] = plainText(value.default)
    }
  }
  // The lists of installed packages, in the package's folder and above it.
  const locks = spec.packageLocks === undefined ? ['package-lock.json'] : textsOf(spec.packageLocks)
  if (task.command !== undefined)
    for (const lock of locks)
      for (const path of foldersAbove(folder).map((one) => (one === '' ? lock : `${one}/${lock}`)))
        if (project.isFile(path)) task.inputs.push(path)
  return task
}

function foldersAbove(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/')
  return [...parts.map((_part, at) => parts.slice(0, parts.length - at).join('/')), '']
}
