// Depfiles: what a compiler says it has read, in make's syntax, one a line, or as JSON.
import { lstatSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { type Before, wasWritten } from './outputs.ts'
import type { Ticket } from '../tickets/ticket.ts'

/**
 * The prerequisites of all rules, in order, without doubles. Escapes as gcc and clang write them: `\ ` and `\#`
 * stand for the character, `$$` for a dollar, a backslash before a line's end joins the lines.
 */
export function parseMake(text: string): string[] {
  const found = new Set<string>()
  let word = ''
  let afterColon = false
  const endWord = () => {
    if (word !== '' && afterColon) found.add(word)
    word = ''
  }
  for (let at = 0; at < text.length; at++) {
    const here = text[at] as string
    const next = text[at + 1]
    if (here === '\\' && (next === '\n' || text.startsWith('\r\n', at + 1))) {
      endWord()
      at += next === '\n' ? 1 : 2
    } else if (here === '\\' && next !== undefined && ' #\t:'.includes(next)) {
      word += next
      at++
    } else if (here === '$' && next === '$') {
      word += '$'
      at++
    } else if (here === '\n') {
      endWord()
      afterColon = false
    } else if (here === ' ' || here === '\t' || here === '\r') endWord()
    else if (here === ':' && !afterColon && (next === undefined || /\s/.test(next))) {
      word = ''
      afterColon = true
    } else word += here
  }
  endWord()
  return [...found]
}

function parseLines(text: string): string[] {
  return [...new Set(text.split(/\r?\n/).filter((line) => line !== ''))]
}

/** A list of paths, or an object that holds such a list under `files`, `inputs` or `dependencies`. */
function parseJson(text: string): string[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { files, inputs, dependencies } = (value ?? {}) as { [key: string]: unknown }
  const list = Array.isArray(value) ? value : (files ?? inputs ?? dependencies)
  if (!Array.isArray(list) || !list.every((path) => typeof path === 'string')) return undefined
  return [...new Set(list)]
}

/** Absolute paths outside of the pan: what lies in it was declared, or was made by the step itself. */
export function readDepfile(ticket: Ticket, before: Before, startedAt: number): string[] {
  if (!ticket.depfile) return []
  const { file, format } = ticket.depfile
  let text: string | undefined
  for (const folder of [ticket.pan, ...(ticket.project === undefined ? [] : [ticket.project])]) {
    try {
      const path = join(folder, file)
      // What another variant left in the project says nothing of this one.
      const isOld = folder === ticket.project && !wasWritten(file, lstatSync(path, { bigint: true }), before, startedAt)
      if (!isOld) text ??= readFileSync(path, 'utf8')
    } catch {
      // Looked for in both places; missing in both is the failure below.
    }
  }
  if (text === undefined) throw new Refusal([failure('depfile-missing', { file })], 1)
  const paths = format === 'make' ? parseMake(text) : format === 'lines' ? parseLines(text) : parseJson(text)
  if (!paths) throw new Refusal([failure('depfile-unreadable', { file, format })], 1)
  const folder = ticket.project ?? ticket.pan
  const found = paths.map((path) => resolve(folder, path)).filter((path) => !path.startsWith(`${ticket.pan}/`))
  return [...new Set(found)].sort()
}
