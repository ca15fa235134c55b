// Checks everything that can be wrong with a recipe before anything is scanned or cooked. Each failure has its place.
import { type Failure, failure, type Position } from '../base/failures/failure.ts'
import type { Configuration, Step } from '../config/configuration.ts'
import { splitReference } from '../config/dotted-names.ts'
import { nearest } from '../base/suggestion.ts'
import { checkLinks } from './check-link-patterns.ts'
import { checkNames } from './check-names.ts'
import { checkCommand, checkSource } from './check-source.ts'
import { fieldFailures, missingFields, namesReaching, placeOf } from './recipe-index.ts'
import { circlesOf, producersOf } from './step-order.ts'

export interface CheckOptions {
  /** Steps that are known to be wrong. Failures that only follow from that are left out. */
  damaged?: ReadonlySet<string>
}

/** `exists` receives absolute paths of step sources. */
export function checkRecipe(
  configuration: Configuration,
  exists: (path: string) => boolean,
  { damaged = new Set() }: CheckOptions = {},
): Failure[] {
  const steps = [...configuration.steps.values()]
  const circles = circlesOf(steps)
  const producers = producersOf(steps)
  const known = [...configuration.resources.keys(), ...configuration.flavours.keys(), ...producers.keys()]
  const partly = steps.some((step) => damaged.has(step.name) && step.outputs.length === 0)
  const failures = checkNames(configuration)
  for (const step of steps) {
    const inputs = checkInputs(configuration, step, producers, known)
    failures.push(...(partly ? inputs.filter(({ code }) => code !== 'input-unknown') : inputs))
    if (damaged.has(step.name)) continue
    failures.push(...checkSource(configuration, step, exists), ...checkCommand(configuration, step))
    // Reachability is undefined in a recipe with a circle.
    if (circles.length === 0) failures.push(...checkConditions(configuration, step, producers))
  }
  for (const circle of circles) failures.push(circleFailure(circle))
  const placeOfTarget = (index: number) => placeOf(configuration, `options.targets.${index}`)
  failures.push(...checkTargets(configuration, configuration.options.targets, placeOfTarget))
  failures.push(...checkLinks(configuration, producers, damaged.size > 0 || circles.length > 0))
  return failures
}

function checkInputs(
  configuration: Configuration,
  step: Step,
  producers: Map<string, Step>,
  known: string[],
): Failure[] {
  return step.inputs.flatMap((input) => {
    const { from, at } = input
    if (from === '') return []
    const flavour = configuration.flavours.get(from)
    if (flavour) return input.field.length === 0 ? [] : missingFields(from, flavour.values, input.field, at)
    const kind = configuration.resources.has(from) ? 'resource' : producers.has(from) ? 'result' : undefined
    if (kind !== undefined) {
      const field = input.field.join('.')
      return field === '' ? [] : [failure('field-of-no-flavour', { name: from, field, kind }, at)]
    }
    const results = configuration.steps.get(from)?.outputs.map((output) => output.name)
    if (results) return [failure('input-is-step', { step: step.name, name: from, results }, at)]
    return [failure('input-unknown', { step: step.name, name: from, near: nearReference(from, known) }, at)]
  })
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
function checkConditions(configuration: Configuration, step: Step, producers: Map<string, Step>): Failure[] {
  const collects = step.inputs.some((input) => Array.isArray(input.collect))
  if (!collects && step.only.length === 0 && step.exclude.length === 0) return []
  const before = namesReaching(producers, step, { collecting: true })
  const after = namesReaching(producers, step)
  const failures: Failure[] = []
  const known = (name: string): boolean =>
    configuration.flavours.has(name) || configuration.resources.has(name) || configuration.steps.has(name)
  // Records name steps by their sources, and few users mean those, so the hint leaves steps out if it can.
  const ordered = (names: Set<string>): string[] => {
    const values = [...names].filter((name) => !configuration.steps.has(name))
    return values.length > 0 ? values : [...names]
  }
  const check = (key: string, name: string, reaching: Set<string>, at: Position): void => {
    if (reaching.has(name)) return
    const near = nearest(name, reaching)
    failures.push(
      failure(
        'name-not-reaching',
        {
          step: step.name,
          key,
          name,
          known: known(name),
          near,
          reaching: ordered(reaching),
          result: producers.has(name),
        },
        at,
      ),
    )
  }
  for (const input of step.inputs)
    if (Array.isArray(input.collect)) for (const name of input.collect) check('collect', name, before, input.at)
  for (const key of ['only', 'exclude'] as const)
    for (const [index, assignment] of step[key].entries())
      for (const reference of Object.keys(assignment)) {
        const path = `recipe.${step.name}.${key}.${index}`
        const at = placeOf(configuration, `${path}.${reference}`) ?? placeOf(configuration, path) ?? step.at
        const { from, field } = splitReference(reference, after)
        const flavour = after.has(from) ? configuration.flavours.get(from) : undefined
        if (flavour && field.length > 0) failures.push(...fieldFailures(from, flavour.values, field, at))
        else check(key, from, after, at)
      }
  return failures
}

function circleFailure(circle: Step[]): Failure {
  return failure('recipe-circle', { circle: circle.map((step) => step.name) }, circle[0]!.at)
}

/** Checks targets, which are results or steps. Targets of the command line have no place in a file. */
export function checkTargets(
  configuration: Configuration,
  targets: readonly string[],
  place: (index: number) => Position | undefined = () => undefined,
): Failure[] {
  const known = [...producersOf(configuration.steps.values()).keys(), ...configuration.steps.keys()]
  return targets.flatMap((name, index) =>
    known.includes(name) || stepsBelow(configuration, name).length > 0
      ? []
      : [failure('target-unknown', { name, near: nearest(name, known), known }, place(index))],
  )
}

/** Replaces a step that includes another kitchen by all steps of that kitchen. */
export function expandTargets(configuration: Configuration, targets: readonly string[]): string[] {
  const results = producersOf(configuration.steps.values())
  return targets.flatMap((name) =>
    results.has(name) || configuration.steps.has(name) ? [name] : stepsBelow(configuration, name),
  )
}

function stepsBelow({ steps }: Configuration, name: string): string[] {
  return [...steps.keys()].filter((step) => step.startsWith(`${name}.`))
}
