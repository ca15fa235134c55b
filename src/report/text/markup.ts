// Text and colours inside SVG and HTML.
import { printable } from './width.ts'

/** Safe between tags and in attributes; control characters, which XML knows none of, are written out. */
export function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Told apart also by those who see fewer colours (Okabe and Ito), darkest first. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#444444', '#8a6d3b']
