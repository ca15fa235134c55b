// Parses delimited text (CSV by RFC 4180, and TSV) into rows of cells that know where they stand.

export interface DelimitedCell {
  text: string
  line: number
  column: number
}

export interface DelimitedRow {
  line: number
  cells: DelimitedCell[]
}

/** A quote that is never closed, or text behind a closing quote. */
export interface QuoteFault {
  fault: 'open' | 'after'
  line: number
  column: number
}

/** Line ends are LF, CRLF or CR. Lines without any character are passed over. */
export function* delimitedRows(text: string, separator: string): Generator<DelimitedRow, QuoteFault | undefined> {
  const start = text.startsWith('\uFEFF') ? 1 : 0
  let at = start
  let [line, lineStart] = [1, start]
  const breakLine = (): void => {
    at += text.startsWith('\r\n', at) ? 2 : 1
    line += 1
    lineStart = at
  }
  while (at < text.length) {
    if (isBreak(text[at])) {
      breakLine()
      continue
    }
    const row: DelimitedRow = { line, cells: [] }
    for (let more = true; more; ) {
      const place = { line, column: at - lineStart + 1 }
      if (text[at] === '"') {
        let cell = ''
        for (at += 1; ; ) {
          const from = at
          while (at < text.length && text[at] !== '"' && !isBreak(text[at])) at += 1
          cell += text.slice(from, at)
          if (at >= text.length) return { fault: 'open', ...place }
          if (text[at] === '"' && text[at + 1] !== '"') break
          if (text[at] === '"') {
            cell += '"'
            at += 2
          } else {
            const breakAt = at
            breakLine()
            cell += text.slice(breakAt, at)
          }
        }
        at += 1
        if (at < text.length && text[at] !== separator && !isBreak(text[at]))
          return { fault: 'after', line, column: at - lineStart + 1 }
        row.cells.push({ text: cell, ...place })
      } else {
        const from = at
        while (at < text.length && text[at] !== separator && !isBreak(text[at])) at += 1
        row.cells.push({ text: text.slice(from, at), ...place })
      }
      more = text[at] === separator
      if (more) at += 1
    }
    yield row
  }
  return undefined
}

function isBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r'
}
