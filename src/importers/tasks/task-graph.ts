// Converts tasks of packages to a build graph. What a task's dependencies need counts for the task as well, and is in place
// before it runs.
import { join } from 'node:path'
import picomatch from 'picomatch'
import type { BuildGraph, Statement } from '../build-graph.ts'
import type { Omission } from '../import-result.ts'
import { mapOf, type Task, taskName } from './npm-tasks.ts'
import type { Workspace } from './workspace.ts'

export interface TaskGraphOptions {
  workspace: Workspace
  environment: { readonly [name: string]: string | undefined }
  /** Returns the name of a task in the other tool. */
  nameOf: (task: Task) => string
  /** Returns the name of a folder's package or project. */
  packageOf: (folder: string) => string
  /** True for the tasks that are built when nothing is named. */
  isDefault: (task: Task) => boolean
  omissions: Omission[]
  /** True where scripts run as npm runs them. */
  isNpm: boolean
}

export function graphOfTasks(tasks: readonly Task[], options: TaskGraphOptions): BuildGraph {
  return new TaskGraph(tasks, options).graph()
}

class TaskGraph {
  readonly #tasks: ReadonlyMap<string, Task>
  readonly #options: TaskGraphOptions
  /** Files below outputs that are checked in: no task makes them. */
  readonly #tracked: string[]
  readonly #behind = new Map<string, ReadonlySet<Task>>()

  constructor(tasks: readonly Task[], options: TaskGraphOptions) {
    this.#tasks = new Map(tasks.map((task) => [task.id, task]))
    this.#options = options
    const folders = tasks.flatMap(({ outputs }) => outputs.filter((one) => !one.startsWith('!')).map(fixedPart))
    this.#tracked = options.workspace.tracked([...new Set(folders)].filter((one) => one !== ''))
  }

  graph(): BuildGraph {
    const { workspace, nameOf, isDefault, omissions } = this.#options
    const all = [...this.#tasks.values()]
    const pools = poolsOf(all)
    const statements = all
      .filter((task) => whyLeft(task) === undefined)
      .map((task) => this.#statement(task, pools.get(task.id)))
    return {
      folder: workspace.folder,
      statements: [...statements, ...this.#groups(statements)],
      defaults: all.filter((task) => (task.command !== undefined || task.unfit) && isDefault(task)).map(nameOf),
      pools: new Map([...pools.values()].map((pool) => [pool, 1])),
      dyndeps: [],
      files: workspace.files,
      omissions: [
        ...omissions,
        ...all.flatMap((task) => {
          const why = whyLeft(task)
          return why === undefined ? [] : [{ what: nameOf(task), why }]
        }),
      ],
      isAsked: true,
    }
  }

  #statement(task: Task, pool: string | undefined): Statement {
    const { nameOf, workspace } = this.#options
    const { folder, command, isAlways, outputs } = task
    const behind = this.#tasksBehind(task)
    const common = { folder: join(workspace.folder, folder), outputs: [nameOf(task)], orderOnly: [] }
    if (command === undefined) return { ...common, command, inputs: this.#needed(task) }
    return {
      ...common,
      command,
      title: this.#titleOf(task),
      // What is left out is named as well, so that this task is left out with it.
      inputs: [...behind].filter((one) => one.command !== undefined || whyLeft(one) !== undefined).map(nameOf),
      made: outputs,
      checkedIn: this.#trackedIn(outputs),
      sources: this.#sources(task),
      env: this.#variables(task),
      programs: this.#programs(folder),
      ...(!task.clean && { restat: true }),
      ...(isAlways && { isAlways }),
      ...(pool !== undefined && { pool }),
    }
  }

  #needed({ needs }: Task): string[] {
    return needs.map((id) => {
      const task = this.#tasks.get(id)
      return task ? this.#options.nameOf(task) : taskName(id)
    })
  }

  /** All tasks that a task needs, through any number of others. */
  #tasksBehind(task: Task): ReadonlySet<Task> {
    const known = this.#behind.get(task.id)
    if (known) return known
    const found = new Set<Task>()
    const open = [...task.needs]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const next = this.#tasks.get(id)
      if (next === undefined || next === task || found.has(next)) continue
      found.add(next)
      open.push(...next.needs)
    }
    this.#behind.set(task.id, found)
    return found
  }

  /** The files of a task, and those of tasks without a command that stand between it and others. */
  #sources(task: Task): string[][] {
    const found = new Set([task])
    for (const one of found)
      for (const id of one.needs) {
        const next = this.#tasks.get(id)
        if (next && next.command === undefined) found.add(next)
      }
    return [...found].flatMap((one) => {
      if (one.inputs.length === 0) return []
      const checkedIn = this.#checkedInOf(one)
      return checkedIn.length > 0 ? [this.#bundle(one), checkedIn] : [this.#bundle(one)]
    })
  }

