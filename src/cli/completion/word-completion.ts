// Completes the word that is being typed, as far as the words before it say: commands, options, and names of the kitchen.
import type { CommandDescription } from '../arguments/command-description.ts'
import { type FlagDescription, type NamedFlag, written } from '../arguments/flag.ts'
import { generalFlagsNamed } from '../arguments/general-flags.ts'
import type { Completes } from '../arguments/positional.ts'
import { flagAwaitingValue } from '../arguments/split-words.ts'

export interface Candidate {
  word: string
  /** Some shells show it beside the word. */
  about?: string
  /** More can follow, so the shell puts no space behind it. */
  open?: true
}

/** Files and folders are completed by the shell itself. */
export type Completion = { candidates: Candidate[]; paths?: 'files' | 'folders' }

/** Names that only the kitchen knows; asked for only where one is needed. */
export interface KitchenNames {
  /** `prefix`: the beginning of the item, `z/` or `z/1f`. */
  names: (kind: Completes | NonNullable<FlagDescription['completes']>) => Promise<string[]>
  items: (prefix: string) => Promise<string[]>
  /** Values of a flavour, or of one of its fields, and labels of a resource. */
  values: (name: string) => Promise<string[]>
}

/** `words`: everything after `chef` up to where the cursor stands; the last one is being typed. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandDescription[],
  known: KitchenNames,
): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, given, following } = readWords(before, commands)
  if (following) return { candidates: [], paths: 'files' }
  const flags = [...(command?.flags ?? []), ...generalFlagsNamed]
  const open = flagAwaitingValue(before.at(-1), flags)
  if (open) return matching(await flagValues(open, typed, known), typed)
  const equals = typed.indexOf('=')
  if (typed.startsWith('--') && equals > 0) {
    const flag = flags.find((one) => `--${one.name}` === typed.slice(0, equals))
    if (!flag?.value) return { candidates: [] }
    const value = typed.slice(equals + 1)
    return prefixed(`${typed.slice(0, equals)}=`, matching(await flagValues(flag, value, known), value))
  }
  if (typed.startsWith('-')) return matching({ candidates: flags.map(flagCandidate) }, typed)
  if (!command) return matching({ candidates: commands.map(commandCandidate) }, typed)
  return matching(await argumentWords(command, { given, typed, commands, known }), typed)
}

const commandCandidate = ({ name, summary }: CommandDescription): Candidate => ({ word: name, about: summary })
const flagCandidate = (flag: NamedFlag): Candidate => ({ word: written(flag), about: flag.summary })

/** Finds the command and its arguments in the words before the one that is typed. */
function readWords(
  words: readonly string[],
  commands: readonly CommandDescription[],
): { command: CommandDescription | undefined; given: string[]; following: boolean } {
  let command: CommandDescription | undefined
  const given: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--')
      return { command, given, following: command?.positionals.some(({ shape }) => shape === 'following') ?? false }
    const flags = [...(command?.flags ?? commands.flatMap((one) => one.flags)), ...generalFlagsNamed]
    if (flagAwaitingValue(word, flags)) at++
    else if (word.startsWith('-')) continue
    else if (command) given.push(word)
    else command = commands.find(({ name }) => name === word)
  }
  return { command, given, following: false }
}

async function flagValues(flag: NamedFlag, typed: string, known: KitchenNames): Promise<Completion> {
  if (flag.choices) return { candidates: flag.choices.map((word) => ({ word })) }
  if (flag.value === 'FILE') return { candidates: [], paths: 'files' }
  if (flag.value === 'DIR') return { candidates: [], paths: 'folders' }
  if (flag.completes === 'settings') return { candidates: await settingWords(typed) }
  if (flag.completes === 'variants') return variantWords(typed, known)
  if (flag.completes === 'columns') {
    const head = typed.slice(0, typed.lastIndexOf(',') + 1)
    const minus = flag.minus && typed.slice(head.length).startsWith('-') ? '-' : ''
    return { candidates: (await known.names('columns')).map((name) => ({ word: head + minus + name })) }
  }
  return { candidates: [] }
}

/** Completes `num_N=10,12`: first the name, then values that are not there yet. */
async function variantWords(typed: string, known: KitchenNames): Promise<Completion> {
  const equals = typed.indexOf('=')
  if (equals < 0)
    return { candidates: (await known.names('variants')).map((name) => ({ word: `${name}=`, open: true })) }
  const head = typed.slice(0, Math.max(equals, typed.lastIndexOf(',')) + 1)
  const there = new Set(typed.slice(equals + 1).split(','))
  const values = await known.values(typed.slice(0, equals))
  return { candidates: values.filter((value) => !there.has(value)).map((value) => ({ word: head + value })) }
}

/** Completes `kitchen.burners=`, and the values of a setting that is a choice. */
async function settingWords(typed: string): Promise<Candidate[]> {
  const { knownSettings } = await import('../../config/sections/known-settings.ts')
  const settings = knownSettings()
  if (!typed.includes('=')) return settings.map(({ path, about }) => ({ word: `${path}=`, about, open: true }))
  const setting = settings.find(({ path }) => typed.startsWith(`${path}=`))
  return (setting?.choices ?? []).map((choice) => ({ word: `${setting?.path}=${choice}` }))
}

interface ArgumentPlace {
  given: string[]
  typed: string
  commands: readonly CommandDescription[]
  known: KitchenNames
}

async function argumentWords(
  { positionals }: CommandDescription,
  { given, typed, commands, known }: ArgumentPlace,
): Promise<Completion> {
  const plain = positionals.filter(({ shape }) => shape !== 'following')
  const last = plain.at(-1)
  const repeated = last?.shape === 'any' || last?.shape === 'some' ? last : undefined
  const { choices, completes } = plain[given.length] ?? repeated ?? {}
  if (choices) return { candidates: choices.map((word) => ({ word })) }
  switch (completes) {
    case undefined:
      return { candidates: [] }
    case 'files':
      return { candidates: [], paths: 'files' }
    case 'commands':
      return { candidates: commands.map(commandCandidate) }
    case 'items':
      if (typed.includes('/')) return { candidates: (await known.items(typed)).map((word) => ({ word })) }
      return { candidates: (await known.names('items')).map((name) => ({ word: `${name}/`, open: true })) }
    default: {
      const names = await known.names(completes)
      return { candidates: names.filter((name) => !given.includes(name)).map((word) => ({ word })) }
    }
  }
}

function matching({ candidates, paths }: Completion, typed: string): Completion {
  return { candidates: candidates.filter(({ word }) => word.startsWith(typed)), ...(paths && { paths }) }
}

function prefixed(head: string, { candidates, paths }: Completion): Completion {
  return { candidates: candidates.map((one) => ({ ...one, word: head + one.word })), ...(paths && { paths }) }
}
