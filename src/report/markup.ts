// Text inside SVG and HTML.
import { printable } from './width.ts'

/** Safe between tags and in attributes; control characters, which XML knows none of, are written out. */
export function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
