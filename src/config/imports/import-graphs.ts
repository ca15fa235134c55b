// Reads the build files that `imports` names, and converts their graphs to parts of the kitchen.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { type Failure, failure, Refusal } from '../../base/failures/failure.ts'
import type { BuildGraph } from '../../importers/build-graph.ts'
import { Names } from '../../importers/import-result.ts'
import type { Imports, Link, Resource, Step } from '../configuration.ts'
import type { PlacedText } from '../origin.ts'
import { failureAt } from '../reading/syntax-tree.ts'
import { graphFiles, isBuildFile, isMakefile, isTaskFile } from './build-file.ts'
import { kitchenOfGraph } from './graph-kitchen.ts'

export interface ImportedGraphs {
  imports: Imports
  resources: Resource[]
  steps: Step[]
  links: Link[]
  pools: ReadonlyMap<string, number>
  /** Absolute paths of everything that was read. */
  files: string[]
  failures: Failure[]
  /** Finds the result that a name or path of the other tool stands for, where it is a single one. */
  resultOf: (name: string) => string | undefined
}

export interface ImportOptions {
  /** The folder of the kitchen. */
  root: string
  /** Names that the cheffile gives itself. */
  taken: readonly string[]
  /** True where build files whose inputs changed are made anew before they are read. */
  regenerates: boolean
  /** The environment that steps run in: make decides by it as well. */
  environment: { readonly [name: string]: string | undefined }
}

export async function importGraphs(
  written: readonly PlacedText[],
  { root, taken, regenerates, environment }: ImportOptions,
): Promise<ImportedGraphs> {
  const names = new Names()
  for (const name of taken) names.take(name)
  const isAsked = written.some(({ text }) => isMakefile(text))
  const imports: Imports = { defaults: [], first: [], names: new Map(), isAsked, omitted: new Map(), lacking: [] }
  const all: Omit<ImportedGraphs, 'imports' | 'resultOf'> & { pools: Map<string, number> } = {
    ...{ resources: [], steps: [], links: [], files: [], failures: [] },
    pools: new Map(),
  }
  for (const { text, place } of written) {
    const file = resolve(place.base, text)
    if (!existsSync(file)) {
      all.failures.push(failureAt('file-missing', { file, as: 'the file to import' }, place))
      continue
    }
    const graph = regenerates ? await currentGraph(file, environment) : await graphOf(file, environment)
    const kitchen = kitchenOfGraph(graph, { root, names, file, exists: existsSync, isFolder })
    imports.isAsked ||= graph.isAsked ?? false
    all.resources.push(...kitchen.resources)
    all.steps.push(...kitchen.steps)
    all.links.push(...kitchen.links)
    all.files.push(...graph.files)
    for (const [pool, depth] of kitchen.pools) all.pools.set(pool, depth)
    imports.defaults.push(...kitchen.defaults)
    imports.first.push(...kitchen.first)
    imports.lacking.push(...kitchen.lacking)
    for (const [target, why] of kitchen.omitted) imports.omitted.set(target, why)
    for (const [name, results] of kitchen.names) {
      // Two graphs may use one name; the path in the project tells their targets apart.
      if (!imports.names.has(name)) imports.names.set(name, results)
      imports.names.set(relative(root, resolve(graph.folder, name)), results)
    }
  }
  return {
    ...all,
    imports,
    resultOf: (name) => {
      const results = imports.names.get(name)
      return results?.length === 1 ? results[0] : undefined
    },
  }
}

type Environment = ImportOptions['environment']

/** A build file that was made anew can name others that have to be made anew. */
const mostRegenerations = 20

async function currentGraph(file: string, environment: Environment): Promise<BuildGraph> {
  const { regenerate, staleGenerators } = await import('./regeneration.ts')
  let graph = await graphOf(file, environment)
  for (let round = 0; round < mostRegenerations; round++) {
    const generators = staleGenerators(graph)
    if (generators.length === 0) return graph
    for (const generator of generators) await regenerate(generator, graph)
    graph = await graphOf(file, environment)
  }
  return graph
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

async function graphOf(file: string, environment: Environment): Promise<BuildGraph> {
  if (isMakefile(file)) return graphOfMakefile(file, environment)
  if (isTaskFile(file)) return graphOfTaskFile(file, environment)
  if (isBuildFile(file)) return graphOfNinjaFile(file)
  throw new Refusal([failure('import-unknown', { file: basename(file), known: graphFiles })])
}

async function graphOfNinjaFile(file: string): Promise<BuildGraph> {
  const { graphOfNinja } = await import('../../importers/ninja-graph.ts')
  const { NinjaFault } = await import('../../importers/ninja-read.ts')
  const folder = dirname(file)
  try {
    return graphOfNinja(file, folder, (path) => readFileSync(resolve(folder, path), 'utf8'))
  } catch (error) {
    if (!(error instanceof NinjaFault)) throw error
    const at = { file: resolve(folder, error.file), line: error.line, column: 1 }
    throw new Refusal([failure('file-syntax', { language: 'build.ninja', reason: error.message }, at)])
  }
}

async function graphOfMakefile(file: string, environment: Environment): Promise<BuildGraph> {
  const { readMake } = await import('../../importers/make/make-graph.ts')
  const { MakeFault } = await import('../../importers/make/make-ask.ts')
  try {
    return await readMake(file, environment)
  } catch (error) {
    if (!(error instanceof MakeFault)) throw error
    const at = { file: error.file, line: error.line, column: 1 }
    throw new Refusal([failure('file-syntax', { language: 'Makefile', reason: error.message }, at)])
  }
}

async function graphOfTaskFile(file: string, environment: Environment): Promise<BuildGraph> {
  const { readTaskGraph } = await import('../../importers/tasks/read-tasks.ts')
  const { TaskFault } = await import('../../importers/tasks/workspace.ts')
  try {
    return await readTaskGraph(file, environment)
  } catch (error) {
    if (!(error instanceof TaskFault)) throw error
    const at = { file: error.file, line: error.line, column: 1 }
    throw new Refusal([failure('file-syntax', { language: basename(error.file), reason: error.message }, at)])
  }
}
