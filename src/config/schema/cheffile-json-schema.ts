// Builds the JSON Schema of a cheffile, for editors, from the definition that chef itself checks with.
import {
  keysOfTypes,
  rangeShape,
  recipeKeys,
  type Section,
  sectionNames,
  sections,
  valueFileShape,
  valueTableShape,
} from './cheffile-schema.ts'
import { type JsonSchema, schemaOf } from './json-schema.ts'

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
function sectionSchema(name: Section): JsonSchema {
  const elsewhere = { type: ['string', 'null'], description: 'the path of a file that holds the section' }
  const table = (of: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: of })
  if (name === 'recipe') return { anyOf: [table({ $ref: '#/definitions/step' }), elsewhere] }
  if (name === 'flavours') return { anyOf: [table({ $ref: '#/definitions/flavour' }), elsewhere] }
  return { anyOf: [schemaOf(sections[name].shape), elsewhere] }
}

function stepSchema(): JsonSchema {
  // A type that is not written follows from the other keys, and is none of those that have keys of their own but image.
  const dependencies = [...keysOfTypes].map(([key, types]) => {
    const implied = types.includes('image')
    return [key, { properties: { type: { enum: types } }, ...(!implied && { required: ['type'] }) }] as const
  })
  return {
    ...schemaOf(sections.recipe.shape.of),
    dependencies: Object.fromEntries(dependencies),
    ...where(
      { properties: { type: { const: 'recipe' } }, required: ['type'] },
      { propertyNames: { enum: recipeKeys } },
    ),
  }
}

/** Nearly everything is a value; an object of the type lin, log, file or table stands for many. */
function flavourSchema(): JsonSchema {
  const ofType = (types: string[]): JsonSchema => ({
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
  })
  const fromTable = where(ofType(['table']), schemaOf(valueTableShape))
  const fromFile = where(ofType(['file']), schemaOf(valueFileShape), fromTable)
  const range = { ...schemaOf(rangeShape), dependencies: { base: ofType(['log']) } }
  const value = where(ofType(['lin', 'log']), range, fromFile)
  return {
    description:
      'a value, a list of values, a range (type: lin or log), values that lie in a file (type: file), or the rows of a table (type: table)',
    not: { type: 'null' },
    ...where({ type: 'array' }, { items: value }, value),
  }
}

function where(condition: JsonSchema, then: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  // oxlint-disable-next-line no-thenable
  return { if: condition, then, ...(otherwise && { else: otherwise }) }
}
