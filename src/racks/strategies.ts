// Who goes when all is full. A strategy ranks goods, the lowest rank goes, or it is a function that chooses one.
import type { Good, Held, Situation } from './goods.ts'
import { lookahead } from './lookahead.ts'

export type Choose<G extends Good> = (situation: Situation<G>) => Held<G>

export interface Ranking<G> {
  rank: (held: Held<G>, value: (held: Held<G>) => number) => number
  /** The rank of a good that stays where it is never changes. */
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