  /** Files that outputs mean and that are checked in are sources all the same. */
  #checkedInOf({ inputs }: Task): string[] {
    if (this.#tracked.length === 0) return []
    const isOf = (patterns: readonly string[]): ((path: string) => boolean) =>
      patterns.length === 0 ? () => false : picomatch(patterns.flatMap(folderToo), { dot: true })
    const isInput = isOf(inputs.filter((one) => !one.startsWith('!')))
    const isOut = isOf(inputs.filter((one) => one.startsWith('!')).map((one) => one.slice(1)))
    const isMade = isOf(
      [...this.#tasks.values()].flatMap(({ outputs }) => outputs.filter((one) => !one.startsWith('!'))),
    )
    const found = this.#tracked.filter((path) => isInput(path) && !isOut(path) && isMade(path))
    return found.map((path) => path.replaceAll(/[\\*?[\]{}()!]/g, '\\$&'))
  }

  /** What tasks make is no source of any. */
  #bundle({ inputs }: Task): string[] {
    const wanted = inputs.filter((one) => !one.startsWith('!')).flatMap((one) => folderToo(one))
    const fixed = wanted.map(fixedPart)
    const made = [...this.#tasks.values()]
      .flatMap(({ outputs }) => outputs)
      .filter((one) => !one.startsWith('!') && fixed.some((folder) => mayOverlap(folder, fixedPart(one))))
    const out = [...inputs.filter((one) => one.startsWith('!')).map((one) => one.slice(1)), ...made]
    return [...new Set([...wanted, ...out.flatMap(folderToo).map((one) => `!${one}`)])]
  }

  #trackedIn(outputs: readonly string[]): string[] {
    const isOutput = outputs
      .filter((one) => !one.startsWith('!'))
      .map((one) => picomatch(folderToo(one), { dot: true }))
    return this.#tracked.filter((path) => isOutput.some((matches) => matches(path)))
  }

  #variables({ folder, script, variables, counted, env, otherwise }: Task): NonNullable<Statement['env']> {
    const { environment, workspace, isNpm } = this.#options
    const found: NonNullable<Statement['env']> = {}
    for (const name of namesOf(counted ?? env, environment)) found[name] = { from: 'environment' }
    for (const [name, value] of Object.entries(otherwise)) if (environment[name] === undefined) found[name] = value
    const { name, version } = mapOf(workspace.packages.get(folder))
    return {
      ...found,
      ...variables,
      ...(isNpm && {
        npm_lifecycle_event: script,
        ...(typeof name === 'string' && { npm_package_name: name }),
        ...(typeof version === 'string' && { npm_package_version: version }),
      }),
    }
  }

  /** npm finds programs in the package's node_modules and in those of the folders above. */
  #programs(folder: string): string[] {
    const parts = folder === '' ? [] : folder.split('/')
    const folders = [...parts.map((_part, at) => parts.slice(0, parts.length - at)), []]
    return folders.map((above) => join(this.#options.workspace.folder, ...above, 'node_modules', '.bin'))
  }

  #titleOf({ folder, script }: Task): string {
    const plain = this.#options.packageOf(folder).replace(/^@/, '')
    return folder === '' ? script : `${plain}_${script}`
  }

  /** A script's name stands for that of all packages, where it is none itself. What is left out is left out of it by name. */
  #groups(statements: readonly Statement[]): Statement[] {
    const { nameOf } = this.#options
    const taken = new Set([...statements.flatMap(({ outputs }) => outputs), ...[...this.#tasks.values()].map(nameOf)])
    const groups = new Map<string, string[]>()
    for (const task of this.#tasks.values()) {
      if (taken.has(task.script)) continue
      groups.set(task.script, [...(groups.get(task.script) ?? []), nameOf(task)])
    }
    const folder = this.#options.workspace.folder
    return [...groups].map(([script, inputs]) => ({
      command: undefined,
      folder,
      outputs: [script],
      inputs,
      orderOnly: [],
    }))
  }
}

function whyLeft({ unfit, isPersistent, command }: Task): string | undefined {
  return (
    unfit ??
    (isPersistent && command !== undefined
      ? 'it runs until it is ended: start it yourself, or with chef watch -- COMMAND'
      : undefined)
  )
}

/** The variables of the environment that names and patterns mean; names count also where they are not set. */
function namesOf(written: readonly string[], environment: TaskGraphOptions['environment']): string[] {
  const isOut = written.filter((one) => one.startsWith('!')).map((one) => picomatch(one.slice(1)))
  const named = written.filter((one) => !one.startsWith('!'))
  const found = named.flatMap((one) => {
    if (/^\w+$/.test(one)) return [one]
    const matches = picomatch(one)
    return Object.keys(environment).filter((name) => matches(name))
  })
  return [...new Set(found)].filter((name) => !isOut.some((matches) => matches(name))).sort()
}

/** The folder before the first segment with a wildcard; of a path without one, the path itself. */
function fixedPart(pattern: string): string {
  const plain = pattern.replace(/\/+$/, '')
  const { base, glob } = picomatch.scan(plain)
  const fixed = glob === '' ? plain : base
  return fixed === '.' ? '' : fixed
}

function mayOverlap(one: string, other: string): boolean {
  return one === '' || other === '' || `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)
}

/** A path may be a folder, and then everything in it is meant. */
function folderToo(pattern: string): string[] {
  const plain = pattern.replace(/\/+$/, '')
  return /(?:^|\/)\*\*(?:\/\*)?$/.test(plain) ? [plain] : [plain, `${plain}/**`]
}

/** Tasks that write to one folder run one after the other, so that each file is known by the task that wrote it. */
function poolsOf(tasks: readonly Task[]): Map<string, string> {
  const writers = new Map<string, string[]>()
  for (const { id, outputs } of tasks)
    for (const pattern of outputs.filter((one) => !one.startsWith('!'))) {
      const folder = fixedPart(pattern)
      writers.set(folder, [...(writers.get(folder) ?? []), id])
    }
  const pools = new Map<string, string>()
  for (const [folder, ids] of writers)
    if (new Set(ids).size > 1) for (const id of ids) if (!pools.has(id)) pools.set(id, `files of ${folder}`)
  return pools
}
