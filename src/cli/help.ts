// The help, overall and for each command, out of the table of flags.
import type { Style } from '../report/text/style.ts'
import { commands } from './command-table.ts'
import { type Command, commonFlags, type Flag, written } from './flags.ts'

const flagWidth = 26
const lineWidth = 78

export function overallHelp(style: Style): string {
  const width = Math.max(...commands.map(({ name, takes }) => `${name} ${takes}`.length)) + 2
  return [
    `${style.bold('chef')} cooks what a cheffile says, every variant once.`,
    '',
    `${style.bold('Usage:')} chef <command> [options]`,
    '',
    style.bold('Commands'),
    ...commands.map(({ name, takes, summary }) => {
      const gap = ' '.repeat(width - `${name} ${takes}`.length)
      return `  ${style.cyan(name)} ${style.dim(takes)}${gap}${summary}`
    }),
    '',
    style.bold('Options of every command'),
    ...flagLines(commonFlags, style),
    '',
    style.bold('Examples'),
    ...exampleLines(
      [
        ['chef init', 'write a small kitchen'],
        ['chef build', 'cook what is not fresh'],
        ['chef status', 'look inside'],
      ],
      style,
    ),
    '',
    style.dim('"chef <command> --help" tells more of a command.'),
    '',
  ].join('\n')
}

export function commandHelp(command: Command, style: Style): string {
  const usage = ['chef', command.name, command.takes, '[options]'].filter((word) => word !== '').join(' ')
  const own = command.flags.length === 0 ? [] : ['', style.bold('Options'), ...flagLines(command.flags, style)]
  return [
    `${style.bold(`chef ${command.name}`)}: ${command.summary}`,
    '',
    `${style.bold('Usage:')} ${usage}`,
    ...own,
    '',
    style.bold('Options of every command'),
    ...flagLines(commonFlags, style),
    '',
    style.bold('Examples'),
    ...exampleLines(command.examples, style),
    '',
  ].join('\n')
}

function flagLines(flags: Flag[], style: Style): string[] {
  return flags.flatMap((flag) => {
    const short = flag.short ? `-${flag.short}, ` : '    '
    const value = flag.without ? `[=${flag.value}]` : flag.value ? ` ${flag.value}` : ''
    const words = `${short}${written(flag)}${value}`
    const painted = `${short}${style.cyan(written(flag))}${style.dim(value)}`
    const [first = '', ...more] = wrapped(flag.summary, lineWidth - flagWidth - 2)
    const indent = ' '.repeat(flagWidth + 2)
    const head =
      words.length < flagWidth
        ? [`  ${painted}${' '.repeat(flagWidth - words.length)}${first}`]
        : [`  ${painted}`, indent + first]
    return [...head, ...more.map((line) => indent + line)]
  })
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

function exampleLines(examples: [string, string][], style: Style): string[] {
  const width = Math.max(...examples.map(([command]) => command.length)) + 3
  return examples.map(([command, what]) => `  ${command}${' '.repeat(width - command.length)}${style.dim(what)}`)
}
