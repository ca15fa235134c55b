// Reads the end of a running job's log from its pan, which it finds by the ticket there.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { logFile, ticketFile } from '../steps/pan.ts'

const mostBytes = 16_384
/** Bytes. A larger ticket collects thousands of inputs, and reading it for its name takes too long. */
const mostTicket = 4_000_000

/** Returns undefined if no pan has this job: it has not begun, is done, or cooks on another machine. */
export function cookingLog(fridge: string, id: string): string | undefined {
  const pans = join(fridge, 'pans')
  const newest = namesIn(pans)
    .map((name) => join(pans, name))
    .filter((pan) => ticketIn(pan) === id)
    .sort((one, other) => writtenAt(other) - writtenAt(one))[0]
  return newest === undefined ? undefined : endOf(join(newest, logFile))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function ticketIn(pan: string): string | undefined {
  const path = join(pan, ticketFile)
  try {
    if (statSync(path).size > mostTicket) return undefined
    return (JSON.parse(readFileSync(path, 'utf8')) as { id?: string }).id
  } catch {
    // The ticket is being written or removed at this moment.
    return undefined
  }
}

function writtenAt(pan: string): number {
  return statSync(join(pan, ticketFile), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function endOf(path: string): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(file)
    const length = Math.min(size, mostBytes)
    const bytes = Buffer.alloc(length)
    const read = readSync(file, bytes, 0, length, size - length)
    const text = bytes.toString('utf8', 0, read)
    return size > length ? `…\n${text.slice(text.indexOf('\n') + 1)}` : text
  } finally {
    closeSync(file)
  }
}
