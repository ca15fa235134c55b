// The text of an action, one fact a line: its hash is the key, and the same lines, read back, explain what changed. No other
// module writes or reads them.

/** In the order in which a text has them; an action among machines has the last two as well. */
const kinds = [
  'type',
  'place',
  'isolate',
  'depfile',
  'env',
  'tool',
  'output',
  'settings',
  'source',
  'value',
  'input',
  'collected',
  'command',
  'platform',
  'discovered',
] as const

export type FactKind = (typeof kinds)[number]

export interface Fact {
  kind: FactKind
  /** Empty for what an action has once. */
  name: string
  value: string
}

/** Tabs and line ends only separate. */
export function factLine(kind: FactKind, name: string, value: string): string {
  return `${kind}\t${escaped(name)}\t${escaped(value)}\n`
}

/** An undeclared look, most often at a path, with the finding, or null where there was nothing. */
export function discoveredLine(question: string, found: string | null): string {
  return `discovered\t${JSON.stringify(question)}\t${found}\n`
}

export function readFacts(text: string): Fact[] {
  return text.split('\n').flatMap((line): Fact[] => {
    const [written, name = '', value] = line.split('\t')
    const kind = kinds.find((one) => one === written)
    if (kind === undefined || value === undefined) return []
    return [{ kind, name: kind === 'discovered' ? String(JSON.parse(name)) : unescaped(name), value: unescaped(value) }]
  })
}

/** The content of an input. `content` comes from contentText. */
export interface InputFact {
  /** Its name in the pan. */
  file: string
  content: string
}

export interface MemberFact extends InputFact {
  /** Canonical, because members are told apart by them. */
  parameters: string
}

/** A file that may be run is another one than the same bytes without that. */
export function contentText(name: string, executable: boolean | undefined): string {
  return executable ? `${name} x` : name
}

export function inputText({ file, content }: InputFact): string {
  return `${file} ${content}`
}

export function readInput(value: string): InputFact | undefined {
  const [, file, content] = /^(.*) ((?!x$)\S+(?: x)?)$/s.exec(value) ?? []
  return file === undefined || content === undefined ? undefined : { file, content }
}

/** `parameters` is canonical JSON. */
export function memberText(file: string, content: string, parameters: string): string {
  return `${file} ${content} ${parameters}`
}

/** The value of a fact about collected members. */
export function membersText(members: readonly string[]): string {
  return members.join('\n')
}

/** The same line from members that are escaped already: large collections are written again and again. */
export function collectedLine(name: string, members: readonly string[]): string {
  return `collected\t${escaped(name)}\t${members.join('\\n')}\n`
}

export function readMembers(value: string): MemberFact[] {
  return value.split('\n').flatMap((member): MemberFact[] => {
    const [, file, content, parameters] = /^(.*?) (\S+) (\{.*\})$/.exec(member) ?? []
    return file === undefined || content === undefined || parameters === undefined
      ? []
      : [{ file, content, parameters }]
  })
}

export function escaped(text: string): string {
  return /[\t\n\\]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n') : text
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 't' ? '\t' : letter === 'n' ? '\n' : letter))
}
