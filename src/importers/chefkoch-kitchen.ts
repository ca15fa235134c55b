// Converts the JSON files of a chefkoch kitchen (recipe nodes, flavours, configuration) to a cheffile.
import { isMap, plainText, type Value, type ValueMap } from '../base/value.ts'
import { flavourOf } from './chefkoch-flavours.ts'
import { type ImportResult, type Omission, Names } from './import-result.ts'

export interface ChefkochProject {
  recipe: Value
  flavours: Value
  /** config.json and options.json, by their names. */
  settings: ReadonlyMap<string, Value>
  /** Returns the text of a file, or undefined if there is none. */
  text: (path: string) => string | undefined
}

interface Node {
  name: string
  inputs: ValueMap
  outputs: ValueMap
  source: string
}

const nodeKeys = new Set(['name', 'inputs', 'outputs', 'stepsource'])
const fileSettings = new Set(['recipe', 'flavour', 'flavours'])

export function kitchenOfChefkoch(project: ChefkochProject): ImportResult {
  const left: Omission[] = []
  const nodes = nodesOf(project.recipe, left)
  return new ChefkochWriter(project, left).kitchen(nodes)
}

function nodesOf(recipe: Value, left: Omission[]): Node[] {
  const listed = isMap(recipe) ? recipe.nodes : recipe
  if (isMap(recipe))
    for (const key of Object.keys(recipe)) if (key !== 'nodes') left.push({ what: key, why: 'chef has no such thing' })
  return (Array.isArray(listed) ? listed : []).flatMap((node, at) => {
    const what = isMap(node) && typeof node.name === 'string' && node.name !== '' ? node.name : `node ${at + 1}`
    if (!isMap(node) || typeof node.stepsource !== 'string') {
      left.push({ what, why: 'it has no stepsource' })
      return []
    }
    for (const key of Object.keys(node)) if (!nodeKeys.has(key)) left.push({ what, why: `chef has no "${key}"` })
    const inputs = isMap(node.inputs) ? node.inputs : {}
    const outputs = isMap(node.outputs) ? node.outputs : {}
    return [{ name: what, inputs, outputs, source: node.stepsource }]
  })
}

class ChefkochWriter {
  readonly #project: ChefkochProject
  readonly #left: Omission[]
  readonly #names = new Names()
  readonly #resources: ValueMap = {}
  readonly #flavours: ValueMap = {}
  readonly #recipe: ValueMap = {}
  readonly #results = new Map<string, string>()
  /** The names in the flavour file that an input may use. */
  readonly #flavourNames = new Map<string, string>()

  constructor(project: ChefkochProject, left: Omission[]) {
    this.#project = project
    this.#left = left
  }

  kitchen(all: Node[]): ImportResult {
    const flavours = isMap(this.#project.flavours) ? this.#project.flavours : {}
    for (const [name, value] of Object.entries(flavours)) this.#flavour(name, value)
    const nodes = this.#fit(all)
    for (const { outputs } of nodes) for (const output of Object.values(outputs)) this.#result(plainText(output))
    for (const node of nodes) this.#step(node)
    const options = this.#options()
    const sections = { resources: this.#resources, flavours: this.#flavours, recipe: this.#recipe, options }
    const cheffile = Object.fromEntries(Object.entries(sections).filter(([, one]) => Object.keys(one).length > 0))
    return { cheffile, left: this.#left }
  }

  #leave(what: string, why: string): void {
    this.#left.push({ what, why })
  }

  #flavour(name: string, value: Value): void {
    const read = flavourOf(value)
    if (read.kind === 'unfit') return this.#leave(`flavour.${name}`, read.why)
    for (const lost of read.lost) this.#leave(`flavour.${name}`, `chef has no use for ${lost}`)
    const listed = this.#names.of(`flavour ${name}`, name)
    this.#flavourNames.set(name, listed)
    if (read.kind === 'flavour') this.#flavours[listed] = read.value
    else this.#resources[listed] = read.value
  }

  #result(output: string): void {
    const name = this.#names.of(`result ${output}`, output)
    if (name !== output && !this.#results.has(output))
      this.#leave(output, `the name is taken: the result is called ${name}`)
    this.#results.set(output, name)
  }

  /** Returns the nodes that can be cooked: drops those that lack something, and then those that need a dropped one. */
  #fit(all: Node[]): Node[] {
    let nodes = all.filter((node) => {
      const why = this.#whyUnfit(node)
      if (why !== undefined) this.#leave(node.name, why)
      return why === undefined
    })
    const flavours = isMap(this.#project.flavours) ? Object.keys(this.#project.flavours) : []
    const everKnown = new Set([
      ...all.flatMap(({ outputs }) => Object.values(outputs).map(plainText)),
      ...flavours.flatMap((name) => [name, `flavour.${name}`]),
    ])
    for (let before = -1; before !== nodes.length; ) {
      before = nodes.length
      const made = new Set(nodes.flatMap(({ outputs }) => Object.values(outputs).map(plainText)))
      nodes = nodes.filter((node) => {
        const missing = this.#readBy(node).find((input) => !this.#known(input, made))
        if (missing === undefined) return true
        const left = everKnown.has(plainText(missing))
        this.#leave(
          node.name,
          `it reads ${plainText(missing)}, which is ${left ? 'left out' : 'no result, flavour or file'}`,
        )
        return false
      })
    }
    return nodes
  }

