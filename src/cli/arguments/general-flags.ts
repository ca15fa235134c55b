// The flags of every command: which kitchen is meant, how much is said and in which form.
import { namedFlags } from './read-options.ts'
import { flag } from './flag.ts'
import { narrowFlag } from './narrow-flag.ts'

const sectionFile = (section: string) =>
  flag.text({ value: 'FILE', summary: `read the section "${section}" from FILE instead` })

export const generalFlags = {
  directory: flag.path({ alias: 'C', value: 'DIR', summary: 'work in DIR; the cheffile must lie there' }),
  cheffile: flag.text({ value: 'FILE', summary: 'read FILE instead of the cheffile found' }),
  recipefile: sectionFile('recipe'),
  flavourfile: sectionFile('flavour'),
  resourcefile: sectionFile('resource'),
  kitchenfile: sectionFile('kitchen'),
  fridgefile: sectionFile('fridge'),
  cachefile: sectionFile('cache'),
  linkfile: sectionFile('link'),
  optionfile: sectionFile('option'),
  option: flag.texts({
    alias: 'o',
    value: 'KEY=VALUE',
    completes: 'settings',
    summary: 'set anything: -o kitchen.burners=8',
  }),
  narrow: narrowFlag,
  json: flag.switch({ summary: 'print one JSON object a line' }),
  quiet: flag.switch({ alias: 'q', summary: 'print errors and results only' }),
  verbose: flag.switch({ alias: 'v', summary: 'print everything, lists in full' }),
  color: flag.choice({ value: 'WHEN', choices: ['auto', 'always', 'never'], summary: 'auto, always or never' }),
  help: flag.switch({ alias: 'h', summary: 'print what a command does' }),
  version: flag.switch({ alias: 'V', summary: 'print the version' }),
}

export const generalFlagsNamed = namedFlags(generalFlags)
