// Words a build as a user would type it, so that the page shows the command beside each button.
import type { Depends } from '../base/event.ts'
import { plainText } from '../base/value.ts'

export interface BuildWish {
  targets: string[]
  /** The values of `-f`. */
  narrow: string[]
  force: boolean
  keepGoing: boolean
}

export function buildWords({ targets, narrow, force, keepGoing }: BuildWish): string {
  return [
    'chef build',
    ...targets.map(quoted),
    ...narrow.map((one) => `-f ${quoted(one)}`),
    ...(force ? ['--force'] : []),
    ...(keepGoing ? ['-k'] : []),
  ].join(' ')
}

/** Quotes a word for the shell where it needs that. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Returns the `-f` values that reach all of these variants, one for each of the names. */
export function narrowTo(variants: readonly Depends[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const values = variants.map((depends) => depends[name])
    if (values.length === 0 || values.includes(undefined)) return []
    const texts = new Set(values.map((value) => narrowText(value ?? null)))
    return [`${name}=${[...texts].join(',')}`]
  })
}

/** Characters that mean something in the argument of `-f`. */
const special = /[,"'[\]{}]/

function narrowText(value: Depends[string]): string {
  const text = plainText(value)
  return typeof value === 'string' && special.test(value) ? JSON.stringify(text) : text
}
