// Random kitchens: a small shape that shrinks well, and what it means as a cheffile with its files.
import fc from 'fast-check'
import type { Value } from '../../src/base/value.ts'
import type { Files } from '../rig.ts'
import { warmSource } from './warm-source.ts'
import { type Assignment, type Model, type ModelInput, type ModelStep, productSize, variantsOf } from './reference.ts'

/** Numbers are taken modulo what there is to choose from, so that every shape is a kitchen. */
export interface Shape {
  resources: { files: { [label: string]: string } }[]
  flavours: { kind: number; values: number[] }[]
  steps: StepShape[]
}

export interface StepShape {
  /** 0: a command; otherwise so many source files. */
  sources: number
  inputs: { pick: number; field: number; collect: number }[]
  outputs: number
  exclude: { pick: number; value: number }[]
  only: { pick: number; value: number }[]
  /** How much of the inputs the output shows. */
  style: number
  version: number
  comment: number
  broken: boolean
  /** Of the source files, where there are any; default: shell. */
  language?: Language
}

export type Language = 'shell' | 'python' | 'node'

export const labels = ['a.txt', 'b.txt', 'c.txt', 'd e.txt']
export const contents = ['x', 'yy', 'zzz', '', 'x\ny\n']

const rarely = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) })
const rule = fc.record({ pick: fc.nat(20), value: fc.nat(20) })

const resource = fc.record({
  files: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.dictionary(fc.constantFrom(...labels), fc.constantFrom(...contents), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
    },
    { weight: 1, arbitrary: fc.constant<{ [label: string]: string }>({}) },
  ),
})

const flavour = fc.record({
  kind: fc.nat(2),
  values: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 4 }),
})

