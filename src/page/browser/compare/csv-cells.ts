// Reads a text as a table of comma or tab separated cells, if it is one.

/** Undefined where the lines have different numbers of cells, or only one. */
export function csvCells(text: string): string[][] | undefined {
  const first = text.slice(0, text.indexOf('\n'))
  const separator = first.includes('\t') ? '\t' : ','
  const rows = rowsOf(text.trimEnd(), separator)
  const width = rows[0]?.length ?? 0
  return width > 1 && rows.length > 1 && rows.every((cells) => cells.length === width) ? rows : undefined
}

function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') {
        cell += '"'
        at++
      } else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === separator || letter === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (letter === '\n') rows.push([])
    } else if (letter !== '\r') cell += letter
  }
  rows.at(-1)?.push(cell)
  return rows
}
