// Reads the tasks of turbo.json, each a script of every package that has it, and lists what has no counterpart.
import { isMap, plainText, type Value, type ValueMap } from '../base/value.ts'
import type { Omission } from './import-result.ts'
import { below, taskName, idOf, mapOf, type NpmProject, type Task, textsOf } from './npm-tasks.ts'

export interface TurboProject extends NpmProject {
  /** The turbo.json of the root (under '') and those of packages. */
  turbos: ReadonlyMap<string, ValueMap>
  /** The patterns of .gitignore files, below the folder of the cheffile. */
  ignored: string[]
}

const carried = new Set([
  'dependsOn',
  'inputs',
  'outputs',
  'env',
  'passThroughEnv',
  'cache',
  'persistent',
  'description',
  'outputLogs',
  'outputMode',
])
const carriedAbove = new Set([
  '$schema',
  'tasks',
  'pipeline',
  'extends',
  'globalDependencies',
  'globalEnv',
  'globalPassThroughEnv',
  'ui',
])
const defaultInputs = '$TURBO_DEFAULT$'
const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb']

export function tasksOfTurbo(project: TurboProject, left: Omission[]): Task[] {
  const reader = new TurboReader(project, left)
  return reader.tasks()
}

class TurboReader {
  readonly #project: TurboProject
  readonly #left: Omission[]
  readonly #folderOf: ReadonlyMap<string, string>
  readonly #root: ValueMap

