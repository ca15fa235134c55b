// What the importers of scripts in package.json have in common: a task is a script of a package, and what it reads and makes.
import { normalize } from 'node:path'
import { isMap, type Value, type ValueMap } from '../base/value.ts'

/** What an importer asks of the work tree; all paths lie below the folder of the cheffile, which is ''. */
export interface NpmProject {
  packages: ReadonlyMap<string, ValueMap>
  isFile: (path: string) => boolean
  /** Whether any file matches. */
  matches: (patterns: string[]) => boolean
}

export interface Task {
  /** `packages/core:build`; `:build` in the folder of the cheffile. */
  id: string
  folder: string
  script: string
  /** Without one a task only brings others together. */
  command: string | undefined
  /** Patterns below the folder of the cheffile, `!` in front of what does not count. */
  inputs: string[]
  outputs: string[]
  needs: string[]
  /** Variables with values of their own, those passed through, and what these are where they are not set. */
  variables: { [name: string]: string }
  env: string[]
  otherwise: { [name: string]: string }
  /** Whether outputs of an earlier run go first. */
  clean: boolean
}

export const idOf = (folder: string, script: string): string => `${folder}:${script}`

/** How lists and messages call a task. */
export const calledIn = (id: string): string => (id.startsWith(':') ? id.slice(1) : id)

/** A path or pattern of a package, with its `!`, below the folder of the cheffile; undefined: outside of it. */
export function below(folder: string, pattern: string): string | undefined {
  const [, not = '', path = ''] = /^(!?)(.*)$/s.exec(pattern) ?? []
  const whole = normalize(`${folder === '' ? '.' : folder}/${path}`)
  return whole.startsWith('../') || whole === '..' ? undefined : not + whole
}

export const textsOf = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

export const mapOf = (value: Value | undefined): ValueMap => (value !== undefined && isMap(value) ? value : {})

/** The patterns of a package.json's workspaces. */
export function workspacesOf(root: Value): string[] {
  const given = mapOf(root).workspaces
  return textsOf(given !== undefined && isMap(given) ? given.packages : given)
}
