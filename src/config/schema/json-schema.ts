// The JSON Schema of a cheffile, for editors: made of the definition that the program itself checks with.
import { amountPatterns } from '../sections/amounts.ts'
import { keysOfTypes, rangeShape, recipeKeys, sectionNames, sections, valueFileShape } from './cheffile-schema.ts'
import type { Field, Fields, Shape } from './shape.ts'

export type JsonSchema = { [keyword: string]: unknown }

export function cheffileSchema(): JsonSchema {
  const properties = sectionNames.flatMap((name) => {
    const { alias, describe } = sections[name]
    const schema = { description: describe, allOf: [{ $ref: `#/definitions/${name}` }] }
    return [name, alias].map((key) => [key, schema] as const)
  })
  const definitions = sectionNames.map((name) => [name, sectionSchema(name)] as const)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'chef/cheffile',
    title: 'cheffile',
    description: 'what goes in, what varies, what is cooked',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    // One spelling of a section, not both.
    allOf: sectionNames.map((name) => ({ not: { required: [name, sections[name].alias] } })),
    definitions: { ...Object.fromEntries(definitions), step: stepSchema(), flavour: flavourSchema() },
  }
}

/** Each section may stand inline, be the path of a file that holds it, or still be empty. */
function sectionSchema(name: (typeof sectionNames)[number]): JsonSchema {
  const elsewhere = { type: ['string', 'null'], description: 'the path of a file that holds the section' }
  const table = (of: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: of })
  if (name === 'recipe') return { anyOf: [table({ $ref: '#/definitions/step' }), elsewhere] }
  if (name === 'flavours') return { anyOf: [table({ $ref: '#/definitions/flavour' }), elsewhere] }
  return { anyOf: [schemaOf(sections[name].shape), elsewhere] }
}

function stepSchema(): JsonSchema {
  const shape = sections.recipe.shape.of as Shape
  // A type that is not written follows from the other keys, and is none of those that have keys of their own but image.
  const dependencies = Object.entries(keysOfTypes).map(([key, types]) => {
    const implied = types.includes('image')
    return [key, { properties: { type: { enum: types } }, ...(!implied && { required: ['type'] }) }] as const
  })
  return {
    ...schemaOf(shape),
    dependencies: Object.fromEntries(dependencies),
    ...where(
      { properties: { type: { const: 'recipe' } }, required: ['type'] },
      { propertyNames: { enum: recipeKeys } },
    ),
  }
}

/** Nearly everything is a value; an object of the type lin, log or file stands for many. */
function flavourSchema(): JsonSchema {
  const ofType = (types: string[]): JsonSchema => ({
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
  })
  const fromFile = where(ofType(['file']), schemaOf(valueFileShape))
  const range = { ...schemaOf(rangeShape), dependencies: { base: ofType(['log']) } }
  const value = where(ofType(['lin', 'log']), range, fromFile)
  return {
    description: 'a value, a list of values, a range (type: lin or log), or values that lie in a file (type: file)',
    not: { type: 'null' },
    ...where({ type: 'array' }, { items: value }, value),
  }
}

function where(condition: JsonSchema, then: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  // oxlint-disable-next-line no-thenable
  return { if: condition, then, ...(otherwise && { else: otherwise }) }
}

function schemaOf(shape: Shape): JsonSchema {
  const schema = undescribed(shape)
  return shape.describe === undefined ? schema : { description: shape.describe, ...schema }
}

function undescribed(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'any':
      return {}
    case 'text':
      return { type: 'string' }
    case 'flag':
      return { type: 'boolean' }
    case 'choice':
      return { enum: [...shape.of] }
    case 'number':
      return {
        type: shape.whole ? 'integer' : 'number',
        ...(shape.least !== undefined && { minimum: shape.least }),
        ...(shape.most !== undefined && { maximum: shape.most }),
      }
    case 'size':
    case 'duration':
    case 'amount':
      return quantitySchema(shape)
    case 'list': {
      const list = { type: 'array', items: schemaOf(shape.of) }
      return shape.single ? { anyOf: [schemaOf(shape.of), list] } : list
    }
    case 'table':
      return { type: ['object', 'null'], additionalProperties: schemaOf(shape.of) }
    case 'fields':
      return fieldsSchema(shape)
    case 'either':
      return { anyOf: shape.of.map(schemaOf) }
  }
}

function quantitySchema(shape: Shape & { kind: 'size' | 'duration' | 'amount' }): JsonSchema {
  const unit = { size: 'bytes', duration: 'seconds', amount: undefined }[shape.kind] as 'bytes' | 'seconds' | undefined
  // An amount may be a sum with brackets, which no pattern can follow.
  const text = unit === undefined ? { type: 'string' } : { type: 'string', pattern: amountPatterns[unit] }
  return { anyOf: [{ type: 'number', minimum: 0 }, text] }
}

function fieldsSchema({ fields, rest, oneOf }: Shape & { kind: 'fields' }): JsonSchema {
  const entries = Object.entries(fields).flatMap(([name, field]) =>
    spellings(name, field).map((spelling) => [spelling, schemaOf(field)] as const),
  )
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    additionalProperties: rest ? schemaOf(rest) : false,
    ...required(fields),
    ...(oneOf && { oneOf: oneOf.map((name) => ({ required: [name] })) }),
  }
}

const spellings = (name: string, { alias }: Field): string[] => (alias === undefined ? [name] : [name, alias])

function required(fields: Fields): JsonSchema {
  const names = Object.keys(fields).filter((name) => fields[name]?.required)
  return names.length > 0 ? { required: names } : {}
}
