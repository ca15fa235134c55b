// Steps: from their conformed trees to what the configuration holds.
import { dirname, extname } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { isMap, type Value, type ValueMap } from '../../base/value.ts'
import type { Amount, Assignment, Input, Needs, Output, Step, StepType } from '../configuration.ts'
import { patternsOf } from './resources.ts'
import { cookKeys, keysOfTypes, recipeKeys } from '../schema/cheffile-schema.ts'
import {
  child,
  type Entry,
  entriesOf,
  failureAt,
  itemsOf,
  plain,
  positionOf,
  type Tree,
  textOf,
} from '../reading/syntax-tree.ts'

const typeOfExtension: { [extension: string]: StepType } = {
  '.py': 'python',
  '.mjs': 'node',
  '.cjs': 'node',
  '.js': 'node',
  '.ts': 'node',
  '.mts': 'node',
}

export function readStep({ key: name, place, value: tree }: Entry, cheffile: string, failures: Failure[]): Step {
  const source = child(tree, 'resource')
  const type = typeOf(tree)
  checkKeys(name, type, tree, failures)
  const step: Step = {
    name,
    type,
    sources: source ? patternsOf(source) : [],
    inputs: entriesOf(child(tree, 'inputs')).map(readInput),
    outputs: entriesOf(child(tree, 'outputs')).map((entry) => readOutput(entry, flagOf(tree, 'keep') ?? true)),
    only: assignmentsOf(child(tree, 'only')),
    exclude: assignmentsOf(child(tree, 'exclude')),
    env: textsOf(child(tree, 'env')),
    tools: textsOf(child(tree, 'tools')),
    needs: readNeeds(child(tree, 'needs')),
    retries: (valueOf(tree, 'retries') as number | undefined) ?? 0,
    place: valueOf(tree, 'at') === 'project' ? 'project' : 'pan',
    isolate: (valueOf(tree, 'isolate') as Step['isolate'] | undefined) ?? false,
    warm: flagOf(tree, 'warm') ?? true,
    settings: {},
    folder: place.origin.from === 'file' ? dirname(cheffile) : place.base,
    at: positionOf(place),
  }
  const command = valueOf(tree, 'command')
  if (command !== undefined) step.command = Array.isArray(command) ? command.map(String) : String(command)
  const timeout = valueOf(tree, 'timeout')
  if (timeout !== undefined) step.timeout = timeout as number
  const pool = valueOf(tree, 'pool')
  if (pool !== undefined) step.pool = pool as string
  const sbatch = valueOf(tree, 'sbatch')
  if (isMap(sbatch)) step.sbatch = sbatch
  const depfile = readDepfile(name, child(tree, 'depfile'), failures)
  if (depfile) step.depfile = depfile
  for (const key of cookKeys) {
    const setting = valueOf(tree, key)
    if (setting !== undefined) step.settings[key] = setting
  }
  return step
}

const valueOf = (tree: Tree, key: string): Value | undefined => {
  const found = child(tree, key)
  return found && plain(found)
}

const flagOf = (tree: Tree, key: string): boolean | undefined => valueOf(tree, key) as boolean | undefined

const textsOf = (tree: Tree | undefined): string[] => itemsOf(tree).map((item) => String(plain(item)))

/** Without a type: a command is for the shell, a file is what its name says. */
function typeOf(tree: Tree): StepType {
  const written = textOf(child(tree, 'type'))
  if (written !== undefined) return written as StepType
  if (child(tree, 'command')) return 'shell'
  if (child(tree, 'ingredients')) return 'image'
  const [first] = textsOf(child(tree, 'resource'))
  return typeOfExtension[extname(first ?? '').toLowerCase()] ?? 'shell'
}

/** Keys that steps of this type do not know. */
export function checkKeys(step: string, type: string, tree: Tree, failures: Failure[]): void {
  for (const { key, place } of entriesOf(tree)) {
    const types = keysOfTypes[key]
    if (types && !types.includes(type)) failures.push(failureAt('key-elsewhere', { step, key, type, types }, place))
    if (type === 'recipe' && !recipeKeys.includes(key) && !types)
      failures.push(
        failureAt('key-unknown', { where: `recipe.${step}`, key, near: undefined, known: recipeKeys }, place),
      )
  }
}

/** `from` is taken apart once all names are known (names.ts): names may hold dots themselves. */
function readInput({ key: inner, value: tree }: Entry): Input {
  const from = tree.kind === 'map' ? child(tree, 'from') : tree
  const input: Input = {
    inner,
    from: from ? String(plain(from)) : '',
    field: [],
    at: positionOf((from ?? tree).place),
  }
  const collect = child(tree, 'collect')
  if (collect) input.collect = plain(collect) as 'all' | string[]
  return input
}

function readOutput({ key: inner, value: tree }: Entry, keep: boolean): Output {
  const name = tree.kind === 'map' ? child(tree, 'name') : tree
  return {
    inner,
    name: name ? String(plain(name)) : '',
    keep: flagOf(tree, 'keep') ?? keep,
    at: positionOf((name ?? tree).place),
  }
}

const assignmentsOf = (tree: Tree | undefined): Assignment[] => itemsOf(tree).map((item) => plain(item) as ValueMap)

function readNeeds(tree: Tree | undefined): Needs {
  const needs: Needs = { burners: {} }
  for (const { key, value } of entriesOf(tree)) {
    if (key === 'cpu' || key === 'mem' || key === 'gpu' || key === 'time') needs[key] = plain(value) as Amount
    else needs.burners[key] = plain(value) as number
  }
  return needs
}

function readDepfile(step: string, tree: Tree | undefined, failures: Failure[]): Step['depfile'] {
  if (tree === undefined) return undefined
  if (tree.kind !== 'map') return { file: String(plain(tree)), format: 'make' }
  const file = textOf(child(tree, 'file'))
  const format = (textOf(child(tree, 'format')) ?? 'make') as 'make' | 'lines' | 'json'
  if (file === undefined) failures.push(failure('depfile-unnamed', { step }, positionOf(tree.place)))
  return file === undefined ? undefined : { file, format }
}
