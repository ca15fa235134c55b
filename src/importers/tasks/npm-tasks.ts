// The tasks that the importers of package.json scripts share: a task is a script of a package, with what it reads and
// makes.
import { normalize } from 'node:path'
import { isMap, type Value, type ValueMap } from '../../base/value.ts'

/** The importer's view of the work tree. All paths lie below the folder of the cheffile, which is ''. */
export interface NpmProject {
  packages: ReadonlyMap<string, ValueMap>
  isFile: (path: string) => boolean
  /** Returns true if any file matches. */
  matches: (patterns: string[]) => boolean
}

export interface Task {
  /** `packages/core:build`; `:build` in the folder of the cheffile. */
  id: string
  folder: string
  script: string
  /** Undefined for a task that only groups others. */
  command: string | undefined
  /** Patterns below the folder of the cheffile. A `!` in front excludes. */
  inputs: string[]
  outputs: string[]
  needs: string[]
  /** Variables with values of their own. */
  variables: { [name: string]: string }
  /** Variables passed through from outside. */
  env: string[]
  /** Values of passed variables that are not set. */
  otherwise: { [name: string]: string }
  /** True if outputs of an earlier run are removed first. */
  clean: boolean
  /** The rest is for graphs. Names of variables whose values count, with wildcards; `!` takes out. */
  counted?: string[]
  /** True if it runs at every build that needs it. */
  isAlways?: boolean
  /** True if it runs until it is ended. */
  isPersistent?: boolean
  /** Why it cannot be carried over. */
  unfit?: string
}

export const idOf = (folder: string, script: string): string => `${folder}:${script}`

/** The task's name in lists and messages. */
export const taskName = (id: string): string => (id.startsWith(':') ? id.slice(1) : id)

/**
 * Returns a path or pattern of a package, with its `!`, relative to the folder of the cheffile. Returns undefined if
 * it lies outside.
 */
export function below(folder: string, pattern: string): string | undefined {
  const [, not = '', path = ''] = /^(!?)(.*)$/s.exec(pattern) ?? []
  const whole = normalize(`${folder === '' ? '.' : folder}/${path}`)
  return whole.startsWith('../') || whole === '..' ? undefined : not + whole
}

export const textsOf = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

export const mapOf = (value: Value | undefined): ValueMap => (value !== undefined && isMap(value) ? value : {})

/** Names the packages that a package.json says it needs. */
export function dependenciesOf(json: ValueMap): string[] {
  const keys = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return keys.flatMap((key) => Object.keys(mapOf(json[key])))
}

/** Returns the workspace patterns of a package.json. */
export function workspacesOf(root: Value): string[] {
  const { workspaces } = mapOf(root)
  return textsOf(workspaces !== undefined && isMap(workspaces) ? workspaces.packages : workspaces)
}
