// Writes an imported graph out as a cheffile, for those who want to leave the other tool.
import { isAbsolute, relative, resolve } from 'node:path'
import type { Value, ValueMap } from '../../base/value.ts'
import { type ImportResult, literal, type Omission, quoted } from '../../importers/import-result.ts'
import type { ImportedStep, Link, Resource, Step } from '../configuration.ts'
import type { ImportedGraphs } from './import-graphs.ts'

type Graphs = Pick<ImportedGraphs, 'imports' | 'resources' | 'steps' | 'links' | 'pools'>

/** Holds the steps that the default targets need. */
export function cheffileOf({ imports, resources, steps, links, pools }: Graphs, root: string): ImportResult {
  const makers = new Map(steps.flatMap((step) => step.outputs.map(({ name }) => [name, step] as const)))
  const left: Omission[] = [...imports.omitted].map(([what, why]) => ({ what, why }))
  const needed = stepsBehind(imports.defaults, makers)
  const cheffile: ValueMap = { resources: {}, recipe: {}, links: {}, options: { targets: imports.defaults } }
  const read = new Set<string>()
  const recipe: ValueMap = {}
  const used = new Map<string, number>()
  for (const step of steps) {
    const { imported, outputs, at } = step
    const what = outputs[0]?.inner ?? step.name
    if (imported === undefined) continue
    if (!needed.has(step)) left.push({ what, why: 'no default target needs it', line: at.line })
    else if (imported.isAlways)
      left.push({ what, why: 'it runs at every build: chef runs what is stale', line: at.line })
    else {
      for (const { from } of step.inputs) read.add(from)
      recipe[step.name] = stepText(step, imported)
      if (step.pool !== undefined) used.set(step.pool, Math.max(1, pools.get(step.pool) ?? 1))
    }
  }
  const made = new Set([...needed].flatMap(({ outputs }) => outputs.map(({ name }) => name)))
  cheffile.recipe = recipe
  cheffile.resources = Object.fromEntries(
    resources.filter(({ name }) => read.has(name)).map((resource) => [resource.name, pathOf(resource, root)]),
  )
  cheffile.links = Object.fromEntries(
    links.filter(({ result }) => made.has(result)).map((link) => [link.result, placeOf(link, root)]),
  )
  if (used.size > 0) cheffile.kitchen = { pools: Object.fromEntries(used) }
  return { cheffile, left }
}

function stepsBehind(results: readonly string[], makers: ReadonlyMap<string, Step>): Set<Step> {
  const found = new Set<Step>()
  const open = [...results]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const step = makers.get(name)
    if (step === undefined || found.has(step)) continue
    found.add(step)
    open.push(...step.inputs.map(({ from }) => from))
  }
  return found
}

function stepText(step: Step, { isSparing, response }: ImportedStep): ValueMap {
  const { command = '', inputs, outputs, depfile, pool, env } = step
  const lines = [`{ ${literal(String(command))}\n}`]
  if (response) {
    const content = response.content.replaceAll("'", "'\\''")
    lines.unshift(literal(`printf '%s\\n' '${content}' > ${quoted(response.path)}`))
  }
  // The command may leave an unchanged output alone, and a step has to write what it promises.
  if (isSparing) lines.push(literal(`touch -c ${outputs.map(({ inner }) => quoted(inner)).join(' ')}`))
  const variables = env.map(({ name, value }): [string, Value] => [name, value ?? { from: 'environment' }])
  return {
    command: lines.length === 1 ? literal(String(command)) : lines.join(' &&\n'),
    inputs: Object.fromEntries(inputs.map(({ from }, at) => [`i${at + 1}`, from])),
    outputs: Object.fromEntries(outputs.map(({ inner, name }) => [inner, name])),
    at: 'project',
    ...(depfile && { depfile: { ...depfile } }),
    ...(pool !== undefined && { pool }),
    ...(variables.length > 0 && { env: Object.fromEntries(variables) }),
  }
}

function pathOf({ patterns: [first] }: Resource, root: string): string {
  return first === undefined ? '' : nearPath(resolve(first.base, first.pattern), root)
}

function placeOf({ base, pattern }: Link, root: string): string {
  return relative(root, resolve(base, pattern))
}

/** Keeps a near path relative to the folder, so that a kitchen can be moved as a whole. */
function nearPath(path: string, root: string): string {
  const near = isAbsolute(path) ? relative(root, path) : path
  return near.startsWith('../../../') ? path : near
}
