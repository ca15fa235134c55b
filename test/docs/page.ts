// A page of the docs as what its reader does: files that are written, commands that are typed, and what they are shown to print.

export type Deed =
  | { kind: 'heading'; title: string }
  | { kind: 'file'; path: string; text: string; program: boolean }
  /** `shown` is empty where the page shows nothing. */
  | { kind: 'command'; words: string; shown: string }
  /** A line of a list of commands, each with what it does. */
  | { kind: 'named'; words: string }

/** `# cheffile.yml`, `// steps/area.mjs` or `<!-- page.html -->` as the first comment, in a program after its `#!`. */
const saidPath = /^(?:#|\/\/|<!--|%|\/\*) ([\w./-]*[\w-]\.?[\w-]+)(?: -->| \*\/)?$/

export function readPage(markdown: string): Deed[] {
  const deeds: Deed[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const fence = /^```(\w*) ?(\S*)$/.exec(line)
    if (fence) {
      const end = lines.indexOf('```', at + 1)
      deeds.push(...readBlock(lines.slice(at + 1, end), fence[1] as string, fence[2] as string))
      at = end
    } else if (/^ {4}\S/.test(line) && (at === 0 || lines[at - 1] === '')) {
      let end = at
      while (end < lines.length && (/^ {4}/.test(lines[end] as string) || continues(lines, end))) end++
      deeds.push(...readLines(lines.slice(at, end).map((one) => one.slice(4))))
      at = end - 1
    } else if (/^#+ /.test(line)) deeds.push({ kind: 'heading', title: line.replace(/^#+ /, '') })
  }
  return deeds
}

/** An empty line inside an indented block. */
const continues = (lines: string[], at: number): boolean => lines[at] === '' && /^ {4}\S/.test(lines[at + 1] ?? '')

function readBlock(lines: string[], language: string, named: string): Deed[] {
  if (language === 'console') return readLines(lines)
  const program = lines[0]?.startsWith('#!') === true
  const at = program ? 1 : 0
  const path = named || saidPath.exec(lines[at] ?? '')?.[1]
  if (path === undefined) return []
  const text = named ? lines : lines.filter((_, index) => index !== at)
  return [{ kind: 'file', path, text: `${text.join('\n')}\n`, program }]
}

function readLines(lines: string[]): Deed[] {
  const deeds: Deed[] = []
  for (const line of lines) {
    const last = deeds.at(-1)
    if (line.startsWith('$ ')) deeds.push({ kind: 'command', words: line.slice(2), shown: '' })
    else if (last?.kind === 'command') last.shown += `${line}\n`
    else if (/^chef( |$)/.test(line)) deeds.push({ kind: 'named', words: line.split(/ {2,}/)[0] as string })
  }
  for (const deed of deeds) if (deed.kind === 'command') deed.shown = deed.shown.replace(/\n+$/, '\n')
  return deeds
}

/** What is another number each time has no number, jobs that cook side by side have no order, and `...` stands for any lines. */
export function comparable(text: string): string[] {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) =>
      line
        .trimEnd()
        .replaceAll(/\b\d+(\.\d+)? (ms|s|min)\b/g, '<time>')
        .replaceAll(/\b[0-9a-f]{16}\b/g, '<hash>')
        .replaceAll(/^\[\d+\/\d+\]/g, '[n]')
        .replaceAll(/"ms":\d+/g, '"ms":<n>')
        .replaceAll(/\d+ (ms|s) saved/g, '<time> saved'),
    )
  const jobs = lines.filter((line) => line.startsWith('[n]')).sort()
  return lines.map((line) => (line.startsWith('[n]') ? (jobs.shift() as string) : line))
}

/** Whether lines are as shown, where a shown `...` is any number of lines. */
export function agrees(lines: readonly string[], shown: readonly string[]): boolean {
  const [first, ...rest] = shown
  if (first === undefined) return lines.length === 0
  if (first === '...')
    return Array.from({ length: lines.length + 1 }, (_, at) => at).some((at) => agrees(lines.slice(at), rest))
  return lines[0] === first && agrees(lines.slice(1), rest)
}
