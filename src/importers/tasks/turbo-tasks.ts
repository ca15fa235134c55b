// Reads the tasks of turbo.json, each a script of every package that has it, and lists what has no counterpart.
import { isMap, plainText, type Value, type ValueMap } from '../../base/value.ts'
import type { Omission } from '../import-result.ts'
import { below, dependenciesOf, idOf, mapOf, type NpmProject, type Task, taskName, textsOf } from './npm-tasks.ts'

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
  'interruptible',
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
/** Settings of turbo itself, which say nothing of what a task makes. */
const ofNoConcern = new Set([
  'remoteCache',
  'cacheDir',
  'cacheMaxAge',
  'cacheMaxSize',
  'daemon',
  'envMode',
  'dangerouslyDisablePackageManagerCheck',
  'noUpdateNotifier',
  'concurrency',
  'boundaries',
  'tags',
  'futureFlags',
  'experimentalSpaces',
  'experimentalObservability',
])
/** Variables that turbo knows of frameworks by themselves, by the package that a task's package needs. */
const frameworks: { [dependency: string]: string[] } = {
  next: ['NEXT_PUBLIC_*'],
  vite: ['VITE_*'],
  'react-scripts': ['REACT_APP_*'],
  '@vue/cli-service': ['VUE_APP_*'],
  gatsby: ['GATSBY_*'],
  nuxt: ['NUXT_*', 'NITRO_*'],
  astro: ['PUBLIC_*'],
  '@sveltejs/kit': ['VITE_*', 'PUBLIC_*'],
  expo: ['EXPO_PUBLIC_*'],
  sanity: ['SANITY_STUDIO_*'],
  '@redwoodjs/core': ['REDWOOD_ENV_*'],
}
const defaultInputs = '$TURBO_DEFAULT$'
export const lockfiles = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
]

export function tasksOfTurbo(project: TurboProject, left: Omission[]): Task[] {
  return new TurboReader(project, left, false).tasks()
}

/** Returns all tasks, with those of packages that have no such script: what they read counts for others, too. */
export function tasksOfTurboGraph(project: TurboProject, left: Omission[]): Task[] {
  return new TurboReader(project, left, true).allTasks()
}

class TurboReader {
  readonly #project: TurboProject
  readonly #left: Omission[]
  readonly #folderOf: ReadonlyMap<string, string>
  readonly #root: ValueMap
  readonly #isGraph: boolean
  /** Why tasks cannot be carried over. */
  readonly #unfit = new Map<string, string>()

  constructor(project: TurboProject, left: Omission[], isGraph: boolean) {
    this.#isGraph = isGraph
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

  allTasks(): Task[] {
    for (const [folder, turbo] of this.#project.turbos)
      for (const key of Object.keys(turbo))
        if (!carriedAbove.has(key) && !ofNoConcern.has(key))
          this.#leave(folder === '' ? key : `${folder}/turbo.json: ${key}`, 'chef has no such thing')
    const names = new Set(
      [...this.#project.turbos.values()].flatMap((turbo) => Object.keys(tasksIn(turbo)).map(scriptIn)),
    )
    return [...this.#project.packages.keys()].flatMap((folder) =>
      [...names].flatMap((script) => {
        const spec = this.#specOf(folder, script)
        if (spec === undefined) return []
        const scripts = mapOf(mapOf(this.#project.packages.get(folder)).scripts)
        const task = this.#task(folder, script, spec, commandOf(scripts, script))
        const isOff = spec.cache === false
        const unfit = task.command === undefined ? undefined : this.#unfit.get(task.id)
        return [
          {
            ...task,
            ...(isOff && { isAlways: true }),
            ...(spec.persistent === true && { isPersistent: true }),
            ...(unfit !== undefined && { unfit }),
          },
        ]
      }),
    )
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
    return { ...mapOf(above), ...extended(mapOf(own), mapOf(above)) }
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

  #task(folder: string, script: string, spec: ValueMap, command: string | undefined): Task {
    const id = idOf(folder, script)
    const leave = (why: string): void => {
      if (this.#isGraph) this.#unfit.set(id, why)
      else this.#leave(taskName(id), why)
    }
    const isKnown = (key: string): boolean => carried.has(key) || (spec.persistent === true && this.#isGraph)
    for (const key of Object.keys(spec)) if (!isKnown(key)) leave(`chef has no "${key}"`)
    const passed = [spec.env, spec.passThroughEnv, this.#root.globalEnv, this.#root.globalPassThroughEnv]
    const legacy = textsOf(spec.dependsOn)
      .filter((one) => one.startsWith('$'))
      .map((one) => one.slice(1))
    const env = [...new Set([...passed.flatMap((one) => textsOf(one)), ...legacy])]
    const counted = [...textsOf(this.#root.globalEnv), ...this.#ofFrameworks(folder), ...textsOf(spec.env), ...legacy]
    for (const one of env.filter((name) => !/^\w+$/.test(name) && !this.#isGraph))
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
      counted,
    }
  }

  #ofFrameworks(folder: string): string[] {
    const needed = new Set(dependenciesOf(mapOf(this.#project.packages.get(folder))))
    return Object.entries(frameworks).flatMap(([name, patterns]) => (needed.has(name) ? patterns : []))
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
    // Of its own package, a task that turbo.json does not define is no task.
    if (named === undefined && this.#isGraph) return []
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
    if (this.#specOf(folder, script) === undefined) return false
    const scripts = mapOf(mapOf(this.#project.packages.get(folder)).scripts)
    return this.#isGraph || commandOf(scripts, script) !== undefined
  }

  #ofDependencies(folder: string, script: string, seen: Set<string>): string[] {
    const names = dependenciesOf(mapOf(this.#project.packages.get(folder)))
    return names.flatMap((name) => {
      const where = this.#folderOf.get(name)
      if (where === undefined || where === folder || seen.has(where)) return []
      seen.add(where)
      return this.#has(where, script) ? [idOf(where, script)] : this.#ofDependencies(where, script, seen)
    })
  }
}

/** `build` in `core#build`. */
const scriptIn = (key: string): string => key.slice(key.indexOf('#') + 1)

/** Where a list of a package has `$TURBO_EXTENDS$`, that of the root is meant as well. */
function extended(own: ValueMap, above: ValueMap): ValueMap {
  return Object.fromEntries(
    Object.entries(own).map(([key, value]) => {
      const texts = textsOf(value)
      if (!texts.includes(extendsAbove)) return [key, value]
      return [key, [...textsOf(above[key]), ...texts.filter((one) => one !== extendsAbove)]]
    }),
  )
}

const extendsAbove = '$TURBO_EXTENDS$'

const tasksIn = (turbo: ValueMap): ValueMap => {
  const listed: Value | undefined = turbo.tasks ?? turbo.pipeline
  return listed !== undefined && isMap(listed) ? listed : {}
}

/** npm runs `prebuild` and `postbuild` around `build`. */
export function commandOf(scripts: ValueMap, script: string): string | undefined {
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
