// Splits a command or a script into tokens for its colours: comments, texts, numbers, words of the language, placeholders.

export interface CodeToken {
  kind: 'plain' | 'comment' | 'text' | 'number' | 'word' | 'name'
  text: string
}

export type CodeLanguage = 'shell' | 'python' | 'script' | 'data'

const words: { [language in CodeLanguage]: string } = {
  shell:
    'if then else elif fi for while until do done case esac in function set export local return exit cd echo printf',
  python:
    'def class return if elif else for while in not and or is import from as with try except finally raise lambda yield pass break continue None True False async await global nonlocal del assert',
  script:
    'const let var function return if else for while of in new class extends import export from default async await try catch finally throw typeof switch case break continue null true false undefined this',
  data: 'true false null',
}

const texts = {
  shell: String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`,
  python: String.raw`"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`,
  script: '"(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)*\'|`(?:[^`\\\\]|\\\\.)*`',
  data: String.raw`"(?:[^"\\\n]|\\.)*"|'[^'\n]*'`,
} as const

const comments = { shell: '(?<=^|\\s)#.*', python: '#.*', script: '//.*|/\\*[^]*?\\*/', data: '(?<=^|\\s)#.*' } as const

/** `names` are the inputs and outputs of the step, which a command takes in braces. */
export function codeTokens(code: string, language: CodeLanguage, names: readonly string[]): CodeToken[] {
  const known = new Set(words[language].split(' '))
  const placeholders = new Set(names)
  const pattern = new RegExp(
    `(?<comment>${comments[language]})|(?<text>${texts[language]})|(?<brace>\\{[\\w.-]+\\})|(?<word>[A-Za-z_]\\w*)|(?<number>\\b\\d[\\d_.]*(?:e[-+]?\\d+)?\\b)`,
    'gm',
  )
  const tokens: CodeToken[] = []
  let end = 0
  const push = (kind: CodeToken['kind'], text: string): void => {
    const last = tokens.at(-1)
    if (text === '') return
    if (last?.kind === kind) last.text += text
    else tokens.push({ kind, text })
  }
  for (const { 0: found, index, groups = {} } of code.matchAll(pattern)) {
    push('plain', code.slice(end, index))
    end = index + found.length
    if (groups.comment !== undefined) push('comment', found)
    else if (groups.text !== undefined) pushText(found, placeholders, push)
    else if (groups.number !== undefined) push('number', found)
    else if (groups.brace !== undefined) push(isName(found.slice(1, -1), placeholders) ? 'name' : 'plain', found)
    else push(known.has(found) ? 'word' : 'plain', found)
  }
  push('plain', code.slice(end))
  return tokens
}

/** Placeholders are put in inside of quotes as well. */
function pushText(
  text: string,
  names: ReadonlySet<string>,
  push: (kind: CodeToken['kind'], text: string) => void,
): void {
  for (const piece of text.split(/(\{[\w.-]+\})/)) {
    const isPlaceholder = piece.startsWith('{') && isName(piece.slice(1, -1), names)
    push(isPlaceholder ? 'name' : 'text', piece)
  }
}

const isName = (text: string, names: ReadonlySet<string>): boolean =>
  names.has(text) || names.has(text.replace(/\.(?:stem|ext|label)$/, ''))
