// A kitchen whose formula and strategy are ready to be called: formulas are read, the user's modules loaded.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { failureAt, type Place } from '../config/reading/syntax-tree.ts'
import type { Choose, Held, StrategyName } from '../racks/racks.ts'
import type { Formula, Ticket, Variables } from './formula.ts'
import type { Module, SimulationKitchen } from './simulation-settings.ts'

export interface EquippedKitchen extends Omit<SimulationKitchen, 'decay' | 'strategy' | 'places'> {
  formula: Formula
  strategy: StrategyName | Choose<Ticket>
}

export async function equip(kitchen: SimulationKitchen): Promise<EquippedKitchen> {
  const { decay, strategy, places, ...rest } = kitchen
  return {
    ...rest,
    formula:
      'module' in decay
        ? moduleFormula(exported(decay, 'value', places.decay.base))
        : await expressionFormula(decay.expression, places.decay),
    strategy:
      typeof strategy === 'string' ? strategy : moduleStrategy(exported(strategy, 'choose', places.strategy.base)),
  }
}

async function expressionFormula(text: string, place: Place): Promise<Formula> {
  const { readExpression } = await import('./expression.ts')
  const read = readExpression(text)
  if ('worth' in read) return read
  throw new Refusal([failureAt('simulation-formula', { text, ...read }, place)])
}

interface Exported {
  file: string
  call: (...given: unknown[]) => unknown
}

function exported({ module }: Module, name: string, base: string): Exported {
  const file = resolve(base, module)
  let found: { [name: string]: unknown }
  try {
    // Node's own, which takes modules of both kinds: `import()` of the bundle only knows what was bundled.
    found = createRequire(file)(file)
  } catch (error) {
    throw new Refusal([failure('simulation-module', { file, why: reason(error) })])
  }
  const call = found[name] ?? (found.default as { [name: string]: unknown } | undefined)?.[name] ?? found.default
  if (typeof call !== 'function')
    throw new Refusal([failure('simulation-module', { file, why: `it exports no function "${name}"` })])
  return { file, call: call as Exported['call'] }
}

const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] as string) : String(error)

/** What a module throws or gives back is its own mistake, and is told as one. */
function called({ file, call }: Exported, given: unknown): unknown {
  try {
    return call(given)
  } catch (error) {
    throw new Refusal([failure('simulation-module', { file, why: reason(error) })], 1)
  }
}

function moduleFormula(module: Exported): Formula {
  const worth = (variables: Variables): number => {
    const value = called(module, { ...variables })
    if (typeof value === 'number' && !Number.isNaN(value)) return value
    throw new Refusal([failure('simulation-module', { file: module.file, why: `value() gave ${String(value)}` })], 1)
  }
  return { worth, straight: false }
}

function moduleStrategy(module: Exported): Choose<Ticket> {
  return ({ incoming, candidates, now, value }) => {
    const told = new Map<unknown, Held<Ticket>>()
    const tell = (held: Held<Ticket>): object => {
      const { good, shelf, end } = held
      const { id, name, temp, shelfLife, decayRate } = good.order
      const order = { id, name, temp, shelfLife, decayRate, shelf: shelf.name }
      const one = { ...order, value: value(held), age: now - good.born, pickup: good.due, spoils: end }
      told.set(one, held)
      return one
    }
    const given = { incoming: { ...tell(incoming) }, candidates: candidates().map(tell), now }
    told.set(given.incoming, incoming)
    const chosen = told.get(called(module, given))
    if (chosen) return chosen
    const why = 'choose() gave neither the incoming order nor one of the candidates'
    throw new Refusal([failure('simulation-module', { file: module.file, why })], 1)
  }
}
