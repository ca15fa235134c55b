// The strategies that decide which good is dropped when every shelf is full. A strategy either ranks goods, and the
// lowest rank is dropped, or is a function that chooses one.
import type { Good, HeldGood, Situation } from './goods.ts'
import { lookahead } from './lookahead.ts'

export type Choose<G extends Good> = (situation: Situation<G>) => HeldGood<G>

export interface Ranking<G> {
  rank: (held: HeldGood<G>, value: (held: HeldGood<G>) => number) => number
  /** The rank of a good never changes while it stays in its place. */
  lasting: boolean
}

export const strategyNames = ['drop-new', 'oldest', 'lowest-value', 'soonest-to-spoil', 'lookahead'] as const

export type StrategyName = (typeof strategyNames)[number]

export function strategyOf<G extends Good>(strategy: StrategyName | Choose<G>): Choose<G> | Ranking<G> {
  switch (strategy) {
    case 'drop-new':
      return ({ incoming }) => incoming
    case 'oldest':
      return { rank: ({ good }) => good.born, lasting: true }
    case 'lowest-value':
      return { rank: (held, value) => value(held), lasting: false }
    case 'soonest-to-spoil':
      return { rank: ({ end }) => end, lasting: true }
    case 'lookahead':
      return lookahead
    default:
      return strategy
  }
}
