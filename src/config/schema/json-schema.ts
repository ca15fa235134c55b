// Translates shapes into JSON Schema (draft 7), for editors and other programs.
import { amountPatterns } from '../sections/amounts.ts'
import type { Field, FieldsShape, Shape } from './shape.ts'

export type JsonSchema = { [keyword: string]: unknown }

export function schemaOf(shape: Shape): JsonSchema {
  return described(shape.describe, undescribed(shape))
}

const described = (description: string | undefined, schema: JsonSchema): JsonSchema =>
  description === undefined ? schema : { description, ...schema }

function undescribed(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'any':
      return {}
    case 'nothing':
      return { type: 'null' }
    case 'text':
      return { type: 'string' }
    case 'flag':
      return { type: 'boolean' }
    case 'choice':
      if (shape.path) return { anyOf: [{ enum: [...shape.of] }, { type: 'string', pattern: String.raw`^\.{0,2}/` }] }
      return { enum: [...shape.of] }
    case 'number':
      return {
        type: shape.whole ? 'integer' : 'number',
        ...(shape.least !== undefined && { minimum: shape.least }),
        ...(shape.most !== undefined && { maximum: shape.most }),
      }
    case 'size':
      return quantitySchema(amountPatterns.bytes)
    case 'duration':
      return quantitySchema(amountPatterns.seconds)
    case 'amount':
      // A sum with brackets, which no pattern can follow.
      return quantitySchema()
    case 'list': {
      const list = { type: 'array', items: schemaOf(shape.of) }
      return shape.single ? { anyOf: [schemaOf(shape.of), list] } : list
    }
    case 'table':
      return { type: shape.blank ? ['object', 'null'] : 'object', additionalProperties: schemaOf(shape.of) }
    case 'fields': {
      const { short, fields } = shape
      const alone = short && fields[short.key]
      if (!alone) return fieldsSchema(shape)
      return { anyOf: [described(short.describe, undescribed(alone)), fieldsSchema(shape)] }
    }
    case 'either':
      return { anyOf: shape.of.map(schemaOf) }
  }
}

function quantitySchema(pattern?: string): JsonSchema {
  return {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', ...(pattern !== undefined && { pattern }) },
    ],
  }
}

function fieldsSchema({ fields, rest, open, oneOf }: FieldsShape): JsonSchema {
  const all = Object.entries(fields)
  const entries = all.flatMap(([name, field]) => spellings(name, field).map((one) => [one, schemaOf(field)] as const))
  const required = all.filter(([, field]) => field.required).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    ...(!open && { additionalProperties: rest ? schemaOf(rest.of) : false }),
    ...(required.length > 0 && { required }),
    ...(oneOf && { oneOf: oneOf.map((name) => ({ required: [name] })) }),
  }
}

const spellings = (name: string, { alias }: Field): string[] => (alias === undefined ? [name] : [name, alias])
