// Converts dvc.yaml to a cheffile. Every stage becomes a step that runs where dvc runs it; foreach and matrix stages
// are expanded.
import { normalize } from 'node:path'
import { isMap, plainText, type Value, type ValueMap } from '../base/value.ts'
import { deep, defaultParams, type DvcProject, lookUp, type Stage, stagesOf, varsOf } from './dvc-stages.ts'
import { freshFolders, type ImportResult, type Omission, literal, Names, quoted } from './import-result.ts'

const carried = new Set([
  'cmd',
  'deps',
  'params',
  'outs',
  'metrics',
  'plots',
  'wdir',
  'desc',
  'foreach',
  'do',
  'matrix',
  'vars',
  'frozen',
])

export function kitchenOfDvc(project: DvcProject): ImportResult {
  const left: Omission[] = []
  const { dvc } = project
  if (!isMap(dvc) || !isMap(dvc.stages))
    return { cheffile: { recipe: {} }, left: [{ what: 'dvc.yaml', why: 'it has no stages' }] }
  for (const key of Object.keys(dvc))
    if (!['stages', 'vars', 'plots', 'metrics', 'params'].includes(key))
      left.push({ what: key, why: 'chef has no such thing' })
  const vars = varsOf(dvc.vars)
  const stages = Object.entries(dvc.stages).flatMap(([name, spec]) => stagesOf({ name, spec }, vars, project, left))
  const writer = new DvcKitchen(project, vars.files, left)
  for (const stage of stages) writer.claim(stage)
  for (const stage of stages) writer.add(stage)
  return { cheffile: writer.cheffile(), left }
}

class DvcKitchen {
  readonly #project: DvcProject
  readonly #files: string[]
  readonly #left: Omission[]
  readonly #names = new Names()
  readonly #made = new Set<string>()
  readonly #resources: ValueMap = {}
  readonly #flavours: ValueMap = {}
  readonly #recipe: ValueMap = {}
  readonly #links: ValueMap = {}

  constructor(project: DvcProject, files: string[], left: Omission[]) {
    this.#project = project
    this.#files = files
    this.#left = left
  }

