// A style is a set of functions from text to text. The set is the same with and without colour.

import { colouredLog, quietLog } from './width.ts'

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const

export type Paint = (text: string) => string
export interface Style extends Record<keyof typeof codes, Paint> {
  /** Makes the log of a step safe to show. Where there is colour, its own colours stay. */
  log: Paint
}

const plain: Paint = (text) => text

const paint =
  ([open, close]: readonly [number, number]): Paint =>
  (text) =>
    text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`

export function styleOf(colour: boolean): Style {
  const { bold, dim, red, green, yellow, blue, magenta, cyan } = codes
  const use = (code: readonly [number, number]): Paint => (colour ? paint(code) : plain)
  return {
    bold: use(bold),
    dim: use(dim),
    red: use(red),
    green: use(green),
    yellow: use(yellow),
    blue: use(blue),
    magenta: use(magenta),
    cyan: use(cyan),
    log: colour ? colouredLog : quietLog,
  }
}
