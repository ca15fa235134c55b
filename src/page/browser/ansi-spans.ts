// Reads the colours of a log, and leaves out every other sequence that controls a terminal.

export interface Span {
  text: string
  /** Classes of the page's style: `ansi-1` for red, `ansi-bold`, ... */
  classes: string
}

/** Any control sequence, and any control character besides the end of a line and the tabulator. */
const control =
  /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

interface Colours {
  ink?: number
  paper?: number
  bold?: boolean
  faint?: boolean
  italic?: boolean
  underlined?: boolean
}

export function ansiSpans(log: string): Span[] {
  const text = rewritten(log)
  const spans: Span[] = []
  let colours: Colours = {}
  let end = 0
  const push = (piece: string): void => {
    if (piece === '') return
    const classes = classesOf(colours)
    const last = spans.at(-1)
    if (last?.classes === classes) last.text += piece
    else spans.push({ text: piece, classes })
  }
  for (const { 0: found, 1: codes, 2: final, index } of text.matchAll(control)) {
    push(text.slice(end, index))
    end = index + found.length
    if (final === 'm') colours = coloursAfter(colours, codes ?? '')
  }
  push(text.slice(end))
  return spans
}

/** A carriage return begins its line anew: of a progress bar only the last state is left. */
function rewritten(log: string): string {
  const text = log.replaceAll('\r\n', '\n')
  if (!text.includes('\r')) return text
  return text
    .split('\n')
    .map((line) => line.split('\r').findLast((part) => part !== '') ?? '')
    .join('\n')
}

function coloursAfter(before: Colours, text: string): Colours {
  let colours = { ...before }
  const codes = text.split(/[;:]/).map(Number)
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 0) colours = {}
    else if (code === 1) colours.bold = true
    else if (code === 2) colours.faint = true
    else if (code === 3) colours.italic = true
    else if (code === 4) colours.underlined = true
    else if (code === 22) colours = { ...colours, bold: false, faint: false }
    else if (code === 23) colours.italic = false
    else if (code === 24) colours.underlined = false
    else if (code === 39) delete colours.ink
    else if (code === 49) delete colours.paper
    else if (code >= 30 && code <= 37) colours.ink = code - 30
    else if (code >= 90 && code <= 97) colours.ink = code - 82
    else if (code >= 40 && code <= 47) colours.paper = code - 40
    else if (code >= 100 && code <= 107) colours.paper = code - 92
    else if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === 5
      const colour = isIndexed ? indexed(codes[at + 2] ?? 0) : nearest(codes.slice(at + 2, at + 5))
      at += isIndexed ? 2 : 4
      if (code === 38) colours.ink = colour
      else colours.paper = colour
    }
  }
  return colours
}

/** Maps the 256 colours of terminals to the sixteen that the page has in light and dark. */
function indexed(index: number): number {
  if (index < 16) return index
  if (index >= 232) return index < 244 ? 8 : 7
  const cube = index - 16
  return nearest([Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51])
}

function nearest([red = 0, green = 0, blue = 0]: number[]): number {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 40) return most < 90 ? 8 : 7
  const threshold = (most + least) / 2
  return Number(red > threshold) + 2 * Number(green > threshold) + 4 * Number(blue > threshold)
}

function classesOf({ ink, paper, bold, faint, italic, underlined }: Colours): string {
  return [
    ink !== undefined && `ansi-${ink}`,
    paper !== undefined && `ansi-on-${paper}`,
    bold && 'ansi-bold',
    faint && 'ansi-faint',
    italic && 'ansi-italic',
    underlined && 'ansi-underlined',
  ]
    .filter(Boolean)
    .join(' ')
}
