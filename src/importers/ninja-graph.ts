// Converts build.ninja to a build graph: a statement for every build statement, with its variables expanded.
import { isAbsolute, normalize, relative, resolve } from 'node:path'
import type { BuildGraph, Statement } from './build-graph.ts'
import type { Omission } from './import-result.ts'
import { type NinjaEdge, type NinjaFile, readNinja } from './ninja-read.ts'

/** `read` takes paths as ninja writes them: absolute, or relative to the folder of the file. */
export function graphOfNinja(file: string, folder: string, read: (path: string) => string): BuildGraph {
  const ninja = readNinja(file, read)
  const plain = (path: string): string => plainPath(path, folder)
  const omissions: Omission[] = []
  const statements = ninja.edges.flatMap((edge): Statement[] => {
    const why = whyUnfit(edge)
    if (why === undefined) return [statementOf(edge, folder, plain)]
    omissions.push({ what: plain(edge.outputs[0] ?? edge.rule), why, line: edge.line })
    return []
  })
  return {
    folder,
    statements,
    defaults: defaultsOf(ninja, plain),
    pools: new Map([...ninja.pools, ['console', 1]]),
    files: ninja.files.map((path) => resolve(folder, path)),
    omissions,
  }
}

/** ninja takes `./a`, `b/../a` and the absolute path for the same file. */
function plainPath(path: string, folder: string): string {
  const whole = normalize(isAbsolute(path) ? path : `${folder}/${path}`)
  return whole.startsWith(`${folder}/`) ? relative(folder, whole) : whole
}

function whyUnfit(edge: NinjaEdge): string | undefined {
  if (edge.rule === 'phony') return undefined
  if (edge.value('deps') === 'msvc') return 'chef reads no deps of msvc'
  if (edge.value('command') === undefined) return `rule "${edge.rule}" has no command`
  return undefined
}

function statementOf(edge: NinjaEdge, folder: string, plain: (path: string) => string): Statement {
  const { line } = edge
  const common = {
    folder,
    // CMake names some outputs twice, by both of their paths.
    outputs: [...new Set(edge.outputs.map(plain))],
    inputs: [...edge.inputs, ...edge.implicit].map(plain),
    orderOnly: edge.orderOnly.map(plain),
    line,
  }
  if (edge.rule === 'phony') return { ...common, command: undefined }
  const [depfile, pool, response, dyndep] = ['depfile', 'pool', 'rspfile', 'dyndep'].map(
    (name) => edge.value(name) || undefined,
  )
  return {
    ...common,
    command: edge.value('command'),
    ...(depfile !== undefined && { depfile, takesDepfile: edge.value('deps') === 'gcc' }),
    ...(pool !== undefined && { pool, isConsole: pool === 'console' }),
    ...(edge.value('restat') && { restat: true }),
    ...(edge.value('generator') !== undefined && { generator: true }),
    ...(response !== undefined && { response: { path: response, content: edge.value('rspfile_content') ?? '' } }),
    ...(dyndep !== undefined && { dyndep: plain(dyndep) }),
  }
}

/** Without a `default` statement, ninja builds everything that nothing else reads. */
function defaultsOf({ edges, defaults }: NinjaFile, plain: (path: string) => string): string[] {
  if (defaults.length > 0) return defaults.map(plain)
  const read = new Set(edges.flatMap((edge) => [...edge.inputs, ...edge.implicit, ...edge.orderOnly].map(plain)))
  return edges.flatMap((edge) => edge.outputs.map(plain)).filter((path) => !read.has(path))
}
