// Reads formulas from text into closures. No part of the text is ever run as code.
import jsep from 'jsep'
import { nearest } from '../base/suggestion.ts'
import { type Formula, variableNames } from './formula.ts'

export type ExpressionFault =
  | { fault: 'syntax'; what: string; column: number }
  | { fault: 'name'; what: string; near: string | undefined; known: readonly string[] }
  | { fault: 'count'; what: string; wanted: number }
  | { fault: 'form'; what: string }

/** Thrown inside this file only; `readExpression` returns it as a value. */
class UnfitExpression extends Error {
  readonly found: ExpressionFault

  constructor(found: ExpressionFault) {
    super(found.what)
    this.found = found
  }
}

type Evaluate = Formula['worth']

/** A part of a formula. Its degree in age and wear is 0 for a constant and 1 for a straight line. */
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

/** `takes` is the exact number of arguments; without it, any number from one on. */
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

/** Longer than any sensible formula, and too short to exhaust the stack by nesting. */
const mostCharacters = 1000

export function readExpression(text: string): Formula | ExpressionFault {
  if (text.length > mostCharacters) return { fault: 'form', what: `more than ${mostCharacters} characters` }
  try {
    const { evaluate, degree } = partOf(parse(text))
    return { worth: evaluate, straight: degree <= 1 }
  } catch (error) {
    if (error instanceof UnfitExpression) return error.found
    throw error
  }
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text)
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number }
    throw new UnfitExpression({ fault: 'syntax', what: description ?? String(error), column: (index ?? 0) + 1 })
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
      return negate(tree)
    case 'BinaryExpression':
      return combine(tree)
    case 'ConditionalExpression':
      return choose(tree)
    case 'CallExpression':
      return call(tree)
    case 'Compound':
      throw new UnfitExpression(
        tree.body.length === 0 ? { fault: 'form', what: 'nothing' } : { fault: 'form', what: 'several formulas' },
      )
    default:
      throw new UnfitExpression({
        fault: 'form',
        what: tree.type === 'MemberExpression' ? 'a dot or a bracket' : tree.type,
      })
  }
}

function constant({ value, raw }: jsep.Literal): Part {
  if (typeof value !== 'number') throw new UnfitExpression({ fault: 'form', what: raw })
  return { evaluate: () => value, degree: 0 }
}

function variable(name: string): Part {
  const known = variableNames.find((one) => one === name)
  if (!known)
    throw new UnfitExpression({ fault: 'name', what: name, near: nearest(name, variableNames), known: variableNames })
  return { evaluate: (variables) => variables[known], degree: known === 'age' || known === 'wear' ? 1 : 0 }
}

function negate({ operator, argument }: jsep.UnaryExpression): Part {
  const { evaluate, degree } = partOf(argument)
  if (operator === '+') return { evaluate, degree }
  if (operator !== '-') throw new UnfitExpression({ fault: 'form', what: operator })
  return { evaluate: (variables) => -evaluate(variables), degree }
}

function combine({ operator, left, right }: jsep.BinaryExpression): Part {
  const operation = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (!operation) throw new UnfitExpression({ fault: 'form', what: operator })
  const [one, other] = [partOf(left), partOf(right)]
  const [first, second] = [one.evaluate, other.evaluate]
  return {
    evaluate: (variables) => operation(first(variables), second(variables)),
    degree: combineDegrees(operator, one.degree, other.degree),
  }
}

function combineDegrees(operator: string, left: number, right: number): number {
  if (left === 0 && right === 0) return 0
  if (operator === '+' || operator === '-') return Math.max(left, right)
  if (operator === '*') return left + right
  return operator === '/' && right === 0 ? left : curved
}

function choose({ test, consequent, alternate }: jsep.ConditionalExpression): Part {
  const [condition, yes, no] = [partOf(test), partOf(consequent), partOf(alternate)]
  return {
    evaluate: (variables) => (condition.evaluate(variables) ? yes.evaluate(variables) : no.evaluate(variables)),
    degree: condition.degree === 0 ? Math.max(yes.degree, no.degree) : curved,
  }
}

function call({ callee, arguments: supplied }: jsep.CallExpression): Part {
  const name = callee.type === 'Identifier' ? (callee as jsep.Identifier).name : ''
  const known = Object.keys(functions)
  const found = known.includes(name) ? functions[name] : undefined
  if (!found) throw new UnfitExpression({ fault: 'name', what: name || 'this call', near: nearest(name, known), known })
  const wanted = found.takes ?? 1
  if (supplied.length < wanted || (found.takes !== undefined && supplied.length > wanted))
    throw new UnfitExpression({ fault: 'count', what: name, wanted })
  const parts = supplied.map(partOf)
  return {
    evaluate: (variables) => found.call(...parts.map(({ evaluate }) => evaluate(variables))),
    degree: parts.every(({ degree }) => degree === 0) ? 0 : curved,
  }
}
