// What the word that is being typed can become: commands, options and names of the kitchen, as far as the words before it say.
import { commands } from './command-table.ts'
import { type Command, commonFlags, type Flag, written } from './flags.ts'

export interface Candidate {
  word: string
  /** Shown beside it by shells that do. */
  about?: string
  /** More can follow: no space is put behind it. */
  open?: true
}

/** Files and folders are the shell's own business. */
export type Completion = { candidates: Candidate[]; paths?: 'files' | 'folders' }

/** What only a kitchen knows; asked only where it is needed. */
export interface Known {
  /** `prefix`: the beginning of the item, `z/` or `z/1f`. */
  names: (kind: NonNullable<Command['completes'] | Flag['completes']>) => Promise<string[]>
  items: (prefix: string) => Promise<string[]>
  /** Values of a flavour, or of one of its fields, and labels of a resource. */
  values: (name: string) => Promise<string[]>
}

/** `words`: everything after `chef` up to where the cursor stands; the last one is being typed. */
export async function complete(words: readonly string[], known: Known): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, given, following } = readWords(before)
  if (following) return { candidates: [], paths: 'files' }
  const flags = [...(command?.flags ?? []), ...commonFlags]
  const open = flagBehind(before.at(-1), flags)
  if (open) return matching(await flagValues(open, typed, known), typed)
  const equals = typed.indexOf('=')
  if (typed.startsWith('--') && equals > 0) {
    const flag = flags.find((one) => `--${one.name}` === typed.slice(0, equals))
    if (!flag?.value) return { candidates: [] }
    const value = typed.slice(equals + 1)
    return prefixed(`${typed.slice(0, equals)}=`, matching(await flagValues(flag, value, known), value))
  }
  if (typed.startsWith('-')) return matching({ candidates: flags.map(flagCandidate) }, typed)
  if (!command)
    return matching({ candidates: commands.map(({ name, summary }) => ({ word: name, about: summary })) }, typed)
  return matching(await argumentWords(command, given, typed, known), typed)
}

const flagCandidate = (flag: Flag): Candidate => ({ word: written(flag), about: flag.summary })

/** The words before the one that is typed: which command, and how many arguments it has. */
function readWords(words: readonly string[]): { command: Command | undefined; given: string[]; following: boolean } {
  let command: Command | undefined
  const given: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (word === '--') return { command, given, following: command?.follows === true }
    const flags = [...(command?.flags ?? commands.flatMap((one) => one.flags)), ...commonFlags]
    if (flagBehind(word, flags)) at++
    else if (word.startsWith('-')) continue
    else if (command) given.push(word)
    else command = commands.find(({ name }) => name === word)
  }
  return { command, given, following: false }
}

/** The flag whose value comes next: `--option`, `-o`, or the last letter of `-ko`. */
function flagBehind(word: string | undefined, flags: readonly Flag[]): Flag | undefined {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return undefined
  const valued = flags.filter((flag) => flag.value !== undefined)
  if (word.startsWith('--')) return valued.find(({ name }) => `--${name}` === word)
  const letters = [...word.slice(1)]
  const at = letters.findIndex((letter) => valued.some(({ short }) => short === letter))
  // What stands behind a letter that takes a value is that value.
  return at === letters.length - 1 ? valued.find(({ short }) => short === letters[at]) : undefined
}

async function flagValues(flag: Flag, typed: string, known: Known): Promise<Completion> {
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

/** `num_N=10,12`: first the name, then values that are not there yet. */
async function variantWords(typed: string, known: Known): Promise<Completion> {
  const equals = typed.indexOf('=')
  if (equals < 0)
    return { candidates: (await known.names('variants')).map((name) => ({ word: `${name}=`, open: true })) }
  const head = typed.slice(0, Math.max(equals, typed.lastIndexOf(',')) + 1)
  const there = new Set(typed.slice(equals + 1).split(','))
  const values = await known.values(typed.slice(0, equals))
  return { candidates: values.filter((value) => !there.has(value)).map((value) => ({ word: head + value })) }
}

/** `kitchen.burners=`, and what a choice can be. */
async function settingWords(typed: string): Promise<Candidate[]> {
  const { knownSettings } = await import('../config/sections/known-settings.ts')
  const settings = knownSettings()
  if (!typed.includes('=')) return settings.map(({ path, about }) => ({ word: `${path}=`, about, open: true }))
  const setting = settings.find(({ path }) => typed.startsWith(`${path}=`))
  return (setting?.choices ?? []).map((choice) => ({ word: `${setting?.path}=${choice}` }))
}

async function argumentWords(command: Command, given: string[], typed: string, known: Known): Promise<Completion> {
  const most = command.takes.endsWith('..]') ? Infinity : command.takes.split(' ').filter(Boolean).length
  if (given.length >= most) return { candidates: [] }
  if (command.choices) return { candidates: command.choices.map((word) => ({ word })) }
  switch (command.completes) {
    case undefined:
      return { candidates: [] }
    case 'files':
      return { candidates: [], paths: 'files' }
    case 'commands':
      return { candidates: commands.map(({ name, summary }) => ({ word: name, about: summary })) }
    case 'items':
      if (typed.includes('/')) return { candidates: (await known.items(typed)).map((word) => ({ word })) }
      return { candidates: (await known.names('items')).map((name) => ({ word: `${name}/`, open: true })) }
    default: {
      const names = await known.names(command.completes)
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
