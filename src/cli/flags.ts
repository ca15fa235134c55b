// What a command and a flag are, and the flags that every command has.

export interface Flag {
  name: string
  short?: string
  /** What stands for the value in the help; without it the flag is a switch. */
  value?: string
  /** The value that is meant where none is given. */
  without?: string
  /** May be given several times. */
  repeat?: true
  choices?: readonly string[]
  /** What its value names: completion asks the kitchen for it. Files and folders are known by `value`. */
  completes?: 'variants' | 'settings' | 'columns'
  /** A value may begin with `-`. */
  minus?: true
  /** A switch that is on by default: its `--no-` form is what is shown. */
  on?: true
  summary: string
}

export interface Command {
  name: string
  /** `<needed>`, `[possible]`, `[any..]`. */
  takes: string
  /** Words after `--` are a command that it runs. */
  follows?: true
  /** What its arguments are: completion asks the kitchen for them. */
  completes?: 'targets' | 'results' | 'shelves' | 'items' | 'files' | 'commands'
  choices?: readonly string[]
  summary: string
  flags: Flag[]
  examples: [command: string, what: string][]
}

const fileFlag = (section: string): Flag => ({
  name: `${section}file`,
  value: 'FILE',
  summary: `read the section "${section}" from FILE instead`,
})

/** Sections of the cheffile that a file can be named for. */
export const linkedSections = ['recipe', 'flavour', 'resource', 'kitchen', 'fridge', 'link', 'option'] as const

export const commonFlags: Flag[] = [
  { name: 'directory', short: 'C', value: 'DIR', summary: 'work in DIR; the cheffile must lie there' },
  { name: 'cheffile', value: 'FILE', summary: 'read FILE instead of the cheffile found' },
  ...linkedSections.map(fileFlag),
  {
    name: 'option',
    short: 'o',
    value: 'KEY=VALUE',
    repeat: true,
    completes: 'settings',
    summary: 'set anything: -o kitchen.burners=8',
  },
  {
    name: 'narrow',
    short: 'f',
    value: 'NAME=V[,V]',
    repeat: true,
    completes: 'variants',
    summary: 'only these variants of a flavour or resource',
  },
  { name: 'json', summary: 'print one JSON object a line' },
  { name: 'quiet', short: 'q', summary: 'print errors and results only' },
  { name: 'verbose', short: 'v', summary: 'print everything, lists in full' },
  { name: 'color', value: 'WHEN', choices: ['auto', 'always', 'never'], summary: 'auto, always or never' },
  { name: 'help', short: 'h', summary: 'print what a command does' },
  { name: 'version', short: 'V', summary: 'print the version' },
]

/** `--no-wait` and `--json`: how a flag is written. */
export function written(flag: Flag): string {
  return `--${flag.on ? 'no-' : ''}${flag.name}`
}
