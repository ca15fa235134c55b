// Joins the lines of a make recipe to one command that does what make would do with them.
import { basename } from 'node:path'
import type { MakeLine } from './make-log.ts'

interface RecipeLine extends MakeLine {
  isIgnored: boolean
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Commands of the shell that change the shell itself, so that the next line would see it. */
const changesShell =
  /^(?:\.|:|alias|bg|break|cd|command|continue|eval|exec|exit|export|fg|getopts|hash|read|readonly|return|set|shift|source|times|trap|ulimit|umask|unalias|unset|wait)(?:\s|$)/
const plainWords = /^(?!\S*=)[\w./+:@%,-]+(?:[ \t]+[\w./+=:@%,-]+)*$/

/**
 * Makes one command of the lines. make starts each line in a shell of its own and stops at the first that fails,
 * unless a `-` stands in front of it.
 */
export function commandOfLines(lines: readonly RecipeLine[]): string {
  const [first] = lines
  if (lines.length === 1 && first && isPlain(first) && !first.isIgnored) return first.text
  return lines.map((line, at) => commandOfLine(line, at === lines.length - 1)).join(' &&\n')
}

const isPlain = ({ shell, shellFlags }: RecipeLine): boolean => shell === '/bin/sh' && shellFlags === '-c'

function commandOfLine(line: RecipeLine, isLast: boolean): string {
  const command = inOwnShell(line)
  if (!line.isIgnored) return command
  return isLast ? `${command} || :` : `{ ${command} || :; }`
}

function inOwnShell(line: RecipeLine): string {
  const { text, shell, shellFlags } = line
  if (!isPlain(line)) return `${shell} ${shellFlags} ${quote(text)}`
  if (plainWords.test(text) && !changesShell.test(text)) return text
  // A subshell knows its own process only by its parent's number.
  if (/\$\$|\$\{?(?:0|PPID)|\\$/.test(text)) return `/bin/sh -c ${quote(text)}`
  return `( ${text}\n)`
}

/** Returns the file that a compiler writes what it read to, where the command tells. */
export function depfileOf(command: string, output: string): string | undefined {
  const [, , listed] = /(?:^|\s)-Wp,-(MMD|MD),([^\s,]+)/.exec(command) ?? []
  const file = listed ?? writtenList(command, output)
  if (file === undefined || /[$`'"*?]/.test(file)) return undefined
  // A recipe that goes on with the list may rename or remove it.
  return command.split(file).length > (listed === undefined && !/(?:^|\s)-MF/.test(command) ? 1 : 2) ? undefined : file
}

function writtenList(command: string, output: string): string | undefined {
  if (!/(?:^|\s)-(?:MMD|MD)(?:\s|$)/.test(command)) return undefined
  const [, named] = /(?:^|\s)-MF\s*(\S+)/.exec(command) ?? []
  if (named !== undefined) return named
  const [, object] = /(?:^|\s)-o\s*(\S+)/.exec(command) ?? []
  if (object === undefined || object !== output || !/(?:^|\s)-c(?:\s|$)/.test(command)) return undefined
  return object.replace(/\.[^./]*$/, '') + '.d'
}

const compiler = /(?:^|\/)(?:[\w.]+-)*(?:cc|gcc|clang|c\+\+|g\+\+|clang\+\+)(?:-[\d.]+)?$/

/** Returns files that a line surely makes besides the target: links, and what a compiler names by itself. */
export function besides(line: string): string[] {
  if (!/^[\w\s./+:@%,=-]+$/.test(line)) return []
  const [program = '', ...rest] = line.trim().split(/\s+/)
  const names = rest.filter((word) => !word.startsWith('-'))
  if (program === 'ln' && rest[0]?.startsWith('-') && rest[0].includes('s') && names.length === 2) {
    const [target = '', link = ''] = names
    return [link === '.' ? basename(target) : link]
  }
  if (!compiler.test(program) || !rest.includes('-c') || rest.some((word) => word.startsWith('-o'))) return []
  return names
    .filter((name) => /\.(?:c|cc|cpp|cxx|s|S)$/.test(name))
    .map((name) => basename(name).replace(/\.\w+$/, '.o'))
}

/** Tells whether a recipe touches its target, which leaves the content of one that is there. */
export function touches(lines: readonly { text: string }[], target: string): boolean {
  return lines.some(({ text }) => /^touch\s/.test(text) && plainWords.test(text) && text.split(/\s+/).includes(target))
}
