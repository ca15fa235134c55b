// Prepares a simulated kitchen to run: reads its formula, and loads the user's modules.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Place } from '../config/origin.ts'
import { failureAt } from '../config/reading/syntax-tree.ts'
import type { Choose, HeldGood, StrategyName } from '../racks/racks.ts'
import type { Formula, ShelvedOrder, Variables } from './formula.ts'
import type { Module, SimulationKitchen } from './simulation-settings.ts'

export interface PreparedKitchen extends Omit<SimulationKitchen, 'decay' | 'strategy' | 'places'> {
  formula: Formula
  strategy: StrategyName | Choose<ShelvedOrder>
}

export async function prepareKitchen(kitchen: SimulationKitchen): Promise<PreparedKitchen> {
  const { decay, strategy, places, ...rest } = kitchen
  return {
    ...rest,
    formula:
      'module' in decay
        ? moduleFormula(loadFunction(decay, 'value', places.decay.base))
        : await expressionFormula(decay.expression, places.decay),
    strategy:
      typeof strategy === 'string' ? strategy : moduleStrategy(loadFunction(strategy, 'choose', places.strategy.base)),
  }
}

async function expressionFormula(text: string, place: Place): Promise<Formula> {
  const { readExpression } = await import('./expression.ts')
  const read = readExpression(text)
  if ('worth' in read) return read
  throw new Refusal([failureAt('simulation-formula', { text, ...read }, place)])
}

interface LoadedFunction {
  file: string
  call: (argument: unknown) => unknown
}

function loadFunction({ module }: Module, name: string, base: string): LoadedFunction {
  const file = resolve(base, module)
  let found: { [name: string]: unknown }
  try {
    // Uses Node's own require, which loads modules of both kinds. `import()` in the bundle only finds what was
    // bundled.
    found = createRequire(file)(file)
  } catch (error) {
    throw new Refusal([failure('simulation-module', { file, why: reason(error) })])
  }
  const call = found[name] ?? (found.default as { [name: string]: unknown } | undefined)?.[name] ?? found.default
  if (typeof call !== 'function')
    throw new Refusal([failure('simulation-module', { file, why: `it exports no function "${name}"` })])
  return { file, call: (argument) => call(argument) }
}

const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** Calls the user's function. An error from it is reported as the module's mistake. */
function callModule({ file, call }: LoadedFunction, argument: unknown): unknown {
  try {
    return call(argument)
  } catch (error) {
    throw new Refusal([failure('simulation-module', { file, why: reason(error) })], 1)
  }
}

function moduleFormula(module: LoadedFunction): Formula {
  const worth = (variables: Variables): number => {
    const value = callModule(module, { ...variables })
    if (typeof value === 'number' && !Number.isNaN(value)) return value
    throw new Refusal([failure('simulation-module', { file: module.file, why: `value() gave ${String(value)}` })], 1)
  }
  return { worth, straight: false }
}

function moduleStrategy(module: LoadedFunction): Choose<ShelvedOrder> {
  return ({ incoming, candidates, now, value }) => {
    const offered = new Map<unknown, HeldGood<ShelvedOrder>>()
    const describe = (held: HeldGood<ShelvedOrder>): object => {
      const { good, shelf, end } = held
      const { id, name, temp, shelfLife, decayRate } = good.order
      const order = { id, name, temp, shelfLife, decayRate, shelf: shelf.name }
      const one = { ...order, value: value(held), age: now - good.born, pickup: good.due, spoils: end }
      offered.set(one, held)
      return one
    }
    const situation = { incoming: { ...describe(incoming) }, candidates: candidates().map(describe), now }
    offered.set(situation.incoming, incoming)
    const chosen = offered.get(callModule(module, situation))
    if (chosen) return chosen
    const why = 'choose() gave neither the incoming order nor one of the candidates'
    throw new Refusal([failure('simulation-module', { file: module.file, why })], 1)
  }
}
