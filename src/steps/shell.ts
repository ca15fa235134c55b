// Finds what a shell step runs: its rendered command, or its source by the first line.
import { chmodSync, closeSync, copyFileSync, openSync, readSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Ticket } from '../tickets/ticket.ts'

const shell = '/bin/sh'
const elf = '\x7fELF'

function firstBytes(path: string): string {
  const bytes = Buffer.alloc(256)
  const file = openSync(path, 'r')
  try {
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(file)
  }
}

/** Returns the program of a `#!` line and its argument. As in the kernel, everything behind the program is one argument. */
function interpreter(start: string): string[] {
  if (!start.startsWith('#!')) return [shell]
  const [first = ''] = start.slice(2).split('\n', 1)
  const line = Buffer.from(first, 'latin1').toString()
  const [program, ...rest] = line.trim().split(/\s+/)
  if (!program) return [shell]
  return rest.length === 0 ? [program] : [program, rest.join(' ')]
}

/** Copies a program out of the fridge, where files are not executable. */
function makeProgram(path: string): void {
  const origin = realpathSync(path)
  rmSync(path)
  copyFileSync(origin, path)
  chmodSync(path, 0o755)
}

export function shellArguments(ticket: Ticket): string[] {
  const { command, source } = ticket
  if (typeof command === 'string') return [shell, '-c', command]
  if (command !== undefined && command.length > 0) return command
  if (!source) throw new Refusal([failure('cook-nothing', {})], 1)
  const path = join(ticket.pan, source.file)
  const start = firstBytes(path)
  const named = ticket.project === undefined ? `./${source.file}` : path
  if (!start.startsWith(elf)) return [...interpreter(start), named]
  makeProgram(path)
  return [named]
}
