// Reads the targets of nx whose executors run commands or scripts, with the defaults and named inputs of nx.json.
import { relative } from 'node:path'
import { isMap, plainText, type Value, type ValueMap } from '../../base/value.ts'
import { expandGlob } from '../../files/file-glob.ts'
import type { BuildGraph } from '../build-graph.ts'
import { quoted } from '../import-result.ts'
import { below, dependenciesOf, idOf, mapOf, type Task, textsOf } from './npm-tasks.ts'
import { graphOfTasks, type TaskGraphOptions } from './task-graph.ts'
import { commandOf, lockfiles } from './turbo-tasks.ts'
import { TaskFault, type Workspace } from './workspace.ts'

interface Project {
  folder: string
  name: string
  /** From project.json, from "nx" in package.json and from its scripts. */
  targets: Map<string, ValueMap>
  namedInputs: ValueMap
  /** Names of other projects. */
  needs: string[]
}

/** `only`: the folder of a project.json that was named, below that of the workspace. */
export async function readNx(
  workspace: Workspace,
  environment: TaskGraphOptions['environment'],
  only: string | undefined,
): Promise<BuildGraph> {
  const nx = (await workspace.json('nx.json')) ?? {}
  await workspace.readPackages()
  const projects = await readProjects(workspace, only)
  if (projects.length === 0) throw new TaskFault('there is no project', `${workspace.folder}/nx.json`)
  const reader = new NxReader(nx, projects, workspace)
  const named = new Map(projects.map(({ folder, name }) => [folder, name]))
  const packageOf = (folder: string): string => named.get(folder) ?? folder
  return graphOfTasks(reader.tasks(), {
    ...{ workspace, environment, omissions: [], isNpm: false },
    nameOf: ({ folder, script }) => `${packageOf(folder)}:${script}`,
    packageOf,
    isDefault: ({ isAlways, isPersistent }) => !isAlways && !isPersistent,
  })
}

async function readProjects(workspace: Workspace, only: string | undefined): Promise<Project[]> {
  const files =
    only === undefined
      ? expandGlob(workspace.folder, '**/project.json').map(({ path }) => relative(workspace.folder, path))
      : ['project.json']
  const written = new Map<string, ValueMap>()
  for (const file of files)
    written.set(file.slice(0, Math.max(0, file.lastIndexOf('/'))), (await workspace.json(file)) ?? {})
  const folders = new Set([...[...workspace.packages.keys()].filter((one) => one !== ''), ...written.keys()])
  const rootNx = mapOf(workspace.packages.get('')).nx
  if (rootNx !== undefined) folders.add('')
  const projects: Project[] = []
  for (const folder of folders) {
    const own = written.get(folder) ?? {}
    const json = workspace.packages.get(folder) ?? (await workspace.package(folder)) ?? {}
    workspace.packages.set(folder, json)
    const inPackage = mapOf(json.nx)
    const scripts = mapOf(json.scripts)
    const included = inPackage.includedScripts === undefined ? Object.keys(scripts) : textsOf(inPackage.includedScripts)
    const targets = new Map<string, ValueMap>()
    for (const script of included)
      if (commandOf(scripts, script) !== undefined)
        targets.set(script, {
          executor: 'nx:run-script',
          options: { script },
          ...mapOf(mapOf(inPackage.targets)[script]),
        })
    for (const [target, spec] of [...Object.entries(mapOf(inPackage.targets)), ...Object.entries(mapOf(own.targets))])
      targets.set(target, { ...targets.get(target), ...mapOf(spec) })
    const name = own.name ?? inPackage.name ?? json.name ?? folder.slice(folder.lastIndexOf('/') + 1)
    projects.push({
      folder,
      name: plainText(name),
      targets,
      namedInputs: { ...mapOf(inPackage.namedInputs), ...mapOf(own.namedInputs) },
      needs: [
        ...dependenciesOf(json),
        ...textsOf(own.implicitDependencies),
        ...textsOf(inPackage.implicitDependencies),
      ],
    })
  }
  return projects
}

const known = new Set([
  ...['executor', 'command', 'options', 'configurations', 'defaultConfiguration', 'dependsOn', 'inputs', 'outputs'],
  ...['cache', 'continuous', 'parallelism', 'metadata', 'syncGenerators'],
])

interface TargetReading {
  /** With the defaults of nx.json. */
  spec: ValueMap
  options: ValueMap
  /** Says why the target cannot be carried over. */
  leave: (why: string) => void
}

