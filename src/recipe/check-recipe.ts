// Checks everything that can be wrong with a recipe before anything is scanned or cooked. Each failure has its place.
import { type Failure, failure, type Position } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import { splitReference } from '../config/dotted-names.ts'
import { nearest } from '../base/suggestion.ts'
import { checkLinks } from './check-link-patterns.ts'
import { checkNames } from './check-names.ts'
import { checkPours } from './check-pours.ts'
import { checkCommand, checkSource } from './check-source.ts'
import { fieldFailures, missingFields, namesReaching, placeOf, type Reach, type RecipeIndex } from './recipe-index.ts'
import { circlesOf, producersOf } from './step-order.ts'

export interface CheckOptions {
  /** Steps that are known to be wrong. Failures that only follow from that are left out. */
  damaged?: ReadonlySet<string>
  /** Tells whether a name that nothing makes may be a result of such a step. */
  isLost?: (name: string) => boolean
}

/** `exists` receives absolute paths of step sources. */
export function checkRecipe(
  configuration: Configuration,
  exists: (path: string) => boolean,
  { damaged = new Set(), isLost = () => false }: CheckOptions = {},
): Failure[] {
  const steps = [...configuration.steps.values()]
  const circles = circlesOf(steps)
  // Reachability is undefined in a circle.
  const unsound = new Set([...damaged, ...circles.flat().map((step) => step.name)])
  const index: RecipeIndex = { configuration, producers: producersOf(steps), unsound, isLost }
  const failures = checkNames(configuration)
  const { resources, flavours } = configuration
  const known = [...new Set([...resources.keys(), ...flavours.keys(), ...index.producers.keys()])]
  for (const step of steps) {
    // The converter makes these itself, and their sources are looked for when they are needed.
    if (step.imported) continue
    failures.push(...checkInputs(index, step, known))
    if (damaged.has(step.name)) continue
    failures.push(...checkSource(configuration, step, exists), ...checkCommand(configuration, step))
    failures.push(...checkPours(step), ...checkConditions(index, step))
  }
  for (const circle of circles) failures.push(circleFailure(circle))
  const placeOfTarget = (at: number) => placeOf(configuration, `options.targets.${at}`)
  const targets = configuration.options.targets
  if (!targets.some(isLost)) failures.push(...checkTargets(configuration, targets, placeOfTarget))
  return [...failures, ...checkLinks(index)]
}

function checkInputs({ configuration, producers, isLost }: RecipeIndex, step: Step, known: string[]): Failure[] {
  return step.inputs.flatMap((input) => {
    const { from, at } = input
    const flavour = configuration.flavours.get(from)
    if (flavour) return input.field.length === 0 ? [] : missingFields(from, flavour.values, input.field, at)
    const kind = configuration.resources.has(from) ? 'resource' : producers.has(from) ? 'result' : undefined
    if (kind !== undefined) {
      const field = input.field.join('.')
      return field === '' || hasFields(producers.get(from), from)
        ? []
        : [failure('field-of-no-flavour', { name: from, field, kind }, at)]
    }
    const results = configuration.steps.get(from)?.outputs.map((output) => output.name)
    if (results) return [failure('input-is-step', { step: step.name, name: from, results }, at)]
    if (isLost(from)) return []
    return [failure('input-unknown', { step: step.name, name: from, near: nearReference(from, known) }, at)]
  })
}

/** The fields of poured values are known when they are poured. */
function hasFields(pourer: Step | undefined, name: string): boolean {
  return pourer?.pours.some((pour) => pour.name === name && pour.pattern === undefined) ?? false
}

/** Suggests the nearest reference: `size.w` for `sise.w`. */
function nearReference(text: string, known: string[]): string | undefined {
  const whole = nearest(text, known)
  if (whole !== undefined || !text.includes('.')) return whole
  const dot = text.indexOf('.')
  const head = nearest(text.slice(0, dot), known)
  return head === undefined ? undefined : head + text.slice(dot)
}

