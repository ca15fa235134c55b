// What a job needs at its nth attempt: amounts may be written as expressions of `attempt`.
import type { Amount, Needs } from '../config/configuration.ts'
import type { Ticket } from '../kitchen/ticket.ts'

export function evaluateNeeds({ cpu, mem, gpu, time }: Needs, attempt: number): Ticket['needs'] {
  const needs: Ticket['needs'] = {}
  if (cpu !== undefined) needs.cpu = evaluate(cpu, attempt)
  if (mem !== undefined) needs.mem = evaluate(mem, attempt)
  if (gpu !== undefined) needs.gpu = evaluate(gpu, attempt)
  if (time !== undefined) needs.time = evaluate(time, attempt)
  return needs
}

export function evaluate(amount: Amount, attempt: number): number {
  return typeof amount === 'number' ? amount : calculate(amount.expression, attempt)
}

/** Numbers, `attempt`, + - * / and brackets, by recursive descent: nothing of it is ever run as code. */
function calculate(expression: string, attempt: number): number {
  const tokens = expression.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|attempt|[-+*/()]/g) ?? []
  let at = 0
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') value += tokens[at++] === '+' ? product() : -product()
    return value
  }
  const product = (): number => {
    let value = atom()
    while (tokens[at] === '*' || tokens[at] === '/') value = tokens[at++] === '*' ? value * atom() : value / atom()
    return value
  }
  const atom = (): number => {
    const token = tokens[at++]
    if (token === '(') {
      const value = sum()
      at++
      return value
    }
    if (token === '-') return -atom()
    return token === 'attempt' ? attempt : Number(token)
  }
  return sum()
}
