// Lists every value of a configuration with its origin, for `chef config`.
import type { Value } from '../base/value.ts'
import type { Configuration, Resource, Step } from './configuration.ts'
import type { Origin } from './origin.ts'
import { writtenVariables } from './sections/variables.ts'

export interface ExplainedValue {
  /** `kitchen.burners`, `recipe.render.inputs.photo` */
  path: string
  value: Value
  origin: Origin
}

export function explainConfiguration(configuration: Configuration): ExplainedValue[] {
  const explained: ExplainedValue[] = []
  const tell = (path: string, value: Value | undefined): void => {
    if (value !== undefined) explained.push({ path, value, origin: originOf(path, configuration) })
  }
  tell('cheffile', configuration.cheffile)
  for (const resource of configuration.resources.values())
    if (resource.kind !== 'poured') tell(`resources.${resource.name}`, resourceValue(resource))
  for (const flavour of configuration.flavours.values()) tell(`flavours.${flavour.name}`, flavour.values)
  for (const step of configuration.steps.values())
    for (const [key, value] of stepValues(step)) tell(`recipe.${step.name}.${key}`, value)
  for (const result of new Set(configuration.links.map((link) => link.result))) {
    const patterns = configuration.links.filter((link) => link.result === result).map((link) => link.pattern)
    tell(`links.${result}`, patterns.length === 1 ? patterns[0] : patterns)
  }
  const { settings, env, ...kitchen } = configuration.kitchen
  const { fridge, cache = {}, options } = configuration
  const sections: { [section: string]: { [key: string]: Value | undefined } } = {
    kitchen: { ...kitchen, env: writtenVariables(env), ...settings },
    fridge: { ...fridge },
    cache: { ...cache },
    options: { ...options },
  }
  for (const [section, values] of Object.entries(sections))
    for (const [key, value] of Object.entries(values))
      tell(`${section}.${key}`, section === 'cache' && value !== undefined ? withoutSecret(key, value) : value)
  return explained
}

function originOf(path: string, { origins }: Configuration): Origin {
  const origin = origins.get(path) ?? { from: 'default' }
  if (origin.from !== 'argument' || !/^cache\.(token|url)$/.test(path)) return origin
  return { ...origin, argument: `-o ${path}=***` }
}

/** The configuration is shown in logs and to others. */
function withoutSecret(key: string, value: Value): Value {
  if (key === 'token') return '***'
  return key === 'url' ? String(value).replace(/\/\/[^/]*@/, '//***@') : value
}

function resourceValue({ kind, patterns, verify, frames }: Resource): Value {
  const written = patterns.map((one) => one.pattern)
  return { kind, patterns: written, ...(verify && { verify }), ...(frames && { frames: { ...frames } }) }
}

/** Keys as a cheffile has them; built-in defaults that say nothing (no inputs, no tools) are left out. */
function stepValues(step: Step): [string, Value | undefined][] {
  const { sources, needs } = step
  const { burners, ...amounts } = needs
  const values: [string, Value | undefined][] = [
    ['type', step.type],
    ['resource', sources.length > 0 ? sources.map((one) => one.pattern) : undefined],
    ['command', step.command],
    ...step.inputs.map((input): [string, Value] => {
      const from = [input.from, ...input.field].join('.')
      return [`inputs.${input.inner}`, input.collect === undefined ? from : { from, collect: input.collect }]
    }),
    ...step.outputs.map((output): [string, Value] => {
      return [`outputs.${output.inner}`, output.keep ? output.name : { name: output.name, keep: false }]
    }),
    ...step.pours.map(({ name, from, pattern }): [string, Value] => {
      return [`pours.${name}`, pattern === undefined ? { file: from } : { from, match: pattern }]
    }),
    ['only', someOf(step.only)],
    ['exclude', someOf(step.exclude)],
    ['env', writtenVariables(step.env)],
    ['tools', someOf(step.tools)],
    ['needs', Object.keys({ ...amounts, ...burners }).length > 0 ? { ...amounts, ...burners } : undefined],
    ['timeout', step.timeout],
    ['retries', step.retries],
    ['at', step.place],
    ['isolate', step.isolate],
    ['depfile', step.depfile && { ...step.depfile }],
    ['pool', step.pool],
    ['warm', step.warm],
    ['sbatch', step.sbatch],
    ...Object.entries(step.settings),
  ]
  return values
}

const someOf = (list: Value[]): Value | undefined => (list.length > 0 ? list : undefined)