/** Checks that the names in collect, only and exclude reach the step. A name that does not would select nothing. */
function checkConditions(index: RecipeIndex, step: Step): Failure[] {
  const collects = step.inputs.some((input) => Array.isArray(input.collect))
  if (!collects && step.only.length === 0 && step.exclude.length === 0) return []
  const { configuration } = index
  const before = namesReaching(index, step, { collecting: true })
  const after = namesReaching(index, step)
  const failures = step.inputs.flatMap(({ collect, at }) =>
    Array.isArray(collect)
      ? collect.flatMap((name) => checkReach(index, before, { step: step.name, key: 'collect', name, at }))
      : [],
  )
  for (const key of ['only', 'exclude'] as const)
    for (const [number, assignment] of step[key].entries())
      for (const reference of Object.keys(assignment)) {
        const path = `recipe.${step.name}.${key}.${number}`
        const at = placeOf(configuration, `${path}.${reference}`) ?? placeOf(configuration, path) ?? step.at
        const { from, field } = splitReference(reference, after.names)
        const flavour = after.names.has(from) ? configuration.flavours.get(from) : undefined
        if (flavour && field.length > 0) failures.push(...fieldFailures(from, flavour.values, field, at))
        else failures.push(...checkReach(index, after, { step: step.name, key, name: from, at }))
      }
  return failures
}

interface Condition {
  step: string
  key: 'collect' | 'only' | 'exclude'
  name: string
  at: Position
}

function checkReach(
  { configuration: { flavours, resources, steps }, producers }: RecipeIndex,
  { names, isWhole }: Reach,
  { at, ...condition }: Condition,
): Failure[] {
  const { name } = condition
  if (names.has(name) || !isWhole) return []
  // Records name steps by their sources, and few users mean those, so the hint leaves steps out if it can.
  const values = [...names].filter((one) => !steps.has(one))
  const wording = {
    ...condition,
    known: flavours.has(name) || resources.has(name) || steps.has(name),
    near: nearest(name, names),
    reaching: values.length > 0 ? values : [...names],
    result: producers.has(name),
  }
  return [failure('name-not-reaching', wording, at)]
}

function circleFailure(circle: Step[]): Failure {
  return failure('recipe-circle', { circle: circle.map((step) => step.name) }, circle[0]?.at)
}

/** Checks targets, which are results or steps. Targets of the command line have no place in a file. */
export function checkTargets(
  configuration: Configuration,
  targets: readonly string[],
  place: (index: number) => Position | undefined = () => undefined,
): Failure[] {
  const { imports, steps } = configuration
  const known = new Set([...producersOf(steps.values()).keys(), ...steps.keys(), ...(imports?.names.keys() ?? [])])
  return targets.flatMap((name, index) => {
    if (known.has(name) || stepsBelow(configuration, name).length > 0) return []
    const why = imports?.omitted.get(name)
    if (why !== undefined) return [failure('target-omitted', { name, why }, place(index))]
    return [failure('target-unknown', { name, near: nearest(name, known), known: [...known] }, place(index))]
  })
}

/** Returns what is built when nothing is named: every result of the cheffile, and what imported graphs build then. */
export function defaultTargets({ steps, imports }: Configuration): string[] {
  const own = [...steps.values()].filter(({ imported }) => !imported).map(({ name }) => name)
  return [...own, ...(imports?.defaults ?? [])]
}

/** Names the default targets of imported graphs that could not be carried over. */
export function lackingTargets({ imports }: Configuration): Failure[] {
  return (imports?.lacking ?? []).map((name) =>
    failure('target-omitted', { name, why: imports?.omitted.get(name) ?? 'it is not carried over' }),
  )
}

/** Replaces names that stand for several: a step that includes another kitchen, and names of imported graphs. */
export function expandTargets(configuration: Configuration, targets: readonly string[]): string[] {
  const results = producersOf(configuration.steps.values())
  return targets.flatMap((name) =>
    results.has(name) || configuration.steps.has(name)
      ? [name]
      : (configuration.imports?.names.get(name) ?? stepsBelow(configuration, name)),
  )
}

function stepsBelow({ steps }: Configuration, name: string): string[] {
  return [...steps.keys()].filter((step) => step.startsWith(`${name}.`))
}
