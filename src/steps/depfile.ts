// Reads the files that a compiler lists in a depfile: in make's syntax, one a line, or as JSON.
import { lstatSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { isMap, parsed } from '../base/value.ts'
import { type Before, wasWritten } from './outputs.ts'
import type { Ticket } from '../tickets/ticket.ts'

/**
 * Returns the prerequisites of all rules, in order, each once. Escapes are those of gcc and clang: `\ ` and `\#` stand
 * for the character, `$$` for a dollar, and a backslash at the end of a line joins it with the next.
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
    const here = text.charAt(at)
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

/** Reads a list of paths, or an object with such a list under `files`, `inputs` or `dependencies`. */
function parseJson(text: string): string[] | undefined {
  const value = parsed(text)
  const list = isMap(value) ? (value.files ?? value.inputs ?? value.dependencies) : value
  if (!Array.isArray(list) || !list.every((path) => typeof path === 'string')) return undefined
  return [...new Set(list)]
}

/** Returns absolute paths outside of the pan. Files in the pan were declared, or made by the step itself. */
export function readDepfile(ticket: Ticket, before: Before, startedAt: number): string[] {
  if (!ticket.depfile) return []
  const { file, format } = ticket.depfile
  let text: string | undefined
  for (const folder of [ticket.pan, ...(ticket.project === undefined ? [] : [ticket.project])]) {
    try {
      const path = join(folder, file)
      // A depfile that another variant left in the project says nothing about this one.
      const isOld = folder === ticket.project && !wasWritten(file, lstatSync(path, { bigint: true }), before, startedAt)
      if (!isOld) text ??= readFileSync(path, 'utf8')
    } catch {
      // It may lie in the other place; one that is missing in both fails below.
    }
  }
  // For ninja, a command that wrote no depfile read nothing else.
  if (text === undefined && ticket.inPlace) return []
  if (text === undefined) throw new Refusal([failure('depfile-missing', { file })], 1)
  const paths = format === 'make' ? parseMake(text) : format === 'lines' ? parseLines(text) : parseJson(text)
  if (!paths) throw new Refusal([failure('depfile-unreadable', { file, format })], 1)
  const folder = ticket.project ?? ticket.pan
  const found = paths.map((path) => resolve(folder, path)).filter((path) => !path.startsWith(`${ticket.pan}/`))
  return [...new Set(found)].sort()
}
