// Finds the words of a command that a program will read as code: what follows eval, and the argument of a -c.

/** Splits a command as a shell does, far enough to know programs and options. The last word is the one at the end. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  const pattern = /(?:[^\s'"\\]|\\[^]|'[^']*(?:'|$)|"(?:[^"\\]|\\[^])*(?:"|$))+/g
  let end = 0
  for (const match of text.matchAll(pattern)) {
    end = match.index + match[0].length
    words.push(match[0].replace(/\\([^])|['"]/g, '$1'))
  }
  return end === text.length && words.length > 0 ? words : [...words, '']
}

// These words leave the next one a command of its own.
const before = /^(?:if|then|else|elif|while|until|do|!|\{|time|command|builtin|exec|\w+=.*|-.*|\d*[<>].*)$/
const interpreters =
  /^(?:(?:ba|da|a|k|mk|pdk|z|fi|ya|c|tc)?sh|busybox|su|script|ssh|python[\d.]*|pypy[\d.]*|perl|ruby|node|Rscript)$/
// A -c of these programs takes no code: it compiles, counts, cuts, and so on.
const harmlessOptions =
  /^(?:(?:.+-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cpp|as|gfortran|nvcc|rustc)(?:-[\d.]+)?|ccache|[efz]?grep|rg|cut|head|tail|wc|sort|uniq|tar|gzip|bzip2|xz|zstd|cmp|stat|\w+sum|ping|convert|magick)$/

const programOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1)

/** True if the program runs what it is given to read. */
export const readsCode = (word: string): boolean => interpreters.test(programOf(word))

/** True if the last word of a command is read as code. */
export function isCode(words: readonly string[]): boolean {
  const earlier = words.slice(0, -1)
  return followsEval(earlier) || isCodeArgument(earlier, words.at(-1) ?? '')
}

function followsEval(words: readonly string[]): boolean {
  const at = words.findIndex((word) => !before.test(word))
  return words[at] === 'eval' || words[at] === 'trap'
}

function isCodeArgument(words: readonly string[], word: string): boolean {
  const program = words.find((one) => !before.test(one)) ?? ''
  if (harmlessOptions.test(programOf(program))) return false
  const interpreted = words.some(readsCode)
  if (interpreted && /^-[ce]./.test(word)) return true
  // Further options may stand between the -c and its argument.
  const operands = words.findLastIndex((one) => !/^[-+]/.test(one))
  return words.slice(operands + 1).some((one) => (interpreted ? /^-[A-Za-z]*[ce]$/ : /^-c$/).test(one))
}
