// Converts build.ninja to a cheffile. Every build statement becomes a step that runs where ninja runs it.
import { isAbsolute, normalize, relative } from 'node:path'
import type { Value, ValueMap } from '../base/value.ts'
import { freshFiles, type ImportResult, type Omission, literal, Names, quoted } from './import-result.ts'
import type { NinjaEdge, NinjaFile } from './ninja-read.ts'

/** `folder` is the absolute folder of build.ninja. */
export function kitchenOfNinja(file: NinjaFile, folder: string): ImportResult {
  const plain = (path: string): string => plainPath(path, folder)
  const makers = new Map<string, NinjaEdge>()
  for (const edge of file.edges) for (const output of edge.outputs) makers.set(plain(output), edge)
  const left: Omission[] = []
  const wanted: ReadonlySet<NinjaEdge | undefined> = reachable(file, makers, plain, left)
  const names = new Names()
  const resources: ValueMap = {}
  const recipe: ValueMap = {}
  const links: ValueMap = {}
  const pools = new Set<string>()
  for (const edge of wanted) {
    if (edge === undefined) continue
    const outputs = [...new Set(edge.outputs.map(plain))]
    const step = readStep(edge, { outputs, makers, plain, names, resources, folder })
    const pool = edge.value('pool')
    if (pool) {
      pools.add(pool)
      step.pool = pool
    }
    recipe[names.of(`step ${outputs[0]}`, `make_${outputs[0]}`)] = step
    for (const output of outputs) links[names.of(output, output)] = literal(output)
  }
  const targets = targetsOf(file, makers, plain).filter((path) => wanted.has(makers.get(path)))
  const cheffile: ValueMap = {
    resources,
    recipe,
    links,
    options: { targets: targets.map((path) => names.of(path, path)) },
  }
  if (pools.size > 0) {
    cheffile.kitchen = {
      pools: Object.fromEntries([...pools].map((pool) => [pool, Math.max(1, file.pools.get(pool) ?? 1)])),
    }
  }
  return { cheffile, left }
}

/** Ninja writes the same file in both ways, so paths below the folder become relative and others absolute. */
function plainPath(path: string, folder: string): string {
  const whole = normalize(isAbsolute(path) ? path : `${folder}/${path}`)
  return whole.startsWith(`${folder}/`) ? relative(folder, whole) : whole
}

/** Keeps a near path relative to the folder, so that a kitchen can be moved as a whole. */
function nearPath(path: string, folder: string): string {
  const near = isAbsolute(path) ? relative(folder, path) : path
  return near.startsWith('../../../') ? path : near
}

type Makers = ReadonlyMap<string, NinjaEdge>
type Plain = (path: string) => string

/** Returns the files behind a phony name, or the path itself. */
function behind(path: string, makers: Makers, plain: Plain, seen = new Set<string>()): string[] {
  const edge = makers.get(path)
  if (edge?.rule !== 'phony' || seen.has(path)) return [path]
  seen.add(path)
  return [...edge.inputs, ...edge.implicit, ...edge.orderOnly].flatMap((one) => behind(plain(one), makers, plain, seen))
}

function targetsOf(file: NinjaFile, makers: Makers, plain: Plain): string[] {
  const read = new Set(file.edges.flatMap((edge) => [...edge.inputs, ...edge.implicit, ...edge.orderOnly].map(plain)))
  const roots =
    file.defaults.length > 0 ? file.defaults.map(plain) : [...makers.keys()].filter((path) => !read.has(path))
  return [...new Set(roots.flatMap((path) => behind(path, makers, plain)))]
}

