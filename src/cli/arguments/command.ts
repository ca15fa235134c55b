// Declares a command: its help, its positionals and flags, and the function that runs it with options typed by them.
import type { Context } from '../context.ts'
import type { CommandDescription } from './command-description.ts'
import {
  type FlagOptions,
  type FlagSet,
  namedFlags,
  namedPositionals,
  type PositionalOptions,
  type PositionalSet,
  readFlags,
  type ReadOptions,
  readPositionals,
} from './read-options.ts'
import type { Words } from './split-words.ts'

export interface Command<Options = unknown> extends CommandDescription {
  /** Relative paths in flags are relative to `folder`. */
  read(words: Words, folder: string): Promise<ReadOptions<Options>>
  /** Returns the exit code. */
  run(options: Options, context: Context): Promise<number>
  /**
   * The line that is printed when the command, told by `context.signal`, has stopped after an interrupt.
   * If it is undefined, an interrupt kills the process at once.
   */
  interrupted(options: Options): string | undefined
}

interface Declaration<Flags, Positionals, Options> {
  name: string
  summary: string
  positionals: Positionals
  flags: Flags
  examples: CommandDescription['examples']
  interrupted?(options: Options): string | undefined
  run(options: Options, context: Context): Promise<number> | number
}

export function command<Flags extends FlagSet, Positionals extends PositionalSet>(
  declared: Declaration<Flags, Positionals, FlagOptions<Flags> & PositionalOptions<Positionals>>,
): Command<FlagOptions<Flags> & PositionalOptions<Positionals>> {
  const { name, summary, examples, flags, positionals } = declared
  return {
    name,
    summary,
    examples,
    flags: namedFlags(flags),
    positionals: namedPositionals(positionals),
    async read(words, folder) {
      const read = await readFlags(flags, words, folder)
      return { ...read, options: { ...read.options, ...readPositionals(positionals, words) } }
    },
    run: async (options, context) => declared.run(options, context),
    interrupted: (options) => declared.interrupted?.(options),
  }
}

/** For `interrupted`: what was cooked before stays in the fridge. */
export const cookedIsKept = (): string => 'interrupted: what was cooked is kept'
