// Formulas as text: read into a tree and made of closures. Nothing of the text is ever run as code.
import jsep from 'jsep'
import { nearest } from '../base/suggestion.ts'
import { type Formula, type Variables, variableNames } from './formula.ts'

export type ExpressionFault =
  | { fault: 'syntax'; what: string; column: number }
  | { fault: 'name'; what: string; near: string | undefined; known: readonly string[] }
  | { fault: 'count'; what: string; wanted: number }
  | { fault: 'form'; what: string }

/** Thrown inside, given back as a value by `readExpression`. */
class Unfit extends Error {
  readonly found: ExpressionFault

  constructor(found: ExpressionFault) {
    super(found.what)
    this.found = found
  }
}

type Evaluate = Formula['worth']

/** How a part depends on age and wear: 0 not at all, 1 as a straight line. */
interface Part {
  evaluate: Evaluate
  degree: number
}

const curved = Number.POSITIVE_INFINITY

type Binary = (left: number, right: number) => number

const operators: { [sign: string]: Binary } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
}

/** With how many arguments each is called. */
const functions: { [name: string]: { call: (...numbers: number[]) => number; takes?: number } } = {
  min: { call: Math.min },
  max: { call: Math.max },
  abs: { call: Math.abs, takes: 1 },
  exp: { call: Math.exp, takes: 1 },
  log: { call: Math.log, takes: 1 },
  sqrt: { call: Math.sqrt, takes: 1 },
  floor: { call: Math.floor, takes: 1 },
  ceil: { call: Math.ceil, takes: 1 },
  round: { call: Math.round, takes: 1 },
}

/** Longer than any formula, and too short to nest until the stack ends. */
const longest = 1000

export function readExpression(text: string): Formula | ExpressionFault {
  if (text.length > longest) return { fault: 'form', what: `more than ${longest} characters` }
  try {
    const { evaluate, degree } = partOf(parsed(text))
    return { worth: evaluate, straight: degree <= 1 }
  } catch (error) {
    if (error instanceof Unfit) return error.found
    throw error
  }
}

function parsed(text: string): jsep.Expression {
  try {
    return jsep(text)
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number }
    throw new Unfit({ fault: 'syntax', what: description ?? String(error), column: (index ?? 0) + 1 })
  }
}

function partOf(node: jsep.Expression): Part {
  const tree = node as jsep.CoreExpression
  switch (tree.type) {
    case 'Literal':
      return constant(tree)
    case 'Identifier':
      return variable(tree.name)
    case 'UnaryExpression':
      return negated(tree)
    case 'BinaryExpression':
      return joined(tree)
    case 'ConditionalExpression':
      return chosen(tree)
    case 'CallExpression':
      return called(tree)
    case 'Compound':
      throw new Unfit(
        tree.body.length === 0 ? { fault: 'form', what: 'nothing' } : { fault: 'form', what: 'several formulas' },
      )
    default:
      throw new Unfit({ fault: 'form', what: tree.type === 'MemberExpression' ? 'a dot or a bracket' : tree.type })
  }
}

function constant({ value, raw }: jsep.Literal): Part {
  if (typeof value !== 'number') throw new Unfit({ fault: 'form', what: raw })
  return { evaluate: () => value, degree: 0 }
}

function variable(name: string): Part {
  const known = (variableNames as readonly string[]).includes(name)
  if (!known) throw new Unfit({ fault: 'name', what: name, near: nearest(name, variableNames), known: variableNames })
  const key = name as keyof Variables
  return { evaluate: (variables) => variables[key], degree: key === 'age' || key === 'wear' ? 1 : 0 }
}

function negated({ operator, argument }: jsep.UnaryExpression): Part {
  const { evaluate, degree } = partOf(argument)
  if (operator === '+') return { evaluate, degree }
  if (operator !== '-') throw new Unfit({ fault: 'form', what: operator })
  return { evaluate: (variables) => -evaluate(variables), degree }
}

function joined({ operator, left, right }: jsep.BinaryExpression): Part {
  const operation = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (!operation) throw new Unfit({ fault: 'form', what: operator })
  const [one, other] = [partOf(left), partOf(right)]
  const [first, second] = [one.evaluate, other.evaluate]
  return {
    evaluate: (variables) => operation(first(variables), second(variables)),
    degree: joinedDegree(operator, one.degree, other.degree),
  }
}

function joinedDegree(operator: string, left: number, right: number): number {
  if (left === 0 && right === 0) return 0
  if (operator === '+' || operator === '-') return Math.max(left, right)
  if (operator === '*') return left + right
  return operator === '/' && right === 0 ? left : curved
}

function chosen({ test, consequent, alternate }: jsep.ConditionalExpression): Part {
  const [asked, yes, no] = [partOf(test), partOf(consequent), partOf(alternate)]
  return {
    evaluate: (variables) => (asked.evaluate(variables) ? yes.evaluate(variables) : no.evaluate(variables)),
    degree: asked.degree === 0 ? Math.max(yes.degree, no.degree) : curved,
  }
}

function called({ callee, arguments: given }: jsep.CallExpression): Part {
  const name = callee.type === 'Identifier' ? (callee as jsep.Identifier).name : ''
  const known = Object.keys(functions)
  const found = known.includes(name) ? functions[name] : undefined
  if (!found) throw new Unfit({ fault: 'name', what: name || 'this call', near: nearest(name, known), known })
  const wanted = found.takes ?? 1
  if (given.length < wanted || (found.takes !== undefined && given.length > wanted))
    throw new Unfit({ fault: 'count', what: name, wanted })
  const parts = given.map(partOf)
  return {
    evaluate: (variables) => found.call(...parts.map(({ evaluate }) => evaluate(variables))),
    degree: parts.every(({ degree }) => degree === 0) ? 0 : curved,
  }
}
