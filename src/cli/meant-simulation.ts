// What is meant by the words of `chef simulate`.
import { failure, Refusal } from '../base/failures/failure.ts'
import type { FixedSetting } from '../config/reading/layers.ts'
import type { Typed } from './typed.ts'

export interface SimulationWish {
  kitchen?: string | undefined
  compare: boolean
  count?: number | undefined
  /** A rate was typed: recorded times do not count. */
  untimed: boolean
  settings: FixedSetting[]
}

export function simulationMeant({ values, switches }: Typed): SimulationWish {
  const number = (name: string, wanted: string, fits: (value: number) => boolean): number | undefined => {
    const text = values.get(name)?.at(-1)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() !== '' && fits(value)) return value
    throw new Refusal([failure('flag-value-wrong', { flag: `--${name}`, value: text, wanted })])
  }
  const whole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least
  const count = number('count', 'a whole number from 1 on', whole(1))
  const rate = number('rate', 'a number above 0', (value) => value > 0 && value < Number.POSITIVE_INFINITY)
  const seed = number('seed', 'a whole number from 0 on', whole(0))
  const strategy = values.get('strategy')?.at(-1)
  const until = values.get('until')?.at(-1)
  const settings = Object.entries({ rate, seed, strategy, until }).flatMap(([path, value]): FixedSetting[] =>
    value === undefined ? [] : [{ path, value, argument: `--${path} ${value}` }],
  )
  return {
    kitchen: values.get('kitchen')?.at(-1),
    compare: switches.get('compare') ?? false,
    count,
    untimed: rate !== undefined,
    settings,
  }
}
