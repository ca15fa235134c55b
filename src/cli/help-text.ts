// Writes the help of chef and of each command from their descriptions, laid out by yargs, which is loaded only for this.
import type { Style } from '../report/text/style.ts'
import type { CommandDescription } from './arguments/command-description.ts'
import { type NamedFlag, written } from './arguments/flag.ts'
import { generalFlagsNamed } from './arguments/general-flags.ts'
import { usageOf } from './arguments/positional.ts'

export interface HelpLook {
  style: Style
  /** Of the terminal. */
  columns: number
}

/** Wider lines are hard to read. */
const mostColumns = 100

export async function overallHelp(commands: readonly CommandDescription[], look: HelpLook): Promise<string> {
  const { style } = look
  const page = await emptyPage(
    `${style.bold('chef')} cooks what a cheffile says, every variant once.`,
    '<command>',
    look,
  )
  for (const { name, positionals, summary } of commands)
    page.command(`${style.cyan(name)} ${style.dim(usageOf(positionals))}`, summary)
  addFlags(page, 'Options of every command', generalFlagsNamed, look)
  page.example('chef init', 'write a small kitchen')
  page.example('chef build', 'cook what is not fresh')
  page.example('chef status', 'look inside')
  page.epilogue(style.dim('"chef <command> --help" tells more of a command.'))
  return `${await page.getHelp()}\n`
}

export async function commandHelp(command: CommandDescription, look: HelpLook): Promise<string> {
  const { style } = look
  const { name, summary, positionals, flags, examples } = command
  const usage = `${name} ${usageOf(positionals)}`.trimEnd()
  const page = await emptyPage(`${style.bold(`chef ${name}`)}: ${summary}`, usage, look)
  addFlags(page, 'Options', flags, look)
  addFlags(page, 'Options of every command', generalFlagsNamed, look)
  for (const [words, what] of examples) page.example(words, style.dim(what))
  return `${await page.getHelp()}\n`
}

async function emptyPage(title: string, usage: string, { style, columns }: HelpLook) {
  const { default: yargs } = await import('yargs')
  return yargs([])
    .scriptName('')
    .detectLocale(false)
    .updateStrings({ 'Commands:': style.bold('Commands'), 'Examples:': style.bold('Examples') })
    .help(false)
    .version(false)
    .wrap(Math.min(columns, mostColumns))
    .usage(`${title}\n\n${style.bold('Usage:')} chef ${usage} [options]`)
}

type Page = Awaited<ReturnType<typeof emptyPage>>

/** Adds the placeholder of a value to the option's name, because yargs would print only the type. */
function addFlags(page: Page, group: string, flags: readonly NamedFlag[], { style }: HelpLook): void {
  for (const flag of flags) {
    const value = flag.bare ? `[=${flag.value}]` : flag.value ? ` ${flag.value}` : ''
    page.option(style.cyan(written(flag).slice('--'.length)) + style.dim(value), {
      group: style.bold(group),
      describe: flag.summary,
      ...(flag.alias && { alias: flag.alias }),
    })
  }
}
