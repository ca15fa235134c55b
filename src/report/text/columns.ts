// Aligns cells in columns by their width on a terminal, and adds colour only after the widths are fixed.
import type { Paint } from './style.ts'
import { cut, padEnd, padStart, widthOf } from './width.ts'

export interface Cell {
  text: string
  paint?: Paint | undefined
  right?: boolean
}

const gap = 2
/** The least width of a column, so that one cell never pushes the others out of sight. */
export const leastWidth = 8

export function columnsText(rows: (Cell | string)[][], width: number, indent = ''): string[] {
  const cells = rows.map((row) => row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)))
  const widths = fit(measure(cells), width - widthOf(indent))
  return cells.map((row) => {
    const parts = row.map(({ text: whole, paint, right }, at) => {
      const last = at === row.length - 1
      const text = cut(whole, widths[at] ?? 0)
      const padded = right ? padStart(text, widths[at] ?? 0) : last ? text : padEnd(text, widths[at] ?? 0)
      return paint ? padded.replace(text, () => paint(text)) : padded
    })
    return `${indent}${parts.join(' '.repeat(gap))}`.trimEnd()
  })
}

function measure(rows: Cell[][]): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [at, { text }] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(text))
  return widths
}

/** Shrinks the widest column until the row fits, or every column has its least width. */
function fit(widths: number[], room: number): number[] {
  const fitted = [...widths]
  let over = fitted.reduce((sum, width) => sum + width, gap * (fitted.length - 1)) - room
  while (over > 0) {
    const widest = Math.max(...fitted)
    if (widest <= leastWidth) break
    const next = Math.max(leastWidth, ...fitted.filter((width) => width < widest))
    const at = fitted.lastIndexOf(widest)
    const taken = Math.min(over, Math.max(1, widest - next))
    fitted[at] = widest - taken
    over -= taken
  }
  return fitted
}
