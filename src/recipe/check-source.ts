// Checks what a step runs: it is stated, it exists, and its placeholders have values.
import { relative, resolve } from 'node:path'
import { type Failure, failure } from '../base/failures/failure.ts'
import { fieldOf } from '../base/value.ts'
import type { Configuration, Step, StepType } from '../config/configuration.ts'
import { isGlob } from '../files/glob-pattern.ts'
import { nearest } from '../base/suggestion.ts'
import { collectFormat, collectFormats } from './collect-format.ts'
import { courseFormat, courseFormats, idleCourseKeys } from './course-format.ts'
import { extensionOf, pictureFormat, pictureFormats } from './ingredients/ingredients.ts'
import { readIngredients } from './ingredients/read-ingredients.ts'
import { placeOf } from './recipe-index.ts'
import { type ParsedTemplate, parseTemplate } from './placeholder.ts'
import { forbidden } from './quoting.ts'

/** The key that each type of step requires. Steps of type collect and course need none. */
const sourceKeys: { [type in StepType]?: string } = {
  shell: 'command or a resource',
  python: 'resource',
  node: 'resource',
  image: 'list of ingredients',
}

export function checkSource(configuration: Configuration, step: Step, exists: (path: string) => boolean): Failure[] {
  const { name, type, sources, command, at } = step
  const failures: Failure[] = []
  if (step.outputs.length === 0) failures.push(failure('step-without-outputs', { step: name }, at))
  const commandAt = placeOf(configuration, `recipe.${name}.command`) ?? at
  if (command !== undefined && sources.length > 0) failures.push(failure('step-two-sources', { step: name }, commandAt))
  if (command !== undefined && type !== 'shell')
    failures.push(failure('step-no-command', { step: name, type }, commandAt))
  const key = sourceKeys[type]
  const hasSource = sources.length > 0 || hasWords(command) || step.settings.ingredients !== undefined
  if (key !== undefined && !hasSource && !(type !== 'shell' && command !== undefined))
    failures.push(failure('step-without-source', { step: name, key }, at))
  if (type === 'image') failures.push(...checkIngredients(configuration, step))
  if (type === 'course') failures.push(...checkCourse(configuration, step))
  if (type === 'collect') failures.push(...checkCollect(configuration, step))
  for (const [index, { base, pattern }] of sources.entries()) {
    const file = resolve(base, pattern)
    if (isGlob(pattern) || exists(file)) continue
    const path = `recipe.${name}.resource`
    const place = placeOf(configuration, `${path}.${index}`) ?? placeOf(configuration, path) ?? at
    failures.push(failure('source-file-missing', { step: name, file: relative(configuration.root, file) }, place))
  }
  return failures
}

/** Checks ingredients that stand in the cheffile. A recipe file is read only when it is cooked. */
function checkIngredients(
  configuration: Configuration,
  { name, sources, settings, inputs, outputs, at }: Step,
): Failure[] {
  const { ingredients } = settings
  if (ingredients === undefined) return []
  const place = placeOf(configuration, `recipe.${name}.ingredients`) ?? at
  if (sources.length > 0) return [failure('ingredients-twice', { step: name }, place)]
  const read = readIngredients(ingredients, { inputs: new Map(inputs.map(({ inner }) => [inner, {}])), at: place })
  const last = read.ingredients.at(-1)
  const namesFormat = last?.name === 'format' && last.options.type !== undefined
  const unknown = namesFormat ? [] : outputs.filter(({ inner }) => pictureFormat(inner) === undefined)
  const known = pictureFormats.join(', ')
  return [
    ...read.failures,
    ...unknown.map(({ inner, at }) => failure('picture-format', { format: extensionOf(inner) ?? '', known }, at)),
  ]
}

