// Measures how many columns a text takes on a terminal, and fits texts to a width. Expects texts without colour
// codes.

/** Ranges that terminals draw two columns wide: East Asian scripts, full-width forms, emoji. */
const wide = (): RegExp =>
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const nothing = (): RegExp => /\p{Mark}|\p{Default_Ignorable_Code_Point}/u
/** Texts of Latin letters and chef's own characters need neither pattern; compiling the two takes a millisecond. */
const narrow = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2026\u2500-\u259f]*$/

const control = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Writes out control characters, so that no label or message can move the cursor. */
export function printable(text: string): string {
  return text.replace(control, (found) => {
    if (found === '\n') return '\\n'
    if (found === '\t') return '\\t'
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The sequences by which programs colour their output, and move the cursor. */
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])/g
const colours = /^\x1b\[[\d;:]*m$/
const reset = '\x1b[0m'

/** Makes a log safe to show: keeps lines and tabs, and removes everything that controls a terminal. */
export function quietLog(text: string): string {
  return withoutControl(text.replace(sequences, ''))
}

/** The same with the colours of the log. Each line ends them and begins them again, so that what stands beside it has none. */
export function colouredLog(text: string): string {
  let open = ''
  return text
    .split('\n')
    .map((line) => {
      const shown: string[] = [open]
      let end = 0
      for (const { 0: found, index } of line.matchAll(sequences)) {
        shown.push(withoutControl(line.slice(end, index)))
        end = index + found.length
        if (!colours.test(found)) continue
        shown.push(found)
        open = /\x1b\[0*m/.test(found) ? '' : open + found
      }
      shown.push(withoutControl(line.slice(end)))
      const whole = shown.join('')
      return whole.includes('\x1b') ? whole + reset : whole
    })
    .join('\n')
}

function withoutControl(text: string): string {
  return text.replace(/\r\n|\r$/g, '\n').replace(control, (found) => (found === '\n' || found === '\t' ? found : ''))
}

let expressions: { nothing: RegExp; wide: RegExp } | undefined

export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length
  expressions ??= { nothing: nothing(), wide: wide() }
  let columns = 0
  for (const character of text)
    columns += expressions.nothing.test(character) ? 0 : expressions.wide.test(character) ? 2 : 1
  return columns
}

/** Cuts a longer text and marks the cut with `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let used = 0
  for (const character of text) {
    const width = widthOf(character)
    if (used + width > columns - 1) break
    kept += character
    used += width
  }
  return `${kept}…`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text
}
