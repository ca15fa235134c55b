// Holds what is asked of a configuration at every build, also where nothing changed: it is found once, and kept with it.
import { createHash } from 'node:crypto'
import type { Configuration } from './configuration.ts'
import { traceModeOf } from './trace-mode.ts'

export interface ConfigurationFacts {
  /** Two configurations with the same digest have the same plan if their sources are the same. */
  digest: string
  /** Names of variables of the environment that count. */
  variables: string[]
  /** True where a step runs a program that PATH finds. */
  asksPath: boolean
  /** True where a build has something to tell even if it cooks nothing. */
  isChecked: boolean
  /** Results that have to be made before the whole graph is known. */
  first: string[]
}

const known = new WeakMap<Configuration, ConfigurationFacts>()

export function factsOf(configuration: Configuration): ConfigurationFacts {
  let facts = known.get(configuration)
  if (!facts) known.set(configuration, (facts = findFacts(configuration)))
  return facts
}

export function setFacts(configuration: Configuration, facts: ConfigurationFacts): void {
  known.set(configuration, facts)
}

function findFacts(configuration: Configuration): ConfigurationFacts {
  const { resources, flavours, links, fridge, options, imports, kitchen } = configuration
  const steps = [...configuration.steps.values()]
  const counted = steps.flatMap(({ env }) => env.filter(({ value, counts }) => value === undefined && counts))
  // Named one by one: a configuration also says where each value comes from, which changes nothing.
  const plain = {
    resources: [...resources],
    flavours: [...flavours],
    steps,
    links,
    fridge,
    options,
    trace: kitchen.trace,
  }
  const text = JSON.stringify([plain, imports?.defaults ?? []])
  return {
    digest: createHash('sha256').update(text).digest('hex'),
    variables: [...new Set(counted.map(({ name }) => name))],
    asksPath: steps.some(({ tools, type }) => tools.length > 0 || type === 'python'),
    first: imports?.first ?? [],
    isChecked: steps.some((step) => traceModeOf(step, kitchen) === 'check'),
  }
}
