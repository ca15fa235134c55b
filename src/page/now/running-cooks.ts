// Reads what cooks at this moment, also for another chef, from the tickets and logs in the pans of the fridge.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Depends } from '../../base/event.ts'
import { isMap, parsed } from '../../base/value.ts'
import { quietLog } from '../../report/text/width.ts'
import { logFile, ticketFile } from '../../steps/pan.ts'

/** A ticket in its pan. */
export interface RunningCook {
  id: string
  step: string
  depends: Depends
  startedAt: number
  /** The last line that it said. */
  line: string
}

const mostLogBytes = 16_384
const mostLineBytes = 2048
const mostLine = 300
/** Bytes. A larger ticket collects thousands of inputs, and reading it for its name takes too long. */
const mostTicketBytes = 4_000_000

/** Returns the cooks whose tickets were written since then, the oldest first. */
export function runningCooks(fridge: string, since: number): RunningCook[] {
  return tickets(fridge, since)
    .map(({ pan, ...cook }) => ({ ...cook, line: lastLine(endOf(join(pan, logFile), mostLineBytes)) }))
    .sort((one, other) => one.startedAt - other.startedAt)
}

/** Returns undefined if no pan has this job: it has not begun, is done, or cooks on another machine. */
export function cookingLog(fridge: string, id: string): string | undefined {
  const newest = tickets(fridge, 0)
    .filter((ticket) => ticket.id === id)
    .sort((one, other) => other.startedAt - one.startedAt)[0]
  return newest && endOf(join(newest.pan, logFile), mostLogBytes)
}

type PanTicket = Omit<RunningCook, 'line'> & { pan: string }

function tickets(fridge: string, since: number): PanTicket[] {
  const pans = join(fridge, 'pans')
  return namesIn(pans).flatMap((name) => ticketIn(join(pans, name), since) ?? [])
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function ticketIn(pan: string, since: number): PanTicket | undefined {
  const path = join(pan, ticketFile)
  try {
    const { size, mtimeMs } = statSync(path)
    if (size > mostTicketBytes || mtimeMs < since) return undefined
    const ticket = parsed(readFileSync(path, 'utf8'))
    if (!isMap(ticket) || !isMap(ticket.depends)) return undefined
    return { pan, id: String(ticket.id), step: String(ticket.step), depends: ticket.depends, startedAt: mtimeMs }
  } catch {
    // The ticket is being written or removed at this moment.
    return undefined
  }
}

/** A carriage return begins a line anew, as progress bars do. */
function lastLine(text: string): string {
  const lines = text.split(/[\r\n]/).map((line) => quietLog(line).trim())
  return (lines.findLast((line) => line !== '') ?? '').slice(0, mostLine)
}

function endOf(path: string, most: number): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(file)
    const length = Math.min(size, most)
    const bytes = Buffer.alloc(length)
    const read = readSync(file, bytes, 0, length, size - length)
    const text = bytes.toString('utf8', 0, read)
    return size > length ? `…\n${text.slice(text.indexOf('\n') + 1)}` : text
  } finally {
    closeSync(file)
  }
}
