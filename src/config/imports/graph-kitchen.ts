// Converts the graph of another tool to the parts of a kitchen: a step for each statement, a resource for each source.
import { isAbsolute, relative, resolve } from 'node:path'
import type { Position } from '../../base/failures/failure.ts'
import type { BuildGraph, Statement } from '../../importers/build-graph.ts'
import type { WrittenFileSet } from '../../files/file-set.ts'
import { literal, type Names } from '../../importers/import-result.ts'
import type { Imports, Input, Link, Output, Resource, Step, StepVariable } from '../configuration.ts'
import { sections } from '../schema/cheffile-schema.ts'
import { blankOf } from '../schema/conform.ts'

export interface GraphKitchen extends Omit<Imports, 'isAsked'> {
  resources: Resource[]
  steps: Step[]
  links: Link[]
  pools: ReadonlyMap<string, number>
}

export interface GraphSurroundings {
  /** The folder of the kitchen, below which everything is written. */
  root: string
  /** Hands out the names of results, resources and steps. */
  names: Names
  /** The build file. */
  file: string
  /** Receives absolute paths. */
  isFolder: (path: string) => boolean
  exists: (path: string) => boolean
}

export function kitchenOfGraph(graph: BuildGraph, surroundings: GraphSurroundings): GraphKitchen {
  return new GraphConverter(graph, surroundings).convert()
}

/** The files behind a path of the graph, which may be a name that stands for others. */
interface Meaning {
  /** Paths of statements with a command, and of sources. */
  paths: string[]
  /** True where a name that is no file is behind it: whatever reads it runs at every build. */
  isAlways: boolean
}

class GraphConverter {
  readonly #graph: BuildGraph
  readonly #surroundings: GraphSurroundings
  readonly #makers = new Map<string, Statement>()
  readonly #meanings = new Map<string, Meaning>()
  readonly #omitted = new Map<string, string>()
  readonly #resources = new Map<string, Resource>()
  /** Names of bundles by their patterns. */
  readonly #bundles = new Map<string, string>()
  readonly #at: (line: number | undefined) => Position

  constructor(graph: BuildGraph, surroundings: GraphSurroundings) {
    this.#graph = graph
    this.#surroundings = surroundings
    this.#at = (line) => ({ file: surroundings.file, line: line ?? 1, column: 1 })
    for (const statement of graph.statements) for (const path of statement.outputs) this.#makers.set(path, statement)
  }

