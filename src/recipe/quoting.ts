// Follows how the shell quotes a command around its placeholders, so that a value can never become code.
//
// While the text is read, a stack holds the contexts: plain words, '...', "...", $(...), $((...)), here-documents.
// Where shells differ or a value cannot be made safe (inside `...`, ${...}, a quoted here-document), the context
// forbids placeholders. Inside quotes, in arithmetic and where a program reads the text as code once more, only harmless
// values are put in: a program such as awk or sh would run what quotes of ours protect from this shell alone.
import { isCode, readsCode, wordsOf } from './code-words.ts'

export type Quoting = 'word' | 'comment' | 'document' | Guarded | Forbidden

/** Only harmless values are put in here. base/failures/recipe-failures.ts words each through its description here. */
export type Guarded = 'single' | 'double' | 'arithmetic' | 'code'

export const guarded: { [context in Guarded]: string } = {
  single: 'inside quotes',
  double: 'inside quotes',
  arithmetic: 'in shell arithmetic',
  code: 'where a program reads code',
}

export const isGuarded = (quoting: Quoting): quoting is Guarded => Object.hasOwn(guarded, quoting)

/** base/failures/recipe-failures.ts words each of these through its description here. */
export type Forbidden = 'backticks' | 'expansion' | 'quoted-document' | 'unclear'

export const forbidden: { [context in Forbidden]: string } = {
  backticks: 'inside `...`',
  expansion: 'inside ${...}',
  'quoted-document': 'inside a here-document with a quoted end',
  unclear: 'after shell code whose quotes cannot be followed',
}

export const isForbidden = (quoting: Quoting): quoting is Forbidden => Object.hasOwn(forbidden, quoting)

interface Context {
  quoting: Quoting
  /** The text that ends the context. */
  end: string
  /** The number of open brackets of plain code. A `)` closes these before it closes the context. */
  depth: number
  /** The offset of the text that opened the context. */
  from: number
  /** The offset at which the current command of plain code begins. */
  command: number
}

interface HereDocument {
  end: string
  /** True if the command that reads the document runs it. */
  isCode: boolean
  stripTabs: boolean
  quoting: 'document' | 'quoted-document'
}

