// Reads the words of the command line: the command, its arguments and flags, and every mistake in them. Values are not interpreted yet.
import { type Failure, failure } from '../../base/failures/failure.ts'
import { nearest } from '../../base/suggestion.ts'
import type { CommandDescription, CommandList } from './command-description.ts'
import { valueWrong, type NamedFlag } from './flag.ts'
import { generalFlagsNamed } from './general-flags.ts'
import { usageOf } from './positional.ts'
import { flagAwaitingValue, type SplitWords, splitWords, type Words, wordsBefore } from './split-words.ts'

export interface Understood<Command extends CommandDescription = CommandDescription> {
  /** Undefined: `chef` alone. */
  command?: Command | undefined
  words: Words
  failures: Failure[]
}

/** Loads only the command that is named. A wrong word loads all of them, to say where it would belong. */
export async function readArguments<Command extends CommandDescription>(
  argv: readonly string[],
  list: CommandList<Command>,
): Promise<Understood<Command>> {
  const first = commandWord(argv)
  const command = first.found ? await list.named(first.name ?? '') : undefined
  if (first.found && (command || first.name === undefined)) {
    const understood = understand(argv, command, [])
    if (understood.failures.length === 0) return understood
  }
  return readAmong(argv, await list.all())
}

/** Reads with every command known. A flag depends on its command: `--count` is a switch for one and takes a number for another. */
export function readAmong<Command extends CommandDescription>(
  argv: readonly string[],
  commands: readonly Command[],
): Understood<Command> {
  const everything = commands.flatMap(({ flags }) => flags)
  const { plain, following } = splitWords(argv, [...generalFlagsNamed, ...everything])
  const [name] = plain.length > 0 ? plain : following
  const command = commands.find((one) => one.name === name)
  return understand(argv, command, commands)
}

/** The first word that is no flag, where all before it are flags of every command. */
function commandWord(argv: readonly string[]): { found: boolean; name?: string } {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-')) return { found: true, name: word }
    if (flagAwaitingValue(word, generalFlagsNamed)) at++
    else if (!isGeneral(word)) return { found: false }
  }
  return { found: true }
}

function isGeneral(word: string): boolean {
  if (!word.startsWith('--')) return generalFlagsNamed.some(({ alias }) => alias !== undefined && alias === word[1])
  return generalFlagsNamed.some(({ name }) => word === `--${name}` || word.startsWith(`--${name}=`))
}

/** `others`: commands whose flags are known too, so that a mistake can be told from a flag in the wrong place. */
function understand<Command extends CommandDescription>(
  argv: readonly string[],
  command: Command | undefined,
  others: readonly Command[],
): Understood<Command> {
  const own = [...(command?.flags ?? []), ...generalFlagsNamed]
  const split = splitWords(argv, [...own, ...others.flatMap(({ flags }) => flags)])
  const { plain, following } = split
  const [name, ...given] = plain.length > 0 ? plain : following
  const follows = command?.positionals.some(({ shape }) => shape === 'following') ?? false
  const words: Words = {
    arguments: command === undefined ? [] : follows || plain.length === 0 ? given : [...given, ...following],
    following: follows ? following : [],
    values: new Map(),
    switches: new Map(),
  }
  const failures: Failure[] = []
  if (name !== undefined && !command) failures.push(commandUnknown(name, others))
  // Without a known command no flag of another one can be called out of place.
  const allowed = name !== undefined && !command ? [...own, ...others.flatMap(({ flags }) => flags)] : own
  failures.push(...takeFlags(words, split, { argv, command, allowed, others }))
  failures.push(...wrongCount(command, words))
  return { command, words, failures }
}

function commandUnknown(name: string, commands: readonly CommandDescription[]): Failure {
  const names = commands.map((one) => one.name)
  return failure('command-unknown', { name, near: nearest(name, names) })
}

interface Surroundings {
  argv: readonly string[]
  command: CommandDescription | undefined
  allowed: readonly NamedFlag[]
  others: readonly CommandDescription[]
}

function takeFlags(words: Words, { flags }: SplitWords, surroundings: Surroundings): Failure[] {
  const { argv, allowed } = surroundings
  return [...flags].flatMap(([name, given]) => {
    const flag = allowed.find((one) => one.name === name)
    if (flag === undefined) return [flagUnknown(name, surroundings)]
    if (flag.value === undefined) {
      words.switches.set(name, given === true)
      return valuesOfSwitch(name, argv)
    }
    const texts = typeof given === 'boolean' ? [] : given
    words.values.set(name, texts)
    return wrongValues(flag, texts)
  })
}

function wrongValues({ name, value = '', choices }: NamedFlag, texts: readonly string[]): Failure[] {
  if (texts.length === 0 || texts.includes('')) return [failure('flag-without-value', { flag: `--${name}`, value })]
  const wrong = choices && texts.find((text) => !choices.includes(text))
  if (choices === undefined || wrong === undefined) return []
  const near = nearest(wrong, choices)
  return [failure('flag-value-wrong', { flag: `--${name}`, value: wrong, wanted: choices.join(', '), near })]
}

/** `--json=yes`: the parser takes every word but "true" for a no. */
function valuesOfSwitch(name: string, argv: readonly string[]): Failure[] {
  const head = `--${name}=`
  return wordsBefore(argv)
    .filter((word) => word.startsWith(head))
    .map((word) => word.slice(head.length))
    .filter((value) => value !== 'true' && value !== 'false')
    .map((value) => valueWrong(name, value, 'no value'))
}

function flagUnknown(name: string, { argv, command, allowed, others }: Surroundings): Failure {
  const words = wordsBefore(argv)
  const owners = others.filter(({ flags }) => flags.some((flag) => flag.name === name))
  const alias = owners.flatMap(({ flags }) => flags).find((flag) => flag.name === name)?.alias
  const short = alias !== undefined && words.some((word) => word.startsWith(`-${alias}`)) ? alias : undefined
  const shape = short || name.length === 1 ? `-${short ?? name}` : `--${name}`
  const isNegated = words.some((word) => word === `--no-${name}` || word.startsWith(`--no-${name}=`))
  const near = nearest(
    name,
    allowed.map((flag) => flag.name),
  )
  return failure('flag-unknown', {
    flag: isNegated ? `--no-${name}` : shape,
    command: command?.name,
    near: near && `--${near}`,
    elsewhere: owners.length > 0 ? owners.map((owner) => owner.name) : undefined,
  })
}

function wrongCount(command: CommandDescription | undefined, words: Words): Failure[] {
  if (!command || words.switches.get('help')) return []
  const { name, positionals } = command
  const shapes = positionals.map(({ shape }) => shape).filter((shape) => shape !== 'following')
  const needed = shapes.filter((shape) => shape === 'one' || shape === 'some').length
  const takes = usageOf(positionals.filter(({ shape }) => shape !== 'following'))
  if (words.arguments.length < needed) return [failure('argument-missing', { command: name, takes })]
  const most = shapes.some((shape) => shape === 'any' || shape === 'some') ? Infinity : shapes.length
  const surplus = words.arguments[most]
  return surplus === undefined ? [] : [failure('argument-surplus', { command: name, word: surplus })]
}