  convert(): GraphKitchen {
    const { statements, defaults, omissions, pools } = this.#graph
    for (const { what, why } of omissions) this.#omitted.set(what, why)
    for (const statement of statements) this.#omitUnfit(statement)
    this.#omitDependants()
    const steps: Step[] = []
    const links: Link[] = []
    for (const statement of statements) {
      // The build file is made anew before it is read.
      if (statement.command === undefined || statement.generator) continue
      if (statement.outputs.some((path) => this.#omitted.has(path))) continue
      steps.push(this.#stepOf(statement, statement.command))
      if (statement.made === undefined) for (const path of statement.outputs) links.push(this.#linkOf(path, statement))
      else if (statement.made.length > 0) links.push(this.#spreadLinkOf(statement))
    }
    const names = new Map<string, string[]>()
    for (const path of this.#makers.keys()) {
      const { paths } = this.#meaningOf(path)
      if (!this.#omitted.has(path)) names.set(path, this.#resultsOf(paths))
    }
    return {
      resources: [...this.#resources.values()],
      steps,
      links,
      pools,
      names,
      omitted: this.#omitted,
      first: this.#graph.dyndeps.flatMap((path) => names.get(path) ?? []),
      defaults: [...new Set(defaults.flatMap((path) => names.get(path) ?? []))],
      lacking: [...new Set(defaults.flatMap((path) => this.#lackOf(path)))],
    }
  }

  /** The path itself if it is omitted, or the omitted targets behind it. */
  #lackOf(path: string): string[] {
    if (this.#omitted.has(path)) return [path]
    return this.#meaningOf(path).paths.filter((one) => this.#omitted.has(one))
  }

  #omitUnfit({ command, outputs, made }: Statement): void {
    if (command === undefined || made) return
    const { root } = this.#surroundings
    const outside = outputs.find((path) => !this.#absolute(path).startsWith(`${root}/`))
    if (outside !== undefined)
      for (const path of outputs) this.#omitted.set(path, `it writes outside of the project: ${outside}`)
  }

  /** Omits every target that needs an omitted one. */
  #omitDependants(): void {
    if (this.#omitted.size === 0) return
    const readers = new Map<string, Statement[]>()
    for (const statement of this.#graph.statements)
      for (const path of [...statement.inputs, ...statement.orderOnly])
        readers.set(path, [...(readers.get(path) ?? []), statement])
    const open = [...this.#omitted.keys()]
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      for (const { outputs } of readers.get(path) ?? []) {
        for (const output of outputs) {
          if (this.#omitted.has(output)) continue
          this.#omitted.set(output, `it needs ${path}, which is left out`)
          open.push(output)
        }
      }
    }
  }

  #meaningOf(path: string, above: readonly string[] = []): Meaning {
    const known = this.#meanings.get(path)
    if (known) return known
    const maker = this.#makers.get(path)
    let meaning: Meaning = { paths: [path], isAlways: false }
    if (maker !== undefined && maker.command === undefined && !above.includes(path)) {
      const behind = [...maker.inputs, ...maker.orderOnly].map((one) => this.#meaningOf(one, [...above, path]))
      const isNothing = behind.length === 0
      const isFile = isNothing && this.#surroundings.exists(this.#absolute(path))
      meaning = {
        paths: isFile ? [path] : [...new Set(behind.flatMap(({ paths }) => paths))],
        isAlways: isNothing ? !isFile : behind.some(({ isAlways }) => isAlways),
      }
    }
    this.#meanings.set(path, meaning)
    return meaning
  }

  #absolute(path: string): string {
    return resolve(this.#graph.folder, path)
  }

  /** True for what a command makes; a name for others, or a source, is not. */
  #isMade(path: string): boolean {
    const maker = this.#makers.get(path)
    return maker?.command !== undefined && !maker.generator
  }

  #resultsOf(paths: readonly string[]): string[] {
    return paths.filter((path) => this.#isMade(path)).map((path) => this.#nameOf(path))
  }

  /** Results and resources are named by their paths, as the other tool writes them. */
  #nameOf(path: string): string {
    const wanted = this.#makers.get(path)?.made ? `${path}.files` : path
    return this.#surroundings.names.of(this.#absolute(path), wanted)
  }

  #stepOf(statement: Statement, command: string): Step {
    const { outputs, folder, line, pool, depfile, response, restat, isAlways, takesDepfile, programs, title } =
      statement
    const at = this.#at(line)
    const inputs = statement.inputs.map((path) => this.#meaningOf(path))
    const inner = (path: string): string => relative(folder, this.#absolute(path))
    const blank = blankOf(sections.recipe.shape.of)
    const { only, exclude, tools, needs, retries, warm } = blank
    return {
      ...{ only, exclude, tools, needs, retries, warm },
      name: this.#surroundings.names.of(`step ${this.#absolute(outputs[0] ?? command)}`, title ?? `make_${outputs[0]}`),
      type: 'shell',
      timeout: undefined,
      isolate: false,
      trace: undefined,
      sbatch: undefined,
      sources: [],
      command,
      inputs: [...this.#inputsOf(statement, inputs, at), ...this.#bundlesOf(statement, at)],
      outputs: outputs.map((path): Output => {
        const output = { name: this.#nameOf(path), keep: true, at }
        const files = this.#filesOf(statement)
        return files ? { ...output, inner: path, files } : { ...output, inner: inner(path) }
      }),
      pours: [],
      env: variablesOf(statement),
      place: 'project',
      pool,
      depfile: depfile === undefined ? undefined : { file: depfile, format: 'make' },
      settings: {},
      folder,
      imported: {
        folder: relative(this.#surroundings.root, folder) || '.',
        isSparing: restat === true,
        isAlways: isAlways === true || inputs.some((one) => one.isAlways),
        takesDepfile: takesDepfile === true,
        ...(response && { response }),
        ...(programs && { programs }),
      },
      at,
    }
  }

  #filesOf({ made, checkedIn = [] }: Statement): WrittenFileSet | undefined {
    return made && { folder: this.#graph.folder, patterns: made, except: checkedIn }
  }

  /** Reads files whose names nobody knows before. Tasks with the same patterns share a resource. */
  #bundlesOf({ sources = [], title = '' }: Statement, at: Position): Input[] {
    return sources.map((written) => {
      const key = JSON.stringify(written)
      let name = this.#bundles.get(key)
      if (name === undefined) {
        name = this.#surroundings.names.of(`bundle ${this.#graph.folder} ${key}`, `${title}.sources`)
        const patterns = written.map((pattern) => ({ base: this.#graph.folder, pattern, dot: true as const }))
        this.#bundles.set(key, name)
        this.#resources.set(name, { name, kind: 'bundle', patterns, isImported: true, at })
      }
      return { inner: name, from: name, field: [], collect: undefined, at }
    })
  }

  #inputsOf({ orderOnly, outputs }: Statement, read: readonly Meaning[], at: Position): Input[] {
    const own = new Set(outputs)
    const counted = new Set(read.flatMap(({ paths }) => paths).filter((path) => !own.has(path)))
    const before = new Set(
      orderOnly
        .flatMap((path) => this.#meaningOf(path).paths)
        .filter((path) => this.#isMade(path) && !counted.has(path) && !own.has(path)),
    )
    const inputs: Input[] = []
    for (const path of counted) {
      if (!this.#isMade(path) && this.#surroundings.isFolder(this.#absolute(path))) continue
      inputs.push({ inner: path, from: this.#sourceOf(path, at), field: [], collect: undefined, at })
    }
    for (const path of before)
      inputs.push({ inner: path, from: this.#nameOf(path), field: [], collect: undefined, isOrderOnly: true, at })
    return inputs
  }

  /** The name of a result, or of a resource, which is made when it is first read. */
  #sourceOf(path: string, at: Position): string {
    const name = this.#nameOf(path)
    if (!this.#isMade(path) && !this.#resources.has(name)) {
      const patterns = [{ base: this.#graph.folder, pattern: path, literal: true as const }]
      this.#resources.set(name, { name, kind: 'files', patterns, isImported: true, at })
    }
    return name
  }

  #spreadLinkOf({ outputs: [path = ''], line }: Statement): Link {
    return { result: this.#nameOf(path), pattern: '.', base: this.#graph.folder, isSpread: true, at: this.#at(line) }
  }

  #linkOf(path: string, { line }: Statement): Link {
    const base = isAbsolute(path) ? '/' : this.#graph.folder
    return { result: this.#nameOf(path), pattern: literal(path), base, at: this.#at(line) }
  }
}

function variablesOf({ env = {} }: Statement): StepVariable[] {
  return Object.entries(env).map(([name, value]) => ({
    name,
    ...(typeof value === 'string' && { value }),
    counts: true,
  }))
}