  #whyUnfit({ outputs, source, inputs }: Node): string | undefined {
    if (Object.keys(outputs).length === 0) return 'it has no outputs: it makes nothing that could be kept'
    if (source === 'collect') return inputs.collect === undefined ? 'it collects, and does not say what' : undefined
    if (source.endsWith('.json'))
      return `${source} is a recipe of its own: import it in a folder of its own, and say type: recipe`
    const text = this.#project.text(source)
    if (text === undefined) return `there is no ${source}`
    if (
      source.endsWith('.py') &&
      !/^\s*(async\s+)?def\s+execute\b/m.test(text) &&
      !/\bexecute\s*=|import.*\bexecute\b/.test(text)
    )
      return `${source} defines no function execute`
    return /\.(py|sh|js|mjs|cjs)$/.test(source) ? undefined : `chef does not know how to run ${source}`
  }

  #readBy({ source, inputs }: Node): Value[] {
    return source === 'collect' ? [inputs.collect ?? null, ...byOf(inputs)] : Object.values(inputs)
  }

  #known(input: Value, made: ReadonlySet<string>): boolean {
    if (typeof input !== 'string') return true
    const flavour = input.startsWith('flavour.') ? input.slice('flavour.'.length) : undefined
    if (flavour !== undefined) return this.#flavourNames.has(flavour)
    return made.has(input) || this.#flavourNames.has(input) || this.#project.text(input) !== undefined
  }

  #step(node: Node): void {
    const { name, inputs, outputs, source } = node
    const step = this.#names.of(`step ${name}`, name)
    if (step !== name) this.#leave(name, `the name is taken: the step is called ${step}`)
    const named = Object.entries(outputs).map(([inner, output]) => [inner, this.#results.get(plainText(output)) ?? ''])
    if (source !== 'collect') {
      const read = Object.entries(inputs).map(([inner, input]) => [inner, this.#input(name, inner, input)])
      this.#recipe[step] = { resource: source, inputs: Object.fromEntries(read), outputs: Object.fromEntries(named) }
      return
    }
    for (const key of Object.keys(inputs))
      if (key !== 'collect' && key !== 'by') this.#leave(name, `collect has no "${key}"`)
    const by = byOf(inputs).map((one) => this.#input(name, 'by', one))
    this.#leave(name, 'its list holds objects: the parameters, and each value as "value"')
    this.#recipe[step] = {
      type: 'collect',
      format: 'json',
      inputs: {
        collect: { from: this.#input(name, 'collect', inputs.collect ?? null), collect: by.length > 0 ? by : 'all' },
      },
      outputs: Object.fromEntries(named),
    }
  }

  /** Returns the name that an input reads: a result, a flavour or a file. A literal value becomes a flavour. */
  #input(node: string, inner: string, input: Value): string {
    if (typeof input !== 'string') {
      const name = this.#names.of(`value ${node} ${inner}`, `${node}.${inner}`)
      this.#flavours[name] = [input]
      return name
    }
    const known = input.startsWith('flavour.')
      ? this.#flavourNames.get(input.slice('flavour.'.length))
      : (this.#results.get(input) ?? this.#flavourNames.get(input))
    if (known !== undefined) return known
    const name = this.#names.of(`file ${input}`, input)
    this.#resources[name] = input
    return name
  }

  #options(): ValueMap {
    const options: ValueMap = {}
    for (const [file, settings] of this.#project.settings) {
      for (const [key, value] of Object.entries(isMap(settings) ? settings : {})) {
        if (fileSettings.has(key) && typeof value === 'string') continue
        const targets = key === 'targets' ? [value].flat().map((one) => this.#results.get(plainText(one))) : []
        if (targets.length > 0 && targets.every((one) => one !== undefined)) options.targets = targets
        else this.#leave(`${file}: ${key}`, 'chef has no such setting')
      }
    }
    return options
  }
}

function byOf({ by }: ValueMap): Value[] {
  return by === undefined ? [] : [by].flat()
}
