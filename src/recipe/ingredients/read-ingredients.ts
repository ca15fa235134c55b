// Reads ingredients from YAML or text, and checks that every option is known, of its kind and within its bounds.
import { type Failure, failure, type Position } from '../../base/failures/failure.ts'
import { isMap, plainText, type Value, type ValueMap } from '../../base/value.ts'
import { nearest } from '../../base/suggestion.ts'
import { parseColour, parseColours } from './colour.ts'
import { type Definition, definitions, type Ingredient, opacity, type Option } from './ingredients.ts'
import { fullName, parseIngredientText, TextError } from './ingredients-text.ts'

export interface ReadContext {
  /**
   * Inputs of the step. Inputs that are values have one while the step is cooked, and none while the recipe is
   * checked.
   */
  inputs: ReadonlyMap<string, { value?: Value }>
  at?: Position | undefined
}

export interface Reading {
  ingredients: Ingredient[]
  failures: Failure[]
}

export function readIngredients(value: Value, context: ReadContext): Reading {
  const failures: Failure[] = []
  const ingredients = readChain(value, context, failures)
  const formats = ingredients.findIndex(({ name }) => name === 'format')
  if (formats >= 0 && formats < ingredients.length - 1)
    failures.push(failure('ingredient-misplaced', { ingredient: 'format', fault: 'not-last' }, context.at))
  return { ingredients, failures }
}

function readChain(value: Value, context: ReadContext, failures: Failure[]): Ingredient[] {
  const items = Array.isArray(value) ? value : [value]
  return items.flatMap((item) => {
    if (typeof item === 'string') return readText(item, context, failures)
    if (!isMap(item)) {
      failures.push(failure('ingredient-form', { found: plainText(item) }, context.at))
      return []
    }
    return Object.entries(item).flatMap(([name, options]) => readOne(name, options, context, failures))
  })
}

function readText(text: string, context: ReadContext, failures: Failure[]): Ingredient[] {
  try {
    return parseIngredientText(text).flatMap((one) => readChain(one, context, failures))
  } catch (error) {
    if (!(error instanceof TextError)) throw error
    failures.push(
      failure('ingredient-text', { fault: error.fault, near: error.near, ...optionsNear(error) }, context.at),
    )
    return []
  }
}

/** The words that are allowed where no option is. */
function optionsNear({ ingredient = '', near }: TextError): { known?: string[]; meant?: string | undefined } {
  const definition = Object.hasOwn(definitions, ingredient) ? definitions[ingredient] : undefined
  if (definition === undefined) return {}
  const names = optionNames(definition)
  return { known: names, meant: nearest(near.replace(/^-+/, ''), names) }
}

function optionNames({ options, limited }: Definition): string[] {
  return [...Object.keys(options), ...(limited ? ['mask', 'opacity'] : [])]
}

function readOne(name: string, value: Value, context: ReadContext, failures: Failure[]): Ingredient[] {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (definition === undefined) {
    const near = nearest(name, Object.keys(definitions))
    failures.push(failure('ingredient-unknown', { name, near, known: Object.keys(definitions) }, context.at))
    return []
  }
  const before = failures.length
  const { written, failures: unwritten } = writtenOptions(name, definition, value, context)
  failures.push(...unwritten)
  const ingredient: Ingredient = { name, options: {}, masks: [], opacity: 1 }
  for (const [option, shape] of Object.entries(definition.options)) {
    const value = written.get(option) ?? shape.default
    if (value === undefined) continue
    const read = readOption({ ingredient: name, option, shape }, value, context, failures)
    if (read !== undefined) ingredient.options[option] = read
  }
  const share = written.get('opacity')
  if (share !== undefined) {
    const read = readOption({ ingredient: name, option: 'opacity', shape: opacity }, share, context, failures)
    if (typeof read === 'number') ingredient.opacity = read
  }
  const mask = written.get('mask')
  if (mask !== undefined) {
    const masks = Array.isArray(mask) ? mask : [mask]
    ingredient.masks = masks.map((one) => readChain(one, context, failures))
  }
  // Reports what is missing only if nothing else is wrong: a misspelled option is missing as well.
  if (failures.length === before) failures.push(...missing(ingredient, context.at))
  return [ingredient]
}

/** Returns the options under their full names. */
function writtenOptions(
  name: string,
  definition: Definition,
  value: Value,
  { at }: ReadContext,
): { written: Map<string, Value>; failures: Failure[] } {
  const failures: Failure[] = []
  const { main } = definition
  const bare = value !== null && value !== true && !isMap(value)
  if (bare && main === undefined)
    failures.push(failure('ingredient-form', { found: `${name}: ${plainText(value)}` }, at))
  const options: ValueMap = bare ? (main === undefined ? {} : { [main]: value }) : isMap(value) ? value : {}
  const written = new Map<string, Value>()
  const known = optionNames(definition)
  for (const [word, content] of Object.entries(options)) {
    const option = fullName(word, definition.options)
    if (known.includes(option)) written.set(option, content)
    else if (option === 'mask' || option === 'opacity')
      failures.push(failure('ingredient-misplaced', { ingredient: name, fault: 'unlimited' }, at))
    else
      failures.push(
        failure('ingredient-option', { ingredient: name, option: word, near: nearest(word, known), known }, at),
      )
  }
  return { written, failures }
}

