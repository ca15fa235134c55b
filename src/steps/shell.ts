// The shell cook: a command as it was rendered, or a source by its first line.
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

/** The words before the script: `#!/usr/bin/env python3` gives two. As in the kernel, all after the first is one. */
function interpreter(start: string): string[] {
  if (!start.startsWith('#!')) return [shell]
  const line = Buffer.from(start.slice(2).split('\n', 1)[0] as string, 'latin1').toString()
  const [program, ...rest] = line.trim().split(/\s+/)
  if (!program) return [shell]
  return rest.length === 0 ? [program] : [program, rest.join(' ')]
}

/** Sources lie in the fridge without the right to be run, so a program is copied before it is. */
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