  constructor(project: TurboProject, left: Omission[]) {
    this.#project = project
    this.#left = left
    this.#root = project.turbos.get('') ?? {}
    this.#folderOf = new Map(
      [...project.packages].flatMap(([folder, { name }]) => (typeof name === 'string' ? [[name, folder]] : [])),
    )
  }

  tasks(): Task[] {
    for (const [folder, turbo] of this.#project.turbos)
      for (const key of Object.keys(turbo))
        if (!carriedAbove.has(key) || (folder !== '' && key.startsWith('global')))
          this.#leave(folder === '' ? key : `${folder}/turbo.json: ${key}`, 'chef has no such thing')
    const all = [...this.#project.packages.keys()].flatMap((folder) => this.#ofPackage(folder))
    const needed = new Set(all.flatMap(({ task }) => task.needs))
    return all.flatMap(({ task, spec }) => {
      const name = taskName(task.id)
      if (spec.persistent === true) {
        this.#leave(name, 'it is persistent: start it yourself, or with chef watch -- COMMAND')
        return []
      }
      if (spec.cache === false && !needed.has(task.id)) {
        this.#leave(name, '"cache": false: it would run once only, so run it yourself')
        return []
      }
      if (spec.cache === false) this.#leave(name, '"cache": false: it is cooked when what it reads has changed')
      return [task]
    })
  }

  #leave(what: string, why: string): void {
    if (!this.#left.some((one) => one.what === what && one.why === why)) this.#left.push({ what, why })
  }

  /** Returns the definition of a script: the package's own keys override those of the root. */
  #specOf(folder: string, script: string): ValueMap | undefined {
    const named = mapOf(this.#project.packages.get(folder)).name
    const tasks = tasksIn(this.#root)
    const own = folder === '' ? undefined : tasksIn(this.#project.turbos.get(folder) ?? {})[script]
    const above =
      folder === '' ? tasks[`//#${script}`] : (tasks[`${plainText(named ?? '')}#${script}`] ?? tasks[script])
    if (own === undefined && above === undefined) return undefined
    return { ...mapOf(above), ...mapOf(own) }
  }

  #ofPackage(folder: string): { task: Task; spec: ValueMap }[] {
    const scripts = mapOf(mapOf(this.#project.packages.get(folder)).scripts)
    return Object.keys(scripts).flatMap((script) => {
      const spec = this.#specOf(folder, script)
      const command = commandOf(scripts, script)
      if (spec === undefined || command === undefined) return []
      return [{ task: this.#task(folder, script, spec, command), spec }]
    })
  }

  #task(folder: string, script: string, spec: ValueMap, command: string): Task {
    const id = idOf(folder, script)
    const leave = (why: string): void => this.#leave(taskName(id), why)
    for (const key of Object.keys(spec)) if (!carried.has(key)) leave(`chef has no "${key}"`)
    const passed = [spec.env, spec.passThroughEnv, this.#root.globalEnv, this.#root.globalPassThroughEnv]
    const legacy = textsOf(spec.dependsOn)
      .filter((one) => one.startsWith('$'))
      .map((one) => one.slice(1))
    const env = [...new Set([...passed.flatMap((one) => textsOf(one)), ...legacy])]
    for (const one of env.filter((name) => !/^\w+$/.test(name)))
      leave(`chef passes variables on by their whole names: ${one}`)
    return {
      id,
      folder,
      script,
      command,
      inputs: this.#inputs(folder, spec, leave),
      outputs: textsOf(spec.outputs).flatMap((one) => this.#within(folder, one, leave)),
      needs: [...new Set(textsOf(spec.dependsOn).flatMap((one) => this.#needs(folder, one, leave)))],
      variables: {},
      env: env.filter((name) => /^\w+$/.test(name)),
      otherwise: {},
      clean: false,
    }
  }

  #within(folder: string, pattern: string, leave: (why: string) => void): string[] {
    if (pattern === '$TURBO_EXTENDS$') {
      leave('chef has no "$TURBO_EXTENDS$"')
      return []
    }
    const [, not = '', ofRoot] = /^(!?)\$TURBO_ROOT\$\/(.*)$/.exec(pattern) ?? []
    const path = ofRoot === undefined ? below(folder, pattern) : below('', not + ofRoot)
    if (path === undefined) leave(`${pattern} lies outside of this folder`)
    return path === undefined ? [] : [path]
  }

  #inputs(folder: string, spec: ValueMap, leave: (why: string) => void): string[] {
    const listed = spec.inputs === undefined ? [defaultInputs] : textsOf(spec.inputs)
    const every = listed.length === 0 || listed.includes(defaultInputs) || listed.every((one) => one.startsWith('!'))
    const { packages, ignored } = this.#project
    const others = folder === '' ? [...packages.keys()].filter((one) => one !== '').map((one) => `!${one}/**`) : []
    const own = every
      ? [folder === '' ? '**' : `${folder}/**`, ...others, '!cheffile.yml', ...ignored.map((one) => `!${one}`)]
      : [below(folder, 'package.json') ?? 'package.json']
    const written = listed.filter((one) => one !== defaultInputs).flatMap((one) => this.#within(folder, one, leave))
    const everywhere = textsOf(this.#root.globalDependencies).flatMap((one) => this.#within('', one, leave))
    const locks = lockfiles.filter((one) => this.#project.isFile(one))
    return [...own, ...written, ...everywhere, ...locks, '!**/.turbo/**', '!**/node_modules/**']
  }

  /**
   * Resolves `build`, `^build`, `core#build` and `//#build`. Like turbo, it passes through packages without such a
   * script.
   */
  #needs(folder: string, needed: string, leave: (why: string) => void): string[] {
    if (needed.startsWith('$')) return []
    if (needed.startsWith('^')) return this.#ofDependencies(folder, needed.slice(1), new Set())
    const [, named, script = needed] = /^(.+)#([^#]+)$/.exec(needed) ?? []
    const where = named === undefined ? folder : named === '//' ? '' : this.#folderOf.get(named)
    if (where !== undefined && this.#has(where, script)) return [idOf(where, script)]
    if (named !== undefined) leave(`it needs ${needed}, and there is no such task`)
    else return this.#throughMissing(folder, script, leave)
    return []
  }

  /** A package without the script still waits for the dependencies of the task. */
  #throughMissing(folder: string, script: string, leave: (why: string) => void): string[] {
    const spec = this.#specOf(folder, script)
    if (spec === undefined) return []
    return textsOf(spec.dependsOn)
      .filter((one) => one !== script)
      .flatMap((one) => (one.startsWith('^') ? this.#needs(folder, one, leave) : []))
  }

  #has(folder: string, script: string): boolean {
    const scripts = mapOf(mapOf(this.#project.packages.get(folder)).scripts)
    return commandOf(scripts, script) !== undefined && this.#specOf(folder, script) !== undefined
  }

  #ofDependencies(folder: string, script: string, seen: Set<string>): string[] {
    const json = mapOf(this.#project.packages.get(folder))
    const names = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((key) =>
      Object.keys(mapOf(json[key])),
    )
    return names.flatMap((name) => {
      const where = this.#folderOf.get(name)
      if (where === undefined || where === folder || seen.has(where)) return []
      seen.add(where)
      return this.#has(where, script) ? [idOf(where, script)] : this.#ofDependencies(where, script, seen)
    })
  }
}

const tasksIn = (turbo: ValueMap): ValueMap => {
  const listed: Value | undefined = turbo.tasks ?? turbo.pipeline
  return listed !== undefined && isMap(listed) ? listed : {}
}

/** npm runs `prebuild` and `postbuild` around `build`. */
function commandOf(scripts: ValueMap, script: string): string | undefined {
  if (typeof scripts[script] !== 'string') return undefined
  const all = [scripts[`pre${script}`], scripts[script], scripts[`post${script}`]]
  const written = all.filter((one) => typeof one === 'string')
  return written.length === 1 ? written[0] : written.map((one) => `{ ${one}\n}`).join(' &&\n')
}

/** Converts a .gitignore to patterns. Lines that re-include files have no counterpart. */
export function ignoredBy(folder: string, gitignore: string): string[] {
  const base = folder === '' ? '' : `${folder}/`
  return gitignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
    .flatMap((line) => {
      const plain = line.replace(/\/$/, '').replace(/^\//, '')
      const pattern = /^[^/]+\/?$/.test(line) ? `${base}**/${plain}` : `${base}${plain}`
      return line.endsWith('/') ? [`${pattern}/**`] : [pattern, `${pattern}/**`]
    })
}
