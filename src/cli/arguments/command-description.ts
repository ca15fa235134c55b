// Describes commands to the parser, the help and the completion, and the list that loads each one when it is named.
import type { NamedFlag } from './flag.ts'
import type { NamedPositional } from './positional.ts'

export interface CommandDescription {
  name: string
  summary: string
  positionals: readonly NamedPositional[]
  flags: readonly NamedFlag[]
  examples: readonly (readonly [command: string, what: string])[]
}

export interface CommandList<Command extends CommandDescription = CommandDescription> {
  /** Loads this one only. */
  named(name: string): Promise<Command> | undefined
  /** Loads all, in the order of the help. */
  all(): Promise<Command[]>
}