/** Returns the context at each of the spans, which are sorted and read as opaque text. */
export function quotingAt(text: string, spans: readonly { start: number; end: number }[]): Quoting[] {
  const found: Quoting[] = []
  const stack: Context[] = [{ quoting: 'word', end: '', depth: 0, from: 0, command: 0 }]
  const documents: HereDocument[] = []
  let document: HereDocument | undefined
  let unclear = false
  let next = 0
  let at = 0
  // The offset at which a word may begin. Only there does # open a comment.
  let fresh = 0

  const context = (): Context => stack[stack.length - 1]!
  const open = (quoting: Quoting, end: string): void => {
    stack.push({ quoting, end, depth: 0, from: at, command: at })
  }
  const here = (): Quoting => {
    if (unclear) return 'unclear'
    const refused = stack.find((one) => one.quoting === 'backticks' || one.quoting === 'expansion')
    // A substitution inside a here-document would have to be quoted for both contexts.
    const nested = stack.some((one) => one.quoting === 'document') && context().quoting !== 'document'
    return refused?.quoting ?? (nested ? 'unclear' : runsHere() ? 'code' : context().quoting)
  }
  // The output of a substitution inside a code argument is code too, so every context around this one counts.
  const runsHere = (): boolean =>
    document?.isCode === true ||
    stack.some(
      ({ quoting, command }, depth) =>
        quoting === 'word' && isCode(wordsOf(text.slice(command, stack[depth + 1]?.from ?? at))),
    )

  while (at < text.length) {
    const span = spans[next]
    if (span && at >= span.start) {
      found.push(here())
      next += 1
      at = span.end
      continue
    }
    at += read()
  }
  while (found.length < spans.length) found.push(here())
  return found

  /** Reads on from `at` and returns the number of characters taken. */
  function read(): number {
    const { quoting, end, depth } = context()
    if (document && quoting === document.quoting && atLineStart() && closesDocument()) return 0
    const character = text[at]!
    const rest = text.startsWith.bind(text)
    if (quoting === 'quoted-document') return 1
    if (quoting === 'comment') {
      if (character !== '\n') return 1
      stack.pop()
      return 0
    }
    if (quoting === 'single') {
      if (character === "'") stack.pop()
      return 1
    }
    if (character === '\\') return readEscape(quoting)
    if (end !== '' && depth === 0 && rest(end, at)) {
      stack.pop()
      return end.length
    }
    if (rest('$((', at)) return opened('arithmetic', '))', 3)
    if (rest('$(', at)) return opened('word', ')', 2)
    if (rest('${', at)) return opened('expansion', '}', 2)
    if (character === '`') return opened('backticks', '`', 1)
    if (quoting === 'document' || quoting === 'double') return 1
    return quoting === 'word' ? readWord(character) : readOther(character)
  }

  function opened(quoting: Quoting, end: string, length: number): number {
    open(quoting, end)
    context().command = at + length
    fresh = at + length
    return length
  }

  /** An escaped newline is ignored by the shell. It may stand between words, but not inside an operator. */
  function readEscape(quoting: Quoting): number {
    if (text[at + 1] !== '\n') return 2
    const before = at === 0 ? '\n' : text[at - 1]!
    if (quoting === 'word' ? !/[ \t\n;&|]/.test(before) : /[$`]/.test(before)) unclear = true
    if (fresh === at) fresh += 2
    return 2
  }

  function readWord(character: string): number {
    const begins = fresh === at
    // `2>&1` and `>|` end no command.
    if (/[\n;()]/.test(character) || (/[&|]/.test(character) && !/[<>]/.test(text[at - 1] ?? ''))) {
      if (text[at + 1] !== '>') context().command = at + 1
    }
    if (/[ \t\n;&|()<>]/.test(character)) fresh = at + 1
    // Shells disagree on $'...', and a case inside $(...) contains a bracket that closes nothing.
    if (text.startsWith("$'", at)) unclear = true
    if (begins && /^case\s/.test(text.slice(at, at + 5)) && stack.length > 1) unclear = true
    if (character === "'") return opened('single', '', 1)
    if (character === '"') return opened('double', '"', 1)
    if (character === '#' && begins) return opened('comment', '', 1)
    // Some shells read arithmetic here, others two brackets.
    if (text.startsWith('((', at)) return opened('arithmetic', '))', 2)
    if (character === '(') context().depth += 1
    if (character === ')' && context().depth > 0) context().depth -= 1
    if (text.startsWith('<<', at) && !text.startsWith('<<<', at)) return readHereDocument()
    if (text.startsWith('<<<', at)) return 3
    if (character === '\n' && documents.length > 0) beginDocument()
    return 1
  }

  /** Reads inside arithmetic, expansions and backticks, where only nesting and the end matter. */
  function readOther(character: string): number {
    if (character === '"' && context().quoting !== 'arithmetic') return opened('double', '"', 1)
    if (character === "'" && context().quoting === 'backticks') return opened('single', '', 1)
    if (character === '(') context().depth += 1
    if (character === ')' && context().depth > 0) context().depth -= 1
    return 1
  }

  function readHereDocument(): number {
    const written = /^<<(-?)[ \t]*((?:[^\s;&|()<>'"\\]|\\.|'[^']*'|"[^"]*")+)/.exec(text.slice(at))
    if (!written) {
      unclear = true
      return 2
    }
    const word = written[2]!
    const quoted = /['"\\]/.test(word)
    if (spans.some((span) => span.start >= at && span.start < at + written[0].length)) unclear = true
    documents.push({
      end: word.replace(/\\(.)|['"]/g, '$1'),
      stripTabs: written[1] === '-',
      quoting: quoted ? 'quoted-document' : 'document',
      isCode: wordsOf(/^.*/.exec(text.slice(context().command))![0]).some(readsCode),
    })
    return written[0].length
  }

  function beginDocument(): void {
    document = documents.shift()!
    // In some shells the bracket of $(...) also ends a here-document inside it.
    if (stack.length > 1) unclear = true
    open(document.quoting, '')
  }

  function atLineStart(): boolean {
    return text[at - 1] === '\n'
  }

  function closesDocument(): boolean {
    const lineEnd = text.indexOf('\n', at)
    const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd)
    if ((document!.stripTabs ? line.replace(/^\t+/, '') : line) !== document!.end) return false
    stack.pop()
    at += line.length
    document = undefined
    if (documents.length > 0 && at < text.length) {
      at += 1
      beginDocument()
    }
    return true
  }
}

const harmless = /^[A-Za-z0-9_@%+=:,./-]*$/
// The value of a variable is evaluated in arithmetic, so its name is no harmless value there.
const names = /(?<![A-Za-z0-9_])[A-Za-z_]/

/** Quotes the value for its context. Returns undefined if no quoting makes it safe. */
export function quote(value: string, quoting: Quoting): string | undefined {
  // No argument and no environment of a process can hold a NUL.
  if (value.includes('\0')) return undefined
  switch (quoting) {
    case 'word':
      return value !== '' && harmless.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
    case 'comment':
      return quote(value.replace(/[\r\n]/g, ' '), 'word')
    case 'document':
      return documentText(value)
    case 'arithmetic':
      return harmless.test(value) && !names.test(value) ? value : undefined
    case 'single':
    case 'double':
    case 'code':
      return harmless.test(value) ? value : undefined
    default:
      return undefined
  }
}

/**
 * Writes the bytes in octal, so that no line of the value can end the document. The shell strips newlines at the end
 * of $(...), so they follow it.
 */
function documentText(value: string): string {
  const bytes = [...Buffer.from(value)]
  const octal = bytes.map((byte) => {
    const character = String.fromCharCode(byte)
    return byte < 128 && /[A-Za-z0-9_@+=:,./-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`
  })
  const newlines = /\n*$/.exec(value)![0].length
  const kept = octal.slice(0, octal.length - newlines).join('')
  return `$(printf -- '${kept}')${'\n'.repeat(newlines)}`
}
