// Failures of an order simulation.
import { didYouMean, type Wording } from './wording.ts'

/** The faults that simulation finds in a formula. */
type FormulaFault =
  | { fault: 'syntax'; what: string; column: number }
  | { fault: 'name'; what: string; near: string | undefined; known: readonly string[] }
  | { fault: 'count'; what: string; wanted: number }
  | { fault: 'form'; what: string }

function formulaFault(d: FormulaFault): string {
  switch (d.fault) {
    case 'syntax':
      return `${d.what} (character ${d.column})`
    case 'name':
      return `it knows no "${d.what}"`
    case 'count':
      return `${d.what}() takes ${d.wanted === 1 ? 'a number' : `${d.wanted} numbers`}`
    case 'form':
      return `${d.what} cannot stand in a formula`
  }
}

export const simulationFailures = {
  'simulation-orders': (_: object): Wording => ({
    message: 'there are no orders to simulate',
    hint: 'name a file of orders, or have some made up: chef simulate --count 1000',
  }),
  'simulation-order': (d: { number: number; why: string; hint?: string | undefined }): Wording => ({
    message: `order ${d.number} cannot be taken: ${d.why}`,
    hint: d.hint,
  }),
  'simulation-repeat': (_: object): Wording => ({
    message: 'orders with recorded times cannot be repeated to make up a count',
    hint: 'let them come at a rate instead: --rate 3.25',
  }),
  'simulation-rate': (_: object): Wording => ({ message: 'at a rate of 0 no order ever comes' }),
  'simulation-no-shelf': (_: object): Wording => ({
    message: 'a kitchen needs a shelf',
    hint: 'shelves: { hot: 15, overflow: { capacity: 20, overflow: true } }',
  }),
  'simulation-couriers': (d: { least: number; most: number }): Wording => ({
    message: `couriers cannot take at least ${d.least} s and at most ${d.most} s`,
  }),
  'simulation-strategy': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `there is no strategy "${d.name}"`,
    hint: didYouMean(d.near) ?? `there are ${d.known.join(', ')}, or the path of a module (.mjs, .cjs, .js)`,
  }),
  'simulation-formula': (d: { text: string } & FormulaFault): Wording => ({
    message: `the formula "${d.text.slice(0, 80)}" cannot be read: ${formulaFault(d)}`,
    hint: d.fault === 'name' ? (didYouMean(d.near) ?? `it knows ${d.known.join(', ')}`) : undefined,
  }),
  'simulation-module': (d: { file: string; why: string }): Wording => ({
    message: `the module ${d.file} cannot be used: ${d.why}`,
  }),
}
