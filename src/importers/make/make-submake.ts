// Reads a recipe line that runs make in a folder, with goals and variables.

export interface Submake {
  /** As it is written: relative to the folder of the recipe. */
  folder: string
  /** Undefined where make looks for its usual names. */
  file: string | undefined
  goals: string[]
  overrides: string[]
}

/** Flags that change how make tells what it does, or how many commands it runs at once, but not which. */
const harmless = /^(?:-[swS]|-j\d*|--(?:no-)?print-directory|--silent|--quiet|--jobs(?:=\d+)?)$/

/** Returns undefined for everything but `make …`, `cd folder && make …` and the same in brackets or a loop. */
export function readSubmakes(line: string, answers: (question: string) => string | undefined): Submake[] | undefined {
  const text = line
    .trim()
    .replace(/\\\n\s*/g, ' ')
    .trim()
  const loop = /^(?:set -e\s*;\s*)?for (\w+) in ([^;|&<>`$()]*);\s*do\s+(.*?)\s*;?\s*done$/.exec(text)
  if (loop) {
    const [, name = '', list = '', body = ''] = loop
    // Without this the loop goes on after a failure, and ends well where only the last one did.
    if (!text.startsWith('set -e') && !/\|\| exit(?: 1| \$\?)?$/.test(body)) return undefined
    const calls = list
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => readSubmake(body.replace(new RegExp(`\\$(?:${name}\\b|\\{${name}\\})`, 'g'), word), answers))
    return calls.every((call) => call !== undefined) ? calls : undefined
  }
  const one = readSubmake(text, answers)
  return one && [one]
}

function readSubmake(line: string, answers: (question: string) => string | undefined): Submake | undefined {
  let text = line.replace(/\s*\|\| exit(?: 1| \$\?)?$/, '').trim()
  const [, inside] = /^\(\s*([^()]*?)\s*\)$/.exec(text) ?? []
  text = inside ?? text
  const [, folder = '.', rest = text] = /^cd\s+(\S+)\s*(?:&&|;)\s*(.*)$/.exec(text) ?? []
  if (/[$`*?~'"\\]/.test(folder)) return undefined
  const told = rest.replace(/`([^`$]*)`/g, (whole, question: string) => answers(question.trim()) ?? whole)
  const words = shellWords(told)
  if (words === undefined) return undefined
  const [program, ...flags] = words
  if (program === undefined || !/^(?:.*\/)?g?make$/.test(program)) return undefined
  return readFlags(folder, flags)
}

function readFlags(start: string, words: string[]): Submake | undefined {
  const call: Submake = { folder: start, file: undefined, goals: [], overrides: [] }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [, folder = word === '-C' ? words[++at] : undefined] = /^(?:-C|--directory=)(.+)$/.exec(word) ?? []
    const [, file = word === '-f' ? words[++at] : undefined] = /^(?:-f|--file=|--makefile=)(.+)$/.exec(word) ?? []
    if (folder !== undefined) call.folder = folder.startsWith('/') ? folder : `${call.folder}/${folder}`
    else if (file !== undefined) call.file = file
    else if (/^[\w.+-]+(?:\+|\?|:{1,3})?=/.test(word) && !word.startsWith('-')) call.overrides.push(word)
    else if (word.startsWith('-')) {
      if (!harmless.test(word)) return undefined
    } else call.goals.push(word)
  }
  return call
}

/** Splits a simple command into words, or returns undefined where it is none. */
function shellWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (/[;&|<>()`$#*?[\n~]/.test(character)) return undefined
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "'" || character === '"') {
      const close = text.indexOf(character, at + 1)
      const inner = text.slice(at + 1, close)
      if (close < 0 || (character === '"' && /[$`\\]/.test(inner))) return undefined
      word = (word ?? '') + inner
      at = close
    } else if (character === '\\') word = (word ?? '') + (text[++at] ?? '')
    else word = (word ?? '') + character
  }
  return word === undefined ? words : [...words, word]
}
