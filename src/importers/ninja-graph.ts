// Converts build.ninja to a build graph: a statement for every build statement, with its variables expanded.
import { basename, isAbsolute, normalize, relative, resolve } from 'node:path'
import type { BuildGraph, Statement } from './build-graph.ts'
import type { Omission } from './import-result.ts'
import { type NinjaEdge, type NinjaFile, readNinja } from './ninja-read.ts'

/** `read` takes paths as ninja writes them: absolute, or relative to the folder of the file. */
export function graphOfNinja(file: string, folder: string, read: (path: string) => string): BuildGraph {
  const ninja = readNinja(file, read)
  const plain = (path: string): string => plainPath(path, folder)
  const omissions: Omission[] = []
  const made = new Set(ninja.edges.flatMap((edge) => edge.outputs.map(plain)))
  const dyndeps = new Dyndeps(read, plain)
  const statements = ninja.edges.flatMap((edge): Statement[] => {
    const more = dyndeps.of(edge)
    const why = more === undefined ? 'what it reads is not known until its dyndep file is made' : whyUnfit(edge)
    if (more && why === undefined) return [statementOf(edge, folder, plain, more)]
    omissions.push({ what: plain(edge.outputs[0] ?? edge.rule), why: why ?? '', line: edge.line })
    return []
  })
  return {
    folder,
    statements,
    dyndeps: dyndeps.files.filter((path) => made.has(path)),
    defaults: defaultsOf(ninja, plain),
    pools: new Map([...ninja.pools, ['console', 1]]),
    files: [...new Set([...ninja.files, ...dyndeps.files, ...generatorInputs(ninja, file)])].map((path) =>
      resolve(folder, path),
    ),
    omissions,
  }
}

/**
 * ninja takes `./a`, `b/../a` and the absolute path for the same file. A near path is relative, so that another copy of the
 * project has the same names.
 */
function plainPath(path: string, folder: string): string {
  const whole = normalize(isAbsolute(path) ? path : `${folder}/${path}`)
  const near = relative(folder, whole)
  return near.startsWith('../../../') ? whole : near
}

/** Another content of these makes another build file. */
function generatorInputs({ edges }: NinjaFile, file: string): string[] {
  const generators = edges.filter((edge) => edge.value('generator') !== undefined)
  const own = generators.filter((edge) => edge.outputs.some((path) => basename(path) === basename(file)))
  return own.flatMap((edge) => [...edge.inputs, ...edge.implicit])
}

/** The additions of a dyndep file to a statement. */
interface Dyndep {
  outputs: string[]
  inputs: string[]
  restat: boolean
}

const noDyndep: Dyndep = { outputs: [], inputs: [], restat: false }

class Dyndeps {
  readonly #read: (path: string) => string
  readonly #plain: (path: string) => string
  /** By the first output of the statement that is meant; undefined for a file that is not there. */
  readonly #files = new Map<string, ReadonlyMap<string, Dyndep> | undefined>()

  constructor(read: (path: string) => string, plain: (path: string) => string) {
    this.#read = read
    this.#plain = plain
  }

  get files(): string[] {
    return [...this.#files.keys()]
  }

  /** Undefined where the file is not made yet. */
  of(edge: NinjaEdge): Dyndep | undefined {
    const file = edge.value('dyndep')
    if (!file) return noDyndep
    const path = this.#plain(file)
    if (!this.#files.has(path)) this.#files.set(path, this.#parse(file))
    const known = this.#files.get(path)
    return known && (known.get(this.#plain(edge.outputs[0] ?? '')) ?? noDyndep)
  }

  #parse(file: string): ReadonlyMap<string, Dyndep> | undefined {
    let text: string
    try {
      text = this.#read(file)
    } catch {
      return undefined
    }
    const plain = this.#plain
    return new Map(
      readNinja(file, () => text).edges.map((edge) => {
        const [first = '', ...outputs] = edge.outputs.map(plain)
        const inputs = edge.implicit.map(plain)
        return [first, { outputs, inputs, restat: Boolean(edge.value('restat')) }]
      }),
    )
  }
}

function whyUnfit(edge: NinjaEdge): string | undefined {
  if (edge.rule === 'phony') return undefined
  if (edge.value('deps') === 'msvc') return 'chef reads no deps of msvc'
  if (edge.value('command') === undefined) return `rule "${edge.rule}" has no command`
  return undefined
}

function statementOf(edge: NinjaEdge, folder: string, plain: (path: string) => string, more: Dyndep): Statement {
  const { line } = edge
  const common = {
    folder,
    // CMake names some outputs twice, by both of their paths.
    outputs: [...new Set([...edge.outputs.map(plain), ...more.outputs])],
    inputs: [...[...edge.inputs, ...edge.implicit].map(plain), ...more.inputs],
    orderOnly: edge.orderOnly.map(plain),
    line,
  }
  if (edge.rule === 'phony') return { ...common, command: undefined }
  const [depfile, pool, response] = ['depfile', 'pool', 'rspfile'].map((name) => edge.value(name) || undefined)
  return {
    ...common,
    command: edge.value('command'),
    ...(depfile !== undefined && { depfile, takesDepfile: edge.value('deps') === 'gcc' }),
    ...(pool !== undefined && { pool, isConsole: pool === 'console' }),
    ...((edge.value('restat') || more.restat) && { restat: true }),
    ...(edge.value('generator') !== undefined && { generator: true }),
    ...(response !== undefined && { response: { path: response, content: edge.value('rspfile_content') ?? '' } }),
  }
}

/** Without a `default` statement, ninja builds everything that nothing else reads. */
function defaultsOf({ edges, defaults }: NinjaFile, plain: (path: string) => string): string[] {
  if (defaults.length > 0) return defaults.map(plain)
  const read = new Set(edges.flatMap((edge) => [...edge.inputs, ...edge.implicit, ...edge.orderOnly].map(plain)))
  return edges.flatMap((edge) => edge.outputs.map(plain)).filter((path) => !read.has(path))
}
