// What is meant by the words that choose, sort, group and plot the columns of a table.
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { type Arrangement, type Summary, summaryKinds } from '../tables/arrange.ts'
import { resolve } from 'node:path'
import type { Typed } from './typed.ts'

export interface PlotMeant {
  x?: string
  y?: string
  by?: string[]
  log: { x: boolean; y: boolean }
  /** Absolute. */
  out?: string
}

export function plotMeant({ values }: Typed, folder: string): PlotMeant {
  const last = (flag: string): string | undefined => values.get(flag)?.at(-1)
  const log = last('log') ?? ''
  const out = last('out')
  return {
    x: last('across'),
    y: last('up'),
    ...(values.has('by') && { by: (values.get('by') ?? []).flatMap((text) => pieces('by', text)) }),
    log: { x: log.includes('x'), y: log.includes('y') },
    out: out && resolve(folder, out),
  }
}

export function arrangementMeant({ values, switches }: Typed): Arrangement {
  const names = (flag: string): string[] => (values.get(flag) ?? []).flatMap((text) => pieces(flag, text))
  const summaries = summaryKinds.flatMap((kind) => names(kind).map((column): Summary => ({ kind, column })))
  if (switches.get('count')) summaries.push({ kind: 'count' })
  return {
    sort: names('sort'),
    ...(values.has('group') && { group: names('group') }),
    summaries,
    columns: names('columns'),
  }
}

/** `a,-b` */
function pieces(flag: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.some((name) => name === '' || name === '-')) {
    const unfit: Failure = failure('flag-value-wrong', { flag: `--${flag}`, value: text, wanted: 'names of columns' })
    throw new Refusal([unfit])
  }
  return names
}
