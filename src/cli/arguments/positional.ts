// Declares the arguments of a command: how many there may be, what the help calls them, and how completion finds them.

/** The kinds of names that completion asks the kitchen for. */
export type Completes = 'targets' | 'results' | 'shelves' | 'items' | 'files' | 'commands'

export interface PositionalDescription {
  /** Its name in the help, where that differs from the one in the declaration. */
  label?: string
  shape: 'one' | 'optional' | 'any' | 'some' | 'following'
  /** The help does not show it. */
  hidden?: true
  completes?: Completes
  choices?: readonly string[]
}

export interface NamedPositional extends PositionalDescription {
  name: string
}

export interface Positional<Value> extends PositionalDescription {
  /** Takes its words from the front of `waiting`; `following` are those after `--`. */
  take(waiting: string[], following: readonly string[]): Value
}

type Described = Omit<PositionalDescription, 'shape'>

export const positional = {
  /** `<item>`; the parser has refused a command line without it. */
  one: (described: Described = {}): Positional<string> => ({
    ...described,
    shape: 'one',
    take: (waiting) => waiting.shift() ?? '',
  }),
  /** `[item]` */
  optional: (described: Described = {}): Positional<string | undefined> => ({
    ...described,
    shape: 'optional',
    take: (waiting) => waiting.shift(),
  }),
  /** `[targets..]` */
  any: (described: Described = {}): Positional<string[]> => ({ ...described, shape: 'any', take: takeAll }),
  /** `<tickets..>` */
  some: (described: Described = {}): Positional<string[]> => ({ ...described, shape: 'some', take: takeAll }),
  /** Another command line, after `--`. */
  following: (described: Described = {}): Positional<string[]> => ({
    ...described,
    shape: 'following',
    take: (_, following) => [...following],
  }),
}

const takeAll = (waiting: string[]): string[] => waiting.splice(0)

/** `<target> [more..]` */
export function usageOf(positionals: readonly NamedPositional[]): string {
  return positionals
    .filter(({ hidden }) => !hidden)
    .map(shown)
    .join(' ')
}

function shown({ name, label = name, shape }: NamedPositional): string {
  switch (shape) {
    case 'one':
      return `<${label}>`
    case 'optional':
      return `[${label}]`
    case 'any':
      return `[${label}..]`
    case 'some':
      return `<${label}..>`
    case 'following':
      return `[-- ${label}..]`
  }
}
