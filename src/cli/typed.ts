// What was typed: the words of the command line sorted into a command, its arguments and its flags, nothing meant yet.
import { Parser as parse } from 'yargs/helpers'
import { type Failure, failure } from '../base/failures/failure.ts'
import { nearest } from '../base/suggestion.ts'
import { commands } from './command-table.ts'
import { type Command, commonFlags, type Flag } from './flags.ts'

export interface Typed {
  /** Undefined: `chef` alone. */
  command?: Command
  arguments: string[]
  /** The words after `--`, for a command that runs them. */
  following: string[]
  values: Map<string, string[]>
  switches: Map<string, boolean>
}

export interface Understood {
  typed: Typed
  failures: Failure[]
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

/** What a flag is may depend on the command: `--count` counts rows of a table, and says how many orders are simulated. */
export function readArguments(argv: string[]): Understood {
  const understood = readWith(argv, [])
  const { command } = understood.typed
  const others = commands.filter((one) => one !== command).flatMap((one) => one.flags)
  const clash = command?.flags.some(({ name, value }) =>
    others.some((other) => other.name === name && (other.value === undefined) !== (value === undefined)),
  )
  return command && clash ? readWith(argv, command.flags) : understood
}

/** Of flags with one name, those of `own` count. */
function readWith(argv: string[], own: Flag[]): Understood {
  const everything = uniqueFlags([...commonFlags, ...commands.flatMap((command) => command.flags), ...own])
  const before = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  const single = joinMinus(before, everything)
    .flatMap((word) => splitShort(word, everything))
    .map((word) => withDefault(word, everything))
  const words = [...single, ...argv.slice(before.length)]
  const valued = everything.filter((flag) => flag.value !== undefined)
  const parsed = parse.detailed(words, {
    alias: Object.fromEntries(
      everything.filter((flag) => flag.short).map((flag) => [flag.name, [flag.short as string]]),
    ),
    array: valued.map((flag) => flag.name),
    string: [...valued.map((flag) => flag.name), '_'],
    boolean: everything.filter((flag) => flag.value === undefined).map((flag) => flag.name),
    configuration: tuning,
  })
  const following = ((parsed.argv['--'] as string[] | undefined) ?? []).map(String)
  const [name, ...plain] = (parsed.argv._.length > 0 ? parsed.argv._ : following).map(String)
  const command = commands.find((one) => one.name === name)
  const rest = command?.follows || parsed.argv._.length === 0 ? plain : [...plain, ...following]
  const allowed = command ? [...commonFlags, ...command.flags] : name === undefined ? commonFlags : everything
  const typed: Typed = {
    command,
    arguments: command ? rest : [],
    following: command?.follows ? following : [],
    values: new Map(),
    switches: new Map(),
  }
  const failures: Failure[] = []
  if (name !== undefined && !command) {
    failures.push(
      failure('command-unknown', {
        name,
        near: nearest(
          name,
          commands.map((one) => one.name),
        ),
      }),
    )
  }
  for (const [key, value] of Object.entries(parsed.argv)) {
    const flag = [...allowed, ...everything].find((one) => one.name === key)
    if (key === '_' || key === '--' || everything.some((one) => one.short === key)) continue
    if (!flag || !allowed.includes(flag)) failures.push(unknown(key, flag, before, allowed, command))
    else if (flag.value === undefined) {
      failures.push(...valuesOfSwitch(flag, before))
      typed.switches.set(flag.name, [value].flat().at(-1) === true)
    } else take(typed, flag, [value].flat().map(String), failures)
  }
  failures.push(...wrongCount(typed))
  return { typed, failures }
}

/** Which cheffile, read how, narrowed to what: the flags that say it, as they were typed. */
export function sameKitchen({ values }: Typed): string[] {
  return commonFlags.flatMap(({ name, value }) =>
    value === undefined || name === 'color' ? [] : (values.get(name) ?? []).map((one) => `--${name}=${one}`),
  )
}

function uniqueFlags(flags: Flag[]): Flag[] {
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()]
}

/** `--sort -n` as `--sort=-n`: the parser would take the value for a flag. */
function joinMinus(words: string[], flags: Flag[]): string[] {
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
function splitShort(word: string, flags: Flag[]): string[] {
  if (!/^-[A-Za-z]./.test(word)) return [word]
  const words: string[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = flags.find((one) => one.short === word[at])
    if (!flag) return [word]
    words.push(`-${word[at]}`)
    const rest = word.slice(at + 1)
    if (flag.value !== undefined && rest !== '')
      return [...words.slice(0, -1), `--${flag.name}=${rest.replace(/^=/, '')}`]
  }
  return words
}

/** `--recook` as `--recook=100%`. */
function withDefault(word: string, flags: Flag[]): string {
  const flag = flags.find(({ name, without }) => without !== undefined && word === `--${name}`)
  return flag ? `${word}=${flag.without}` : word
}

function take(typed: Typed, flag: Flag, values: string[], failures: Failure[]): void {
  const empty = values.length === 0 || values.includes('')
  if (empty) failures.push(failure('flag-without-value', { flag: `--${flag.name}`, value: flag.value as string }))
  const wrong = flag.choices && values.find((value) => value !== '' && !flag.choices?.includes(value))
  if (wrong !== undefined) {
    const near = nearest(wrong, flag.choices ?? [])
    failures.push(
      failure('flag-value-wrong', {
        flag: `--${flag.name}`,
        value: wrong,
        wanted: (flag.choices ?? []).join(', '),
        near,
      }),
    )
  }
  typed.values.set(flag.name, values)
}

/** `--json=yes`: the parser takes every word but "true" for a no. */
function valuesOfSwitch({ name }: Flag, words: string[]): Failure[] {
  return words
    .filter((word) => word.startsWith(`--${name}=`))
    .map((word) => word.slice(`--${name}=`.length))
    .filter((value) => value !== 'true' && value !== 'false')
    .map((value) => failure('flag-value-wrong', { flag: `--${name}`, value, wanted: 'no value' }))
}

function unknown(
  key: string,
  flag: Flag | undefined,
  words: string[],
  allowed: Flag[],
  command: Command | undefined,
): Failure {
  const short = flag?.short && words.some((one) => one.startsWith(`-${flag.short}`)) ? flag.short : undefined
  const shape = short || key.length === 1 ? `-${short ?? key}` : `--${key}`
  const word = words.find((one) => one === `--no-${key}` || one.startsWith(`--no-${key}=`)) ? `--no-${key}` : shape
  const elsewhere = commands.filter((one) => one.flags.some((flag) => flag.name === key)).map((one) => one.name)
  const near = nearest(
    key,
    allowed.map((flag) => flag.name),
  )
  return failure('flag-unknown', {
    flag: word,
    command: command?.name,
    near: near && `--${near}`,
    elsewhere: elsewhere.length > 0 ? elsewhere : undefined,
  })
}

function wrongCount({ command, arguments: given, switches }: Typed): Failure[] {
  if (!command || switches.get('help')) return []
  const words = command.takes.split(' ').filter((word) => word !== '')
  const needed = words.filter((word) => word.startsWith('<')).length
  const most = /\.\.[\]>]$/.test(command.takes) ? Number.POSITIVE_INFINITY : words.length
  if (given.length < needed) return [failure('argument-missing', { command: command.name, takes: command.takes })]
  const surplus = given[most]
  return surplus === undefined ? [] : [failure('argument-surplus', { command: command.name, word: surplus })]
}
