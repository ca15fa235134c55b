// Escapes text for SVG and HTML, and holds the colours of series.
import { printable } from './width.ts'

/** Makes text safe between tags and in attributes. Control characters, which XML forbids, are written out. */
export function escapeMarkup(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Distinct for people with reduced colour vision as well (Okabe and Ito), darkest first. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#444444', '#8a6d3b']