function missing({ name, options }: Ingredient, at: Position | undefined): Failure[] {
  const needed: { [name: string]: string[] } = {
    resize: ['width', 'height', 'scale'],
    composite: ['with'],
    picture: ['from'],
  }
  const one = needed[name]
  if (one === undefined || one.some((option) => option in options)) return []
  return [failure('ingredient-lacking', { ingredient: name, options: one }, at)]
}

/** Replaces the name of an input by the input's value, if that is known already. */
interface OptionPlace {
  ingredient: string
  option: string
  shape: Option
}

function readOption(
  { ingredient, option, shape }: OptionPlace,
  written: Value,
  { inputs, at }: ReadContext,
  failures: Failure[],
): Value | undefined {
  const input = typeof written === 'string' ? inputs.get(written) : undefined
  if (input !== undefined && shape.kind !== 'picture') {
    if (input.value === undefined) return written
    written = input.value
  }
  const read = fitting(shape, written, inputs)
  if (read !== undefined) return read
  const near =
    typeof written === 'string'
      ? nearest(written, [...(shape.kind === 'choice' ? shape.of : []), ...inputs.keys()])
      : undefined
  failures.push(
    failure(
      'ingredient-value',
      { ingredient, option, value: plainText(written), wanted: wantedBy(shape, inputs), near },
      at,
    ),
  )
  return undefined
}

function fitting(shape: Option, value: Value, inputs: ReadContext['inputs']): Value | undefined {
  switch (shape.kind) {
    case 'number':
      return numberWithin(shape, numberOf(value))
    case 'choice':
      return typeof value === 'string' && shape.of.includes(value) ? value : undefined
    case 'flag':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined
    case 'length':
      return lengthOf(value, shape.negative ?? false)
    case 'aspect':
      return aspectOf(value)
    case 'colour':
      return parseColour(value) === undefined ? undefined : value
    case 'colours':
      return parseColours(value) === undefined ? undefined : value
    case 'picture':
      return typeof value === 'string' && inputs.has(value) && inputs.get(value)?.value === undefined
        ? value
        : undefined
  }
}

function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)) return undefined
  return Number(value)
}

function numberWithin(shape: Option & { kind: 'number' }, number: number | undefined): number | undefined {
  if (number === undefined || (shape.whole && !Number.isInteger(number))) return undefined
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = shape
  return number >= least && number <= most && number > above ? number : undefined
}

/** Parses a length. A share of the picture becomes a text with %, so that 1 stays one pixel. */
function lengthOf(value: Value, negative: boolean): Value | undefined {
  const percent = typeof value === 'string' && value.endsWith('%') ? numberOf(value.slice(0, -1)) : undefined
  const number = percent ?? numberOf(value)
  if (number === undefined || (!negative && number <= 0)) return undefined
  if (percent !== undefined) return `${percent}%`
  if (Math.abs(number) < 1 && number !== 0) return `${number * 100}%`
  return number
}

function aspectOf(value: Value): number | undefined {
  const [, width, height] = (typeof value === 'string' && /^([\d.]+)[:/]([\d.]+)$/.exec(value)) || []
  const ratio = width === undefined ? numberOf(value) : Number(width) / Number(height)
  return ratio !== undefined && Number.isFinite(ratio) && ratio > 0 ? ratio : undefined
}

function wantedBy(shape: Option, inputs: ReadContext['inputs']): string {
  if (shape.kind === 'choice') return `one of ${shape.of.join(', ')}`
  if (shape.kind === 'flag') return 'true or false'
  if (shape.kind === 'length') return 'a number of pixels, a fraction below 1, or a text like "50%"'
  if (shape.kind === 'aspect') return 'a number above 0, or a text like "16:9"'
  if (shape.kind === 'colour') return 'a colour: "#ff8000", "#f80", a name, or [255, 128, 0]'
  if (shape.kind === 'colours') return 'a list of colours'
  if (shape.kind === 'picture') {
    const pictures = [...inputs].flatMap(([name, { value }]) => (value === undefined ? [name] : []))
    return `the name of an input of the step (${pictures.join(', ')})`
  }
  const bounds = [
    shape.least !== undefined ? `from ${shape.least}` : shape.above !== undefined ? `above ${shape.above}` : '',
    shape.most !== undefined ? `to ${shape.most}` : '',
  ]
  return [shape.whole ? 'a whole number' : 'a number', ...bounds].filter((one) => one !== '').join(' ')
}
