// What is meant by the words that choose, sort and group the columns of a table.
import { type Failure, failure, Refusal } from '../base/failure.ts'
import { type Arrangement, type Summary, summaryKinds } from '../tables/arrange.ts'
import type { Typed } from './typed.ts'

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