/** Returns the build statements that the default targets need, each after those it waits for. */
function reachable(file: NinjaFile, makers: Makers, plain: Plain, left: Omission[]): Set<NinjaEdge> {
  const found = new Set<NinjaEdge>()
  const unfit = new Map<NinjaEdge, string>()
  const visit = (path: string): boolean => {
    const edge = makers.get(path)
    if (!edge || edge.rule === 'phony' || found.has(edge)) return true
    if (unfit.has(edge)) return false
    const why = whyUnfit(edge, plain)
    if (why !== undefined) {
      unfit.set(edge, why)
      return false
    }
    // Marked before its inputs, because reporting circles is ninja's task.
    found.add(edge)
    const missing = [...edge.inputs, ...edge.implicit, ...edge.orderOnly]
      .flatMap((one) => behind(plain(one), makers, plain))
      .filter((one) => !visit(one))
    if (missing.length === 0) return true
    found.delete(edge)
    unfit.set(edge, `it needs ${missing[0]}, which is left out`)
    return false
  }
  for (const target of targetsOf(file, makers, plain)) visit(target)
  for (const [edge, why] of unfit) left.push({ what: edge.outputs[0] ?? edge.rule, why, line: edge.line })
  const other = file.edges.filter((edge) => edge.rule !== 'phony' && !found.has(edge) && !unfit.has(edge))
  for (const { outputs, rule, line } of other)
    left.push({ what: outputs[0] ?? rule, why: 'no default target needs it', line })
  return found
}

function whyUnfit(edge: NinjaEdge, plain: Plain): string | undefined {
  if (edge.value('generator') !== undefined) return 'it makes build.ninja itself anew: import again after that'
  if (edge.value('dyndep') !== undefined) return 'chef knows no dyndep'
  if (edge.value('deps') === 'msvc') return 'chef reads no deps of msvc'
  if (edge.value('command') === undefined) return `rule "${edge.rule}" has no command`
  const outside = edge.outputs.map(plain).find(isAbsolute)
  return outside === undefined ? undefined : `it writes outside of its folder: ${outside}`
}

interface Surroundings {
  outputs: string[]
  makers: Makers
  plain: Plain
  names: Names
  resources: ValueMap
  folder: string
}

function readStep(edge: NinjaEdge, { outputs, makers, plain, names, resources, folder }: Surroundings): ValueMap {
  const inputs: ValueMap = {}
  const before = [freshFiles]
  const made = new Set<string>()
  const files = [...edge.inputs, ...edge.implicit].flatMap((path) => behind(plain(path), makers, plain))
  // Order-only inputs are read as well, because chef has no order without a dependency.
  const earlier = edge.orderOnly
    .flatMap((path) => behind(plain(path), makers, plain))
    .filter((path) => makers.has(path))
  for (const path of new Set([...files, ...earlier])) {
    const inner = `i${Object.keys(inputs).length + 1}`
    const near = nearPath(path, folder)
    const name = names.of(path, near)
    inputs[inner] = name
    if (makers.has(path) && makers.get(path)?.rule !== 'phony') {
      made.add(path)
      before.push(`fresh {${inner}} ${literal(quoted(path))}`)
    } else resources[name] = near
  }
  if (made.size === 0) before.shift()
  const folders = [...new Set(outputs.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))))].filter(Boolean)
  if (folders.length > 0) before.push(literal(`mkdir -p ${folders.map(quoted).join(' ')}`))
  const response = edge.value('rspfile')
  if (response)
    before.push(
      literal(
        `printf '%s\\n' '${(edge.value('rspfile_content') ?? '').replaceAll("'", "'\\''")}' > ${quoted(response)}`,
      ),
    )
  // A command may leave an unchanged output alone, but a chef step must write what it promises.
  const after = edge.value('restat') ? [literal(`touch -c ${outputs.map(quoted).join(' ')}`)] : []
  const command = [...before, `{ ${literal(edge.value('command') ?? '')}\n}`, ...after].join(' &&\n')
  const depfile = edge.value('depfile')
  const step: { [key: string]: Value } = {
    command,
    inputs,
    outputs: Object.fromEntries(outputs.map((path) => [path, names.of(path, path)])),
    at: 'project',
    ...(depfile && { depfile: { file: depfile, format: 'make' } }),
  }
  return step
}