function checkCourse(configuration: Configuration, { name, settings, outputs, at }: Step): Failure[] {
  const known = courseFormats.join(', ')
  const placeOfKey = (key: string): Step['at'] | undefined => placeOf(configuration, `recipe.${name}.${key}`)
  const place = placeOfKey('format')
  const unknown = outputs
    .filter(({ inner }) => courseFormat(settings, inner) === undefined)
    .slice(0, settings.format === undefined ? outputs.length : 1)
    .map(({ inner, at }) => failure('course-format', { format: String(settings.format ?? inner), known }, place ?? at))
  if (unknown.length > 0) return unknown
  const isTwice = settings.fps !== undefined && settings.duration !== undefined
  const twice = isTwice ? [failure('course-time-twice', { step: name }, placeOfKey('duration') ?? at)] : []
  const idle = idleCourseKeys(settings, outputs).map(({ key, formats }) =>
    failure('course-key-idle', { step: name, key, formats: formats.join(', ') }, placeOfKey(key) ?? at),
  )
  return [...twice, ...idle]
}

function checkCollect(configuration: Configuration, { name, settings, outputs }: Step): Failure[] {
  const [output, second] = outputs
  if (second) return [failure('collect-outputs', { count: outputs.length }, second.at)]
  if (output === undefined || collectFormat(settings, output.inner) !== undefined) return []
  const format = String(settings.format ?? extensionOf(output.inner))
  const place = placeOf(configuration, `recipe.${name}.format`) ?? output.at
  return [failure('collect-format', { format, known: collectFormats.join(', ') }, place)]
}

const hasWords = (command: Step['command']): boolean =>
  Array.isArray(command) ? command.length > 0 && command[0] !== '' : (command ?? '').trim() !== ''

export function checkCommand(configuration: Configuration, step: Step): Failure[] {
  if (step.command === undefined) return []
  const names = [...step.inputs, ...step.outputs].map((one) => one.inner)
  const path = `recipe.${step.name}.command`
  const place = placeOf(configuration, path) ?? step.at
  if (typeof step.command === 'string') {
    const parsed = parseTemplate(step.command, names)
    const unsafe = parsed.unsafe.map(({ text, quoting }) =>
      failure('placeholder-unsafe', { step: step.name, text, where: forbidden[quoting] }, place),
    )
    return [...templateFailures(configuration, { step, names, at: place }, parsed), ...unsafe]
  }
  return step.command.flatMap((part, index) => {
    const at = placeOf(configuration, `${path}.${index}`) ?? place
    return templateFailures(configuration, { step, names, at }, parseTemplate(part, names))
  })
}

interface TemplatePlace {
  step: Step
  /** The names that the template may use. */
  names: string[]
  at: Step['at']
}

function templateFailures(
  configuration: Configuration,
  { step, names, at }: TemplatePlace,
  { template, unknown, dotted }: ParsedTemplate,
): Failure[] {
  const failures = [...new Set(unknown)].map((word) => {
    const [head, ...rest] = word.split('.')
    const near = nearest(head!, names) ?? nearest(word, names)
    const suggestion = near === undefined ? undefined : [near, ...(names.includes(near) ? rest : [])].join('.')
    return failure('placeholder-unknown', { step: step.name, word, near: suggestion }, at)
  })
  for (const { name, rest: field } of dotted) {
    const input = step.inputs.find((one) => one.inner === name)
    const values = input ? (configuration.flavours.get(input.from)?.values ?? []) : []
    if (input === undefined || !values.some((value) => fieldOf(value, [...input.field, field]) !== undefined)) continue
    const from = [input.from, ...input.field, field].join('.')
    failures.push(failure('placeholder-field', { step: step.name, word: `${name}.${field}`, field, from }, at))
  }
  for (const piece of template.pieces) {
    if (typeof piece === 'string' || piece.property === undefined) continue
    const input = step.inputs.find((one) => one.inner === piece.name)
    const kind =
      input === undefined
        ? 'an output'
        : configuration.flavours.has(input.from)
          ? 'a value of a flavour'
          : input.collect !== undefined
            ? 'a collection'
            : undefined
    if (kind !== undefined)
      failures.push(failure('placeholder-property', { step: step.name, text: piece.text, kind }, at))
  }
  return failures
}
