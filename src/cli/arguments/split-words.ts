// Splits a command line into arguments and flags, given the flags that exist. Checks nothing.
import { Parser as parse } from 'yargs/helpers'
import type { NamedFlag } from './flag.ts'

export interface Words {
  arguments: string[]
  /** The words after `--`, for a command that runs them. */
  following: string[]
  values: Map<string, string[]>
  switches: Map<string, boolean>
}

export interface SplitWords {
  /** Words before `--` that are no flags: the command and its arguments. */
  plain: string[]
  following: string[]
  /** The values of each flag, unknown ones included. */
  flags: Map<string, string[] | boolean>
}

const tuning = {
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'flatten-duplicate-arrays': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
  'short-option-groups': true,
}

/** Of several flags with the same name or letter, the first counts. */
export function splitWords(argv: readonly string[], known: readonly NamedFlag[]): SplitWords {
  const flags = known.filter(({ name }, at) => known.findIndex((one) => one.name === name) === at)
  const aliased = flags.filter(({ alias }, at) => alias && flags.findIndex((one) => one.alias === alias) === at)
  const before = wordsBefore(argv)
  const words = joinMinus(before, flags)
    .flatMap((word) => splitShort(word, flags))
    .map((word) => withBareValue(word, flags))
  const valued = flags.filter((flag) => flag.value !== undefined).map((flag) => flag.name)
  const { argv: parsed } = parse.detailed([...words, ...argv.slice(before.length)], {
    alias: Object.fromEntries(aliased.map(({ name, alias = '' }) => [name, [alias]])),
    array: valued,
    string: [...valued, '_'],
    boolean: flags.filter((flag) => flag.value === undefined).map((flag) => flag.name),
    configuration: tuning,
  })
  const { _: plain, '--': following, ...given } = parsed
  const aliases = new Set(aliased.map(({ alias }) => alias))
  return {
    plain: plain.map(String),
    following: listOf(following),
    flags: new Map(
      Object.entries(given)
        .filter(([name]) => !aliases.has(name))
        .map(([name, value]) => [name, typeof value === 'boolean' ? value : switchOrTexts(value)]),
    ),
  }
}

/** The words before `--`. */
export function wordsBefore(argv: readonly string[]): string[] {
  return argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : [...argv]
}

/** Of a switch that was given several times, the last one counts. */
function switchOrTexts(value: unknown): string[] | boolean {
  const last = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'boolean' ? last : listOf(value)
}

function listOf(value: unknown): string[] {
  return value === undefined ? [] : [value].flat().map(String)
}

/** The flag whose value is the next word: `--option`, `-o`, or the last letter of `-ko`. */
export function flagAwaitingValue(word: string | undefined, flags: readonly NamedFlag[]): NamedFlag | undefined {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return undefined
  const valued = flags.filter((flag) => flag.value !== undefined && flag.bare === undefined)
  if (word.startsWith('--')) return valued.find(({ name }) => `--${name}` === word)
  const letters = [...word.slice(1)]
  const at = letters.findIndex((letter) => valued.some(({ alias }) => alias === letter))
  // The rest of the word behind such a letter is its value.
  return at === letters.length - 1 ? valued.find(({ alias }) => alias === letters[at]) : undefined
}

/** `--sort -n` as `--sort=-n`: the parser would take the value for a flag. */
function joinMinus(words: readonly string[], flags: readonly NamedFlag[]): string[] {
  const names = new Set(flags.filter((flag) => flag.minus).map((flag) => `--${flag.name}`))
  const joined: string[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last !== undefined && names.has(last) && /^-[^-]/.test(word)) joined[joined.length - 1] = `${last}=${word}`
    else joined.push(word)
  }
  return joined
}

/** `-kj4` and `-Csub` as `-k -j 4` and `-C sub`: the parser would read every letter as a switch. */
function splitShort(word: string, flags: readonly NamedFlag[]): string[] {
  if (!/^-[A-Za-z]./.test(word)) return [word]
  const words: string[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = flags.find((one) => one.alias === word[at])
    if (!flag) return [word]
    const rest = word.slice(at + 1)
    if (flag.value !== undefined && rest !== '') return [...words, `--${flag.name}=${rest.replace(/^=/, '')}`]
    words.push(`-${word[at]}`)
    if (flag.counts !== undefined && /^\d+$/.test(rest)) return [...words, `--${flag.counts}=${rest}`]
  }
  return words
}

/** `--recook` as `--recook=100%`. */
function withBareValue(word: string, flags: readonly NamedFlag[]): string {
  const flag = flags.find(({ name, bare }) => bare !== undefined && word === `--${name}`)
  return flag ? `${word}=${flag.bare}` : word
}
