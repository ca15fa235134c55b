// Words a shape, and the value found in its place: "has to be a size such as 20GB, and it is nothing".
import { plain, type Tree } from '../reading/syntax-tree.ts'
import type { Unit } from '../sections/amounts.ts'
import type { FieldsShape, Shape } from './shape.ts'

export function expectation(shape: Shape): string {
  switch (shape.kind) {
    case 'any':
      return 'a value'
    case 'nothing':
      return 'nothing'
    case 'text':
      return 'text'
    case 'number':
      return numberExpectation(shape)
    case 'flag':
      return 'true or false'
    case 'choice':
      return shape.of.length === 1 ? String(shape.of[0]) : `one of ${shape.of.join(', ')}`
    case 'size':
      return 'a size such as 20GB or 16 MB'
    case 'duration':
      return 'a duration such as 90, 30s, 5m or 2h'
    case 'amount':
      return amountExpectations[shape.unit]
    case 'list':
      if (shape.means) return `a list of ${shape.means}`
      return shape.single ? `${expectation(shape.of)} or a list` : 'a list'
    case 'table':
      return 'names with values'
    case 'fields':
      return fieldsExpectation(shape)
    case 'either':
      return [...new Set(shape.of.map(expectation))].join(', or ')
  }
}

function numberExpectation({ whole, least, most }: Shape & { kind: 'number' }): string {
  const bounds =
    most !== undefined ? ` from ${least ?? 0} to ${most}` : least !== undefined ? ` of at least ${least}` : ''
  return `a ${whole ? 'whole ' : ''}number${bounds}`
}

function fieldsExpectation({ fields, oneOf, short }: FieldsShape): string {
  const keys = `keys with values (${(oneOf ?? Object.keys(fields)).slice(0, 6).join(', ')})`
  const alone = short && fields[short.key]
  return alone ? `${expectation(alone)}, or ${keys}` : keys
}

const amountExpectations: { [unit in Unit]: string } = {
  count: 'a number, or a sum such as 2 * attempt',
  bytes: 'a size such as 2GB, or a sum such as 2GB * attempt',
  seconds: 'a duration such as 10m, or a sum such as 10m * attempt',
}

export function finding(tree: Tree): string {
  if (tree.kind === 'list') return 'a list'
  if (tree.kind === 'map') return 'keys with values'
  const value = plain(tree)
  if (value === null) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