const step = fc.record({
  sources: fc.constantFrom(0, 0, 0, 1, 2),
  inputs: fc.array(fc.record({ pick: fc.nat(20), field: fc.nat(3), collect: rarely }), { maxLength: 4 }),
  outputs: fc.constantFrom(1, 1, 2),
  exclude: fc.oneof(
    { weight: 4, arbitrary: fc.constant<StepShape['exclude']>([]) },
    { weight: 1, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
  ),
  only: fc.oneof(
    { weight: 6, arbitrary: fc.constant<StepShape['exclude']>([]) },
    { weight: 1, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
  ),
  style: fc.nat(2),
  version: fc.nat(2),
  comment: fc.nat(1),
  broken: fc.constant(false),
})

/** `languages`: what steps with source files are written in, each as often as it is named. */
export const shapes = (mostSteps: number, languages: Language[] = []): fc.Arbitrary<Shape> => {
  const language = fc.constantFrom<Language>('shell', ...languages)
  const spoken =
    languages.length === 0 ? step : fc.tuple(step, language).map(([made, word]) => ({ ...made, language: word }))
  return fc.record({
    resources: fc.array(resource, { maxLength: 2 }),
    flavours: fc.array(flavour, { maxLength: 3 }),
    steps: fc.array(spoken, { minLength: 1, maxLength: mostSteps, ...(mostSteps > 20 && { size: 'max' }) }),
  })
}

const words = ['BP', 'OMP', 'FISTA', 'a b', "it's", '$HOME']

/** Numbers, words, or objects with the fields `w` and `h`. */
function flavourValues({ kind, values }: Shape['flavours'][number]): Value[] {
  if (kind === 0) return values.map((value) => value / 2)
  if (kind === 1) return values.map((value) => words[value] as string)
  return values.map((value) => ({ w: value, h: value % 3 }))
}

interface Name {
  name: string
  fields: string[]
  isResult: boolean
}

const extensions = { shell: 'sh', python: 'py', node: 'mjs' } as const

/** The kitchen a shape means. Inputs that would make a step larger than `most` variants are left out. */
export function modelOf(shape: Shape, most: number): Model {
  const model: Model = { domains: new Map(), steps: [] }
  const names: Name[] = []
  for (const [at, { files }] of shape.resources.entries()) {
    model.domains.set(`r${at}`, Object.keys(files).sort())
    names.push({ name: `r${at}`, fields: [], isResult: false })
  }
  for (const [at, flavour] of shape.flavours.entries()) {
    model.domains.set(`f${at}`, flavourValues(flavour))
    names.push({ name: `f${at}`, fields: flavour.kind === 2 ? ['w', 'h'] : [], isResult: false })
  }
  for (const [at, stepShape] of shape.steps.entries()) {
    const made = stepOf(model, `s${at}`, stepShape, names, most)
    model.steps.push(made)
    for (const { name } of made.outputs) names.push({ name, fields: [], isResult: true })
  }
  return model
}

function stepOf(model: Model, name: string, shape: StepShape, names: Name[], most: number): ModelStep {
  const sources =
    shape.sources === 0
      ? ['command']
      : ['one', 'two'].slice(0, shape.sources).map((file) => `${name}-${file}.${extensions[shape.language ?? 'shell']}`)
  model.domains.set(name, sources)
  const outputs = Array.from({ length: shape.outputs }, (_, at) => ({ inner: `o${at}`, name: `${name}_${at}` }))
  const bare: ModelStep = { name, inputs: [], outputs, exclude: [], only: [] }
  let made = bare
  for (const [at, { pick, field, collect }] of (names.length === 0 ? [] : shape.inputs).entries()) {
    const from = names[pick % names.length] as Name
    const input: ModelInput = { inner: `i${at}`, from: from.name }
    if (from.fields.length > 0 && field > 0) input.field = from.fields[field % from.fields.length] as string
    if (from.isResult && collect > 0) input.collect = collected(model, from.name, collect)
    const next = { ...made, inputs: [...made.inputs, input] }
    if (productSize(model, next) <= most * 50 && variantsOf(model, next).length <= most) made = next
  }
  const ruled = { ...made, exclude: rulesOf(model, made, shape.exclude), only: rulesOf(model, made, shape.only) }
  return ruled
}

function collected(model: Model, from: string, collect: number): 'all' | string[] {
  const maker = model.steps.find((step) => step.outputs.some((output) => output.name === from)) as ModelStep
  const reached = Object.keys(variantsOf(model, maker)[0] ?? {}).filter((name) => !name.startsWith('s'))
  if (collect % 3 === 0 || reached.length === 0) return 'all'
  return [reached[collect % reached.length] as string]
}

function rulesOf(model: Model, step: ModelStep, rules: StepShape['exclude']): Assignment[] {
  const variants = variantsOf(model, step)
  return rules.flatMap(({ pick, value }) => {
    const variant = variants[value % variants.length]
    const reached = Object.keys(variant ?? {}).filter((name) => !name.startsWith('s'))
    if (!variant || reached.length === 0) return []
    const name = reached[pick % reached.length] as string
    const held = variant[name] as Value
    if (typeof held === 'object' && held !== null && pick % 2 === 0)
      return [{ [`${name}.w`]: (held as { w: number }).w }]
    const other = reached[(pick + 1) % reached.length] as string
    return [pick % 3 === 0 ? { [name]: held, [other]: variant[other] as Value } : { [name]: held }]
  })
}

/** Names in a link's pattern that tell a result's variants from each other. */
function linkPattern(model: Model, step: ModelStep, result: string): string {
  const variant = variantsOf(model, step)[0] ?? {}
  const parts = Object.keys(variant).flatMap((name) => {
    const domain = model.domains.get(name) as Value[]
    if (name.startsWith('s') && domain.length < 2) return []
    return typeof domain[0] === 'object' ? [`{${name}.w}x{${name}.h}`] : [`{${name}}`]
  })
  return `out/${['result', ...parts].join('-')}.${result}`
}

/** The script of a step. `show(inner)` stands for a value or a path, `into` for the file to write. */
function script(
  model: Model,
  step: ModelStep,
  { style, version, broken }: StepShape,
  show: (inner: string) => string,
  into: (inner: string) => string,
): string {
  const digest = ['cat', 'head -c 1', 'wc -c | tr -d " "'][style]
  const parts = step.inputs.map(({ inner, from, collect }) => {
    const mark = `echo ${inner}:`
    if (collect) return `${mark}; cat ${show(inner)}/index.json; cat ${show(inner)}/[!i]* | ${digest}`
    if (model.domains.has(from) && !from.startsWith('r')) return `${mark} ${show(inner)}`
    return `${mark}; cat ${show(inner)} | ${digest}`
  })
  const lines = step.outputs.map(({ inner, name }) => {
    const head = style === 0 ? `echo ${name} v${version}` : `echo ${name}`
    return `(${[head, ...parts].join('; ')}) > ${into(inner)}`
  })
  return `${broken ? `echo half > ${into('o0')}; exit 3; ` : ''}${lines.join('; ')}`
}

/** The cheffile and all files of the work tree. */
export function kitchenOf(shape: Shape, model: Model): { cheffile: object; files: Files } {
  const files: Files = {}
  const resources: { [name: string]: string } = {}
  for (const [at, resource] of shape.resources.entries()) {
    resources[`r${at}`] = `r${at}/*.txt`
    for (const [label, content] of Object.entries(resource.files)) files[`r${at}/${label}`] = content
  }
  const flavours = Object.fromEntries(shape.flavours.map((flavour, at) => [`f${at}`, flavourValues(flavour)]))
  const recipe: { [name: string]: object } = {}
  const links: { [result: string]: string } = {}
  for (const [at, step] of model.steps.entries()) {
    const stepShape = shape.steps[at] as StepShape
    const note = `# ${stepShape.comment}`
    const isCommand = (model.domains.get(step.name) as Value[])[0] === 'command'
    if (!isCommand) {
      const text = script(
        model,
        step,
        stepShape,
        (inner) => `"$CHEF_${inner}"`,
        (inner) => `"$CHEF_${inner}"`,
      )
      for (const label of model.domains.get(step.name) as string[]) {
        files[`steps/${label}`] = `#!/bin/sh\n${note}\n${text}; echo ${label} >> "$CHEF_o0"\n`
        const { language = 'shell' } = stepShape
        if (language !== 'shell') files[`steps/${label}`] = warmSource(language, step, stepShape, label)
      }
    }
    const command = `${script(
      model,
      step,
      stepShape,
      (inner) => `{${inner}}`,
      (inner) => `{${inner}}`,
    )} ${note}`
    recipe[step.name] = {
      ...(isCommand ? { command } : { type: stepShape.language ?? 'shell', resource: sourcesOf(model, step.name) }),
      inputs: Object.fromEntries(
        step.inputs.map(({ inner, from, field, collect }) => {
          const name = field ? `${from}.${field}` : from
          return [inner, collect ? { from: name, collect } : name]
        }),
      ),
      outputs: Object.fromEntries(step.outputs.map(({ inner, name }) => [inner, name])),
      ...(step.exclude.length > 0 && { exclude: step.exclude }),
      ...(step.only.length > 0 && { only: step.only }),
    }
    for (const { name } of step.outputs) links[name] = linkPattern(model, step, name)
  }
  return { cheffile: { resources, flavours, recipe, links }, files }
}

function sourcesOf(model: Model, step: string): string | string[] {
  const paths = (model.domains.get(step) as string[]).map((label) => `steps/${label}`)
  return paths.length === 1 ? (paths[0] as string) : paths
}
