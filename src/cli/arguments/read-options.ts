// Reads the words of a command line as options, each by its declaration and with its own type.
import type { Failure } from '../../base/failures/failure.ts'
import type { FixedSetting } from '../../config/reading/layers.ts'
import type { Flag, NamedFlag } from './flag.ts'
import type { NamedPositional, Positional } from './positional.ts'
import type { Words } from './split-words.ts'

/** By the name of the option in code: `keepGoing` is written `--keep-going`. */
export type FlagSet = { [name: string]: Flag<unknown> }
export type PositionalSet = { [name: string]: Positional<unknown> }

export type FlagOptions<Flags extends FlagSet> = {
  [Name in keyof Flags]: Flags[Name] extends Flag<infer Value> ? Value : never
}
export type PositionalOptions<Positionals extends PositionalSet> = {
  [Name in keyof Positionals]: Positionals[Name] extends Positional<infer Value> ? Value : never
}

export interface ReadOptions<Options> {
  /** Whole where there are no failures. */
  options: Options
  /** Settings that flags lay over the cheffile. */
  settings: FixedSetting[]
  failures: Failure[]
}

export function namedFlags(flags: FlagSet): NamedFlag[] {
  return Object.entries(flags).map(([name, described]) => ({ ...described, name: writtenName(name) }))
}

export function namedPositionals(positionals: PositionalSet): NamedPositional[] {
  return Object.entries(positionals).map(([name, described]) => ({ ...described, name }))
}

/** `keepGoing` as `keep-going`. */
function writtenName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

export async function readFlags<Flags extends FlagSet>(
  flags: Flags,
  { values, switches }: Words,
  folder: string,
): Promise<ReadOptions<FlagOptions<Flags>>> {
  const options: { [name: string]: unknown } = {}
  const settings: FixedSetting[] = []
  const failures: Failure[] = []
  for (const [key, flag] of Object.entries(flags)) {
    const name = writtenName(key)
    const read = await flag.read({ name, texts: values.get(name) ?? [], on: switches.get(name), folder })
    if ('unfit' in read) {
      failures.push(read.unfit)
      continue
    }
    options[key] = read.value
    if (read.setting) settings.push(read.setting)
  }
  // Each option was read by the flag of its name, which a loop over names cannot tell the compiler.
  return { options: options as FlagOptions<Flags>, settings, failures }
}

export function readPositionals<Positionals extends PositionalSet>(
  positionals: Positionals,
  words: Words,
): PositionalOptions<Positionals> {
  const waiting = [...words.arguments]
  const taken = Object.entries(positionals).map(([name, one]) => [name, one.take(waiting, words.following)])
  return Object.fromEntries(taken) as PositionalOptions<Positionals>
}