interface InputReading extends Pick<TargetReading, 'leave'> {
  /** Receives names of variables whose values count. */
  counted: string[]
}

class NxReader {
  readonly #nx: ValueMap
  readonly #projects: ReadonlyMap<string, Project>
  readonly #workspace: Workspace
  /** Folders of projects: what lies in one belongs to it, and not to a project around it. */
  readonly #folders: string[]
  readonly #names: ReadonlyMap<string, string>

  constructor(nx: ValueMap, projects: readonly Project[], workspace: Workspace) {
    this.#nx = nx
    this.#projects = new Map(projects.map((project) => [project.name, project]))
    this.#names = new Map(
      projects.flatMap(({ name, folder }) => {
        const { name: inPackage } = mapOf(workspace.packages.get(folder))
        return typeof inPackage === 'string' ? [[inPackage, name] as const] : []
      }),
    )
    this.#workspace = workspace
    this.#folders = projects.map(({ folder }) => folder)
  }

  tasks(): Task[] {
    return [...this.#projects.values()].flatMap((project) =>
      [...project.targets.keys()].map((target) => this.#task(project, target, this.#specOf(project, target))),
    )
  }

  /** The defaults are those of the executor, or else of the target's name. */
  #specOf(project: Project, target: string): ValueMap {
    const own = project.targets.get(target) ?? {}
    const defaults = mapOf(this.#nx.targetDefaults)
    const executor = typeof own.executor === 'string' ? own.executor : own.command === undefined ? '' : runCommands
    const above = mapOf(defaults[executor] ?? defaults[target])
    return { ...above, ...own, options: { ...mapOf(above.options), ...mapOf(own.options) } }
  }

  #task(project: Project, target: string, spec: ValueMap): Task {
    const { folder, name } = project
    const unfit: string[] = []
    const leave = (why: string): void => void unfit.push(why)
    for (const key of Object.keys(spec)) if (!known.has(key)) leave(`chef has no "${key}"`)
    const options = this.#options(spec)
    const run = this.#run(project, target, { spec, options, leave })
    const legacy = textsOf(mapOf(mapOf(mapOf(this.#nx.tasksRunnerOptions).default).options).cacheableOperations)
    const isCached = spec.cache === true || (spec.cache === undefined && legacy.includes(target))
    const counted: string[] = []
    const inputs = this.#inputs(project, spec, { counted, leave })
    const locks = lockfiles.filter((one) => this.#workspace.isFile(one))
    const fill = (text: string): string => filled(text, project, options, leave)
    return {
      id: idOf(folder, target),
      folder,
      script: target,
      command: run?.command,
      inputs: [...inputs, ...locks, ...(this.#workspace.isFile('nx.json') ? ['nx.json'] : [])],
      outputs: this.#outputs(project, spec, options)
        .map(fill)
        .flatMap((one) => within(one, leave)),
      needs: textsAndMaps(spec.dependsOn).flatMap((one) => this.#needs(project, target, one, leave)),
      variables: run?.variables ?? {},
      env: [],
      otherwise: {},
      clean: false,
      counted,
      ...(!isCached && { isAlways: true }),
      ...(spec.continuous === true && { isPersistent: true }),
      ...(unfit[0] !== undefined && { unfit: `${unfit[0]} (${name})` }),
    }
  }

  #options(spec: ValueMap): ValueMap {
    const { defaultConfiguration } = spec
    const chosen =
      typeof defaultConfiguration === 'string' ? mapOf(mapOf(spec.configurations)[defaultConfiguration]) : {}
    return { ...mapOf(spec.options), ...chosen }
  }

  /** Undefined where nothing runs. */
  #run(
    project: Project,
    target: string,
    reading: TargetReading,
  ): { command: string; variables: { [name: string]: string } } | undefined {
    const { spec, options, leave } = reading
    const executor = spec.executor ?? (spec.command === undefined ? 'nx:noop' : runCommands)
    const { folder } = project
    const script = typeof options.script === 'string' ? options.script : target
    switch (executor) {
      case 'nx:noop':
        return undefined
      case 'nx:run-script': {
        const scripts = mapOf(mapOf(this.#workspace.packages.get(folder)).scripts)
        const command = commandOf(scripts, script)
        if (command === undefined) leave(`there is no script "${script}"`)
        return { command: command ?? '', variables: { npm_lifecycle_event: script } }
      }
      case runCommands:
      case '@nrwl/workspace:run-commands':
        return this.#commands(project, reading)
      default:
        leave(`chef does not know what ${plainText(executor)} runs`)
        return undefined
    }
  }

  #commands(project: Project, { spec, options, leave }: TargetReading) {
    const listed = Array.isArray(options.commands) ? options.commands : [options.command ?? spec.command ?? '']
    const commands = listed.map((one) => {
      const text = typeof one === 'string' ? one : mapOf(one).command
      if (isMap(one))
        for (const key of Object.keys(one))
          if (key !== 'command' && key !== 'prefix') leave(`chef has no "${key}" of a command`)
      return filled(Array.isArray(text) ? textsOf(text).join(' ') : plainText(text ?? ''), project, options, leave)
    })
    for (const key of Object.keys(options))
      if (
        !['command', 'commands', 'cwd', 'parallel', 'env', 'color', 'outputPath', 'tty', 'streamOutput'].includes(key)
      )
        leave(`chef has no option "${key}" of commands`)
    // Each runs in the folder of the workspace, if nothing else is said.
    const cwd = typeof options.cwd === 'string' ? filled(options.cwd, project, options, leave) : '.'
    const up = project.folder === '' ? '.' : project.folder.replaceAll(/[^/]+/g, '..')
    const variables = Object.fromEntries(
      Object.entries(mapOf(options.env)).map(([key, value]) => [key, plainText(value)]),
    )
    return {
      command: `cd ${quoted(cwd.startsWith('/') ? cwd : `${up}/${cwd}`)} && ${together(commands, options.parallel !== false)}`,
      variables,
    }
  }

  #outputs({ folder }: Project, spec: ValueMap, options: ValueMap): string[] {
    if (spec.outputs !== undefined) return textsOf(spec.outputs).filter((one) => !isUnsetOption(one, options))
    const project = folder === '' ? '' : '{projectRoot}/'
    return [`{workspaceRoot}/dist/${folder}`, `${project}build`, `${project}dist`, `${project}public`]
  }

  #needs(project: Project, target: string, needed: string | ValueMap, leave: (why: string) => void): string[] {
    if (typeof needed === 'string') {
      if (needed.startsWith('^')) return this.#ofDependencies(project, needed.slice(1), new Set())
      const colon = needed.indexOf(':')
      const other = colon > 0 ? this.#projects.get(needed.slice(0, colon)) : undefined
      if (other) return this.#taskOf(other, needed.slice(colon + 1))
      return needed === target ? [] : this.#taskOf(project, needed)
    }
    for (const key of Object.keys(needed))
      if (!['target', 'projects', 'dependencies', 'params', 'options'].includes(key))
        leave(`chef has no "${key}" in dependsOn`)
    if (needed.params === 'forward' || needed.options === 'forward') leave('chef forwards no parameters')
    const wanted = plainText(needed.target ?? '')
    const { projects } = needed
    if (needed.dependencies === true || projects === 'dependencies')
      return this.#ofDependencies(project, wanted, new Set())
    if (projects === undefined || projects === 'self') return this.#taskOf(project, wanted)
    const names = typeof projects === 'string' ? [projects] : textsOf(projects)
    return names.flatMap((one) => {
      if (one === 'self') return this.#taskOf(project, wanted)
      if (one === 'dependencies') return this.#ofDependencies(project, wanted, new Set())
      const other = this.#projects.get(one)
      if (other === undefined) leave(`it needs ${one}:${wanted}, and there is no such project`)
      return other ? this.#taskOf(other, wanted) : []
    })
  }

  #taskOf({ folder, targets }: Project, target: string): string[] {
    return targets.has(target) ? [idOf(folder, target)] : []
  }

  /** Projects without the target are passed through. */
  #ofDependencies(project: Project, target: string, seen: Set<string>): string[] {
    return this.#dependencies(project).flatMap((other) => {
      if (seen.has(other.name)) return []
      seen.add(other.name)
      return other.targets.has(target) ? [idOf(other.folder, target)] : this.#ofDependencies(other, target, seen)
    })
  }

  #dependencies({ needs, name }: Project): Project[] {
    const taken = new Set(needs.filter((one) => one.startsWith('!')).map((one) => one.slice(1)))
    const names = new Set(needs.map((one) => this.#names.get(one) ?? one))
    return [...names].flatMap((one) => (one === name || taken.has(one) ? [] : (this.#projects.get(one) ?? [])))
  }

  #inputs(project: Project, spec: ValueMap, reading: InputReading): string[] {
    const written = Array.isArray(spec.inputs) ? spec.inputs : ['default', '^default']
    return [...new Set(written.flatMap((one) => this.#input(project, one, reading)))]
  }

  #input(project: Project, input: Value, reading: InputReading, above: string[] = []): string[] {
    const { counted, leave } = reading
    if (typeof input === 'string') {
      if (input.startsWith('^')) return this.#ofAll(project, input.slice(1), reading)
      if (/^!?\{(?:projectRoot|workspaceRoot)\}/.test(input)) return this.#files(project, input, leave)
      if (above.includes(input)) return []
      const named = project.namedInputs[input] ?? mapOf(this.#nx.namedInputs)[input]
      if (named === undefined && input !== 'default') {
        leave(`there is no named input "${input}"`)
        return []
      }
      const listed = Array.isArray(named) ? named : ['{projectRoot}/**/*']
      return listed.flatMap((one) => this.#input(project, one, reading, [...above, input]))
    }
    const map = mapOf(input)
    if (typeof map.env === 'string') counted.push(map.env)
    else if (typeof map.fileset === 'string') return this.#files(project, map.fileset, leave)
    else if (typeof map.input === 'string') {
      if (map.dependencies === true || map.projects === 'dependencies') return this.#ofAll(project, map.input, reading)
      if (map.projects !== undefined && map.projects !== 'self') leave('chef takes no inputs of other projects by name')
      return this.#input(project, map.input, reading, above)
    } else if (map.runtime !== undefined) leave(`chef runs no command to know an input: ${plainText(map.runtime)}`)
    // Lock files, and all outputs of what a task needs, count anyway.
    else if (map.externalDependencies === undefined && map.dependentTasksOutputFiles === undefined)
      leave(`chef has no input ${JSON.stringify(map)}`)
    return []
  }

  /** The named input of all projects that this one needs, through any number of others. */
  #ofAll(project: Project, name: string, reading: InputReading): string[] {
    const found = new Set([project])
    for (const one of found) for (const other of this.#dependencies(one)) found.add(other)
    found.delete(project)
    return [...found].flatMap((one) => this.#input(one, name, reading))
  }

  #files(project: Project, written: string, leave: (why: string) => void): string[] {
    const { folder } = project
    const path = filled(written, project, {}, leave)
    const inside =
      folder === ''
        ? this.#folders.filter((one) => one !== '')
        : this.#folders.filter((one) => one.startsWith(`${folder}/`))
    const others = written.startsWith('{projectRoot}') ? inside.map((one) => `!${one}/**`) : []
    return [...within(path, leave), ...others]
  }
}

const runCommands = 'nx:run-commands'

const isUnsetOption = (output: string, options: ValueMap): boolean => {
  const [, name] = /\{options\.([^}]+)\}/.exec(output) ?? []
  return name !== undefined && options[name] === undefined
}

/** Puts in what nx puts in. Paths come out below the folder of the workspace. */
function filled(text: string, { folder, name }: Project, options: ValueMap, leave: (why: string) => void): string {
  return text.replaceAll(
    /(\{workspaceRoot\}\/?)|\{(projectRoot|projectName|(?:options|args)\.[^}]+)\}/g,
    (whole, root, word) => {
      if (root !== undefined) return ''
      if (word === 'projectRoot') return folder === '' ? '.' : folder
      if (word === 'projectName') return name
      const value = options[String(word).slice(String(word).indexOf('.') + 1)]
      if (value === undefined) leave(`chef does not know ${whole}`)
      return plainText(value ?? '')
    },
  )
}

function within(pattern: string, leave: (why: string) => void): string[] {
  const path = below('', pattern)
  if (path === undefined) leave(`${pattern} lies outside of this folder`)
  return path === undefined ? [] : [path]
}

/** Several commands run at once, unless the options say otherwise, and all have to go well. */
function together(commands: readonly string[], isParallel: boolean): string {
  const [only = ':'] = commands
  if (commands.length < 2) return only
  if (!isParallel) return commands.map((one) => `{ ${one}\n}`).join(' && ')
  const started = commands.map((one, at) => `{ ${one}\n} & p${at}=$!`).join('\n')
  return `{ ${started}\nfailed=0\n${commands.map((_one, at) => `wait $p${at} || failed=$?`).join('\n')}\n[ $failed = 0 ]; }`
}

const textsAndMaps = (value: Value | undefined): (string | ValueMap)[] =>
  Array.isArray(value) ? value.filter((one): one is string | ValueMap => typeof one === 'string' || isMap(one)) : []