  cheffile(): ValueMap {
    const sections = { resources: this.#resources, flavours: this.#flavours, recipe: this.#recipe, links: this.#links }
    return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0))
  }

  /** Gives steps the first choice of names, and records their outputs before any stage reads them. */
  claim(stage: Stage): void {
    this.#names.of(`step ${stage.name}`, stage.name)
    for (const path of this.#outputs(stage)) this.#made.add(path)
  }

  add(stage: Stage): void {
    const { name, spec } = stage
    for (const key of Object.keys(spec)) if (!carried.has(key)) this.#leave(name, `chef has no "${key}"`)
    const outputs = this.#outputs(stage)
    const inputs: ValueMap = {}
    const before: string[] = []
    for (const path of this.#paths(stage, 'deps')) {
      if (/^\w+:\/\//.test(path)) {
        this.#leave(name, `it reads ${path}, which lies on another machine`)
        continue
      }
      const results = this.#resultsAt(path)
      for (const result of results) {
        const inner = innerOf(inputs, this.#names.of(result, result))
        before.push(`fresh {${inner}} ${literal(quoted(result))}`)
      }
      if (results.length > 0) continue
      const resource = this.#names.of(path, path)
      this.#resources[resource] = this.#project.isFolder(path) ? { dir: path } : path
      innerOf(inputs, resource)
    }
    this.#parameters(stage, inputs)
    const commands = [spec.cmd ?? ''].flat().map((command) => this.#command(stage, String(command), inputs))
    if (before.length > 0) before.unshift(freshFolders)
    const folders = [...new Set(outputs.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))))].filter(
      Boolean,
    )
    if (folders.length > 0) before.push(literal(`mkdir -p ${folders.map(quoted).join(' ')}`))
    const place = spec.wdir === undefined ? '' : `cd ${literal(quoted(this.#text(stage, String(spec.wdir))))} &&\n`
    const done = outputs.length === 0 ? ['echo done > {done}'] : []
    const own = `{ ${place}${commands.join(' &&\n')}\n}`
    const inner = outputs.map((path) => [path, this.#names.of(path, path)] as const)
    for (const [path, result] of inner) this.#links[result] = literal(path)
    this.#recipe[this.#names.of(`step ${name}`, name)] = {
      command: [...before, spec.wdir === undefined ? own : `( ${place}${commands.join(' &&\n')}\n)`, ...done].join(
        ' &&\n',
      ),
      ...(Object.keys(inputs).length > 0 && { inputs }),
      outputs: inner.length > 0 ? Object.fromEntries(inner) : { done: this.#names.of(`done ${name}`, `${name}.done`) },
      at: 'project',
    }
  }

  /** Returns the outputs of stages at a path, around it, or inside it. */
  #resultsAt(path: string): string[] {
    return [...this.#made].filter((out) => out === path || path.startsWith(`${out}/`) || out.startsWith(`${path}/`))
  }

  #leave(what: string, why: string): void {
    if (!this.#left.some((one) => one.what === what && one.why === why)) this.#left.push({ what, why })
  }

  #outputs(stage: Stage): string[] {
    return [...new Set(['outs', 'metrics', 'plots'].flatMap((key) => this.#paths(stage, key)))]
  }

  /** Returns paths relative to the folder of dvc.yaml, whatever folder the stage runs in. */
  #paths(stage: Stage, key: string): string[] {
    const listed = [stage.spec[key] ?? []].flat()
    const base = stage.spec.wdir === undefined ? '' : `${this.#text(stage, String(stage.spec.wdir))}/`
    return listed.flatMap((one) => {
      const paths = isMap(one) ? Object.keys(one) : [String(one)]
      return paths.map((path) => {
        const text = this.#text(stage, path)
        return /^\w+:\/\//.test(text) ? text : normalize(base + text).replace(/\/$/, '')
      })
    })
  }

  /** Replaces `${...}` by its current value, because paths must be known now. */
  #text(stage: Stage, text: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (whole, path: string) => {
      const value = lookUp(path, stage.scope, this.#files, this.#project)
      if (value === undefined) this.#leave(stage.name, `${whole} stands for nothing`)
      return value === undefined ? whole : plainText(value)
    })
  }

  /** Keeps a parameter in a command as an input, so that its value is read from its file with the kitchen. */
  #command(stage: Stage, command: string, inputs: ValueMap): string {
    return command
      .split(/(\$\{[^}]+\})/)
      .map((piece) => {
        const path = /^\$\{([^}]+)\}$/.exec(piece)?.[1]
        if (path === undefined) return literal(piece)
        const file = this.#files.find((one) => deep(this.#project.values(one) ?? null, path.split('.')) !== undefined)
        const fixed = deep(stage.scope, path.split('.')) !== undefined || file === undefined
        if (fixed) return literal(this.#text(stage, piece))
        const name = this.#parameter(stage, file, path)
        return name === undefined ? literal(this.#text(stage, piece)) : `{${innerOf(inputs, name)}}`
      })
      .join('')
  }

  /** Reads `params: [lr, other.yaml: [x]]`. Only the listed values count, not the whole file. */
  #parameters(stage: Stage, inputs: ValueMap): void {
    const params = stage.spec.params
    for (const one of Array.isArray(params) ? params : []) {
      const listed: [string, Value][] = isMap(one) ? Object.entries(one) : [[defaultParams, [one]]]
      for (const [file, keys] of listed) {
        if (!Array.isArray(keys) || keys.length === 0) {
          const name = this.#names.of(file, file)
          this.#resources[name] = file
          innerOf(inputs, name)
        } else
          for (const key of keys) {
            const name = this.#parameter(stage, this.#text(stage, file), this.#text(stage, String(key)))
            if (name !== undefined) innerOf(inputs, name)
          }
      }
    }
  }

  /**
   * Turns a parameter into a flavour of one value. A list would make many variants, so its whole file becomes a
   * resource.
   */
  #parameter(stage: Stage, file: string, key: string): string | undefined {
    const value = deep(this.#project.values(file) ?? null, key.split('.'))
    if (value === undefined) {
      this.#leave(stage.name, `${file} has no parameter ${key}`)
      return undefined
    }
    if (Array.isArray(value) || value === null || /\.(py|toml)$/.test(file)) {
      const name = this.#names.of(file, file)
      this.#resources[name] = file
      return name
    }
    const name = this.#names.of(`${file}:${key}`, key)
    this.#flavours[name] = { type: 'file', file, key }
    return name
  }
}

/** Returns the input that reads a name, and adds one if there is none. */
function innerOf(inputs: ValueMap, name: string): string {
  const known = Object.keys(inputs).find((inner) => inputs[inner] === name)
  if (known !== undefined) return known
  const inner = `i${Object.keys(inputs).length + 1}`
  inputs[inner] = name
  return inner
}
