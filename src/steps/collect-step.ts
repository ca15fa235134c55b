// Cooks a collect step: joins its members into a JSON array, a CSV table, a folder, or one text.
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { contentText, numberWord, parsedContent } from '../base/content-value.ts'
import { isMap, plainText, type Value } from '../base/value.ts'
import { type CollectFormat, collectFormat, collectFormats } from '../recipe/collect-format.ts'
import { makeEmptyPan, writeTicket } from './pan.ts'
import { receiptFor, unstarted } from './receipt.ts'
import type { CollectedMember, Content, Receipt, Ticket } from '../tickets/ticket.ts'
import { refusalIn } from './process-cook.ts'

/** Runs at once, without a process. */
export function cookCollect(ticket: Ticket): Receipt {
  const startedAt = Date.now()
  const started = performance.now()
  try {
    makeEmptyPan(ticket.pan)
    writeTicket(ticket)
    const [output, ...more] = ticket.outputs
    if (output === undefined || more.length > 0)
      throw new Refusal([failure('collect-outputs', { count: ticket.outputs.length })], 1)
    const members = membersOf(ticket)
    const path = join(ticket.pan, output)
    mkdirSync(dirname(path), { recursive: true })
    const format = collectFormat(ticket.settings ?? {}, output)
    if (format === undefined) {
      const told = plainText(ticket.settings?.format ?? output)
      throw new Refusal([failure('collect-format', { format: told, known: collectFormats.join(', ') })], 1)
    }
    write[format](path, members)
    return receiptFor(ticket, {
      exit: 0,
      signal: null,
      startedAt,
      ms: performance.now() - started,
      outputs: [{ name: output, path, kind: format === 'folder' ? 'folder' : 'file' }],
      discovered: [],
      logBytes: 0,
      warnings: [],
    })
  } catch (error) {
    return unstarted(ticket, refusalIn(error))
  }
}

/** Returns the members of all inputs in order. An input that is not collected is one member. */
function membersOf({ inputs, depends }: Ticket): CollectedMember[] {
  return inputs.flatMap((input): CollectedMember[] => {
    if (input.kind === 'collected') return input.members
    if (input.kind === 'content') return [{ file: input.file, parameters: depends, content: input.content }]
    const text = Buffer.from(plainText(input.value))
    return [{ file: input.name, parameters: depends, content: { kind: 'inline', base64: text.toString('base64') } }]
  })
}

const write: { [format in CollectFormat]: (path: string, members: CollectedMember[]) => void } = {
  json(path, members) {
    writeFileSync(path, '[')
    for (const [at, { parameters, content }] of members.entries()) {
      const row = contentText({ ...parameters, value: valueIn(bytesOf(content)) })
      appendFileSync(path, `${at === 0 ? '\n' : ',\n'}  ${row}`)
    }
    appendFileSync(path, members.length === 0 ? ']\n' : '\n]\n')
  },
  csv(path, members) {
    const rows = members.map(({ parameters, content }) => ({
      ...flat('', parameters),
      ...flat('value', valueIn(bytesOf(content))),
    }))
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    writeFileSync(path, lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join(''))
  },
  folder(path, members) {
    mkdirSync(path, { recursive: true })
    for (const { file, content } of members) {
      const place = join(path, file)
      if (content.kind === 'inline') writeFileSync(place, bytesOf(content))
      else if (content.kind === 'file') copyFileSync(content.path, place)
      else cpSync(content.path, place, { recursive: true })
    }
    writeFileSync(
      join(path, 'index.json'),
      JSON.stringify(members.map(({ file, parameters }) => ({ file, parameters }))),
    )
  },
  text(path, members) {
    writeFileSync(path, '')
    let together: Buffer[] = []
    let held = 0
    const flush = (): void => {
      appendFileSync(path, Buffer.concat(together))
      together = []
      held = 0
    }
    for (const { content } of members) {
      const bytes = bytesOf(content)
      together.push(bytes)
      held += bytes.length
      if (held > 1 << 20) flush()
    }
    flush()
  },
}

function bytesOf(content: Content): Buffer {
  if (content.kind === 'inline') return Buffer.from(content.base64, 'base64')
  if (statSync(content.path).isDirectory()) throw new Refusal([failure('collect-folder', { path: content.path })], 1)
  return readFileSync(content.path)
}

/** Reads JSON where the bytes are JSON, words such as nan as numbers, and else text without its last line end. */
function valueIn(bytes: Buffer): Value {
  const text = bytes.toString('utf8')
  return parsedContent(text) ?? numberWord(text.trim()) ?? text.replace(/\n$/, '')
}

/** Gives each field of an object a column with a dotted name. */
function flat(name: string, value: Value): { [column: string]: string } {
  if (!isMap(value)) return { [name]: plainText(value) }
  const columns: { [column: string]: string } = {}
  for (const [key, inside] of Object.entries(value))
    Object.assign(columns, flat(name === '' ? key : `${name}.${key}`, inside))
  return columns
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
