// Finds where the parts of a default export stand in the source, through literals and constants. Messages use the places;
// a computed value is placed at its computation.
import { type Expression, type ModuleDeclaration, parse, type Property, type Statement } from 'acorn'
import type { Places, Spot } from './answer.ts'

/** A line and a column (from 0) of the bundle, in the sources; undefined where the bundler made it up. */
type Original = (line: number, column: number) => Spot | undefined

const beginning: Places = { at: [0, 1, 1] }

/** A constant that names itself ends here. */
const deepest = 64

export function placesIn(text: string, original: Original): Places {
  const { body } = parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  const constants = new Map<string, Expression>()
  for (const statement of body) for (const [name, value] of declared(statement)) constants.set(name, value)
  const exported = exportedExpression(body, constants)
  return exported === undefined ? beginning : new Walk(constants, original).placesOf(exported, beginning.at, 0)
}

/** The deepest known place on a path. */
export function spotAt(places: Places, path: readonly string[]): Spot {
  let found = places
  for (const key of path) {
    const inside = found.inside?.[key]
    if (inside === undefined) break
    found = inside
  }
  return found.at
}

function declared(statement: Statement | ModuleDeclaration): [string, Expression][] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  if (declaration?.type !== 'VariableDeclaration') return []
  return declaration.declarations.flatMap(({ id, init }) => (id.type === 'Identifier' && init ? [[id.name, init]] : []))
}

function exportedExpression(
  body: readonly (Statement | ModuleDeclaration)[],
  constants: ReadonlyMap<string, Expression>,
): Expression | undefined {
  for (const statement of body) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    for (const { exported, local } of statement.specifiers)
      if (exported.type === 'Identifier' && exported.name === 'default' && local.type === 'Identifier')
        return constants.get(local.name)
  }
  return undefined
}

class Walk {
  readonly #constants: ReadonlyMap<string, Expression>
  readonly #original: Original

  constructor(constants: ReadonlyMap<string, Expression>, original: Original) {
    this.#constants = constants
    this.#original = original
  }

  placesOf(node: Expression, around: Spot, depth: number): Places {
    const at = this.#spot(node) ?? around
    if (depth > deepest) return { at }
    switch (node.type) {
      case 'ObjectExpression':
        return { at, inside: this.#properties(node.properties, at, depth) }
      case 'ArrayExpression':
        return { at, inside: this.#elements(node.elements, at, depth) }
      case 'Identifier': {
        const value = this.#constants.get(node.name)
        return value === undefined ? { at } : this.placesOf(value, at, depth + 1)
      }
      case 'CallExpression': {
        const [first] = node.arguments
        const named = node.callee.type === 'Identifier' && /^defineKitchen\d*$/.test(node.callee.name)
        return named && first && first.type !== 'SpreadElement' ? this.placesOf(first, at, depth + 1) : { at }
      }
      case 'AwaitExpression':
        return this.placesOf(node.argument, at, depth + 1)
      case 'ParenthesizedExpression':
        return this.placesOf(node.expression, at, depth + 1)
      case 'MemberExpression': {
        const key = node.property.type === 'Identifier' && !node.computed ? node.property.name : undefined
        if (key === undefined || node.object.type === 'Super') return { at }
        return this.placesOf(node.object, at, depth + 1).inside?.[key] ?? { at }
      }
      default:
        return { at }
    }
  }

  #properties(
    properties: (Property | { type: 'SpreadElement'; argument: Expression })[],
    around: Spot,
    depth: number,
  ): { [key: string]: Places } {
    const inside: { [key: string]: Places } = Object.create(null)
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        Object.assign(inside, this.placesOf(property.argument, around, depth + 1).inside)
        continue
      }
      const key = keyOf(property)
      if (key === undefined) continue
      const spot = this.#spot(property.key) ?? around
      inside[key] = { ...this.placesOf(property.value, spot, depth + 1), key: spot }
    }
    return inside
  }

  #elements(elements: ArrayElements, around: Spot, depth: number): { [key: string]: Places } {
    const inside: { [key: string]: Places } = {}
    for (const [at, element] of elements.entries()) {
      // The length of a spread is unknown here.
      if (element?.type === 'SpreadElement') break
      if (element) inside[at] = this.placesOf(element, around, depth + 1)
    }
    return inside
  }

  #spot({ loc }: Expression): Spot | undefined {
    return loc ? this.#original(loc.start.line, loc.start.column) : undefined
  }
}

type ArrayElements = Extract<Expression, { type: 'ArrayExpression' }>['elements']

function keyOf({ key, computed }: Property): string | undefined {
  if (key.type === 'Identifier' && !computed) return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}
