// Reads the stages of a dvc.yaml, expands foreach and matrix, and looks up `${...}`.
import { fieldOf, isMap, plainText, type Value, type ValueMap } from '../base/value.ts'
import type { Omission } from './import-result.ts'

export interface DvcProject {
  dvc: Value
  /** Returns the values in a parameter file, or undefined if there is no such file. */
  values: (file: string) => Value | undefined
  isFolder: (path: string) => boolean
}

export interface Stage {
  name: string
  spec: ValueMap
  /** Holds `item`, `key` and inline vars. */
  scope: ValueMap
}

export const defaultParams = 'params.yaml'

/** Returns every file from which a dvc.yaml takes values. */
export function parameterFiles(dvc: Value): string[] {
  if (!isMap(dvc)) return [defaultParams]
  const bodies = Object.values(isMap(dvc.stages) ? dvc.stages : {}).map((stage) =>
    isMap(stage) && isMap(stage.do) ? stage.do : stage,
  )
  const named = bodies
    .flatMap((stage) => (isMap(stage) && Array.isArray(stage.params) ? stage.params : []))
    .filter(isMap)
  return [...new Set([...varsOf(dvc.vars).files, ...named.flatMap((one) => Object.keys(one))])]
}

export interface Vars {
  inline: ValueMap
  /** Files in which `${...}` looks, the default one first. */
  files: string[]
}

export function varsOf(vars: Value | undefined): Vars {
  const all = Array.isArray(vars) ? vars : []
  const inline: ValueMap = Object.assign({}, ...all.filter(isMap))
  const files = all.filter((one) => typeof one === 'string').map((one) => one.split(':', 1)[0] ?? one)
  return { inline, files: [defaultParams, ...files] }
}

export function stagesOf(
  { name, spec }: { name: string; spec: Value },
  { inline, files }: Vars,
  project: DvcProject,
  left: Omission[],
): Stage[] {
  if (!isMap(spec)) return []
  if (spec.frozen === true) {
    left.push({ what: name, why: 'it is frozen' })
    return []
  }
  const resolve = (value: Value): Value => {
    const path = typeof value === 'string' ? /^\$\{([^}]+)\}$/.exec(value)?.[1] : undefined
    return path === undefined ? value : (lookUp(path, inline, files, project) ?? value)
  }
  if (spec.foreach !== undefined && isMap(spec.do)) {
    const over = resolve(spec.foreach)
    const pairs: [string, ValueMap][] = Array.isArray(over)
      ? over.map((item): [string, ValueMap] => [isMap(item) ? '' : plainText(item), { item }])
      : Object.entries(isMap(over) ? over : {}).map(([key, item]): [string, ValueMap] => [key, { item, key }])
    const body = spec.do
    return pairs.map(([key, scope], at) => ({
      name: `${name}@${key || at}`,
      spec: body,
      scope: { ...inline, ...scope },
    }))
  }
  if (isMap(spec.matrix)) {
    const axes = Object.entries(spec.matrix).map(([axis, values]) => [axis, resolve(values)] as const)
    return product(axes).map((item) => {
      const tail = Object.entries(item).map(([axis, value]) =>
        isMap(value) || Array.isArray(value)
          ? `${axis}${listOf(axes.find(([one]) => one === axis)?.[1] ?? []).indexOf(value)}`
          : plainText(value),
      )
      return { name: `${name}@${tail.join('-')}`, spec, scope: { ...inline, item, key: tail.join('-') } }
    })
  }
  return [{ name, spec, scope: inline }]
}

const listOf = (value: Value): Value[] => (Array.isArray(value) ? value : [value])

function product(axes: (readonly [string, Value])[]): ValueMap[] {
  let found: ValueMap[] = [{}]
  for (const [axis, values] of axes)
    found = found.flatMap((one) => listOf(values).map((value) => ({ ...one, [axis]: value })))
  return found
}

export function lookUp(path: string, scope: ValueMap, files: string[], project: DvcProject): Value | undefined {
  const parts = path
    .trim()
    .replace(/\[(\w+)\]/g, '.$1')
    .split('.')
  const inScope = deep(scope, parts)
  if (inScope !== undefined) return inScope
  for (const file of files) {
    const found = deep(project.values(file) ?? null, parts)
    if (found !== undefined) return found
  }
  return undefined
}

export function deep(value: Value, parts: string[]): Value | undefined {
  let here: Value | undefined = value
  for (const part of parts)
    here = Array.isArray(here) ? here[Number(part)] : here === undefined ? undefined : fieldOf(here, [part])
  return here
}
