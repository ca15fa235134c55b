// How the servers of warm cooks are started: which program, with what environment.
import { dirname, join } from 'node:path'
import { type HostEnvironment, hostNames } from '../pan.ts'
import type { Ticket } from '../ticket.ts'
import { findPython } from './interpreter.ts'
import type { ServerCommand } from './warm.ts'

/**
 * What is read only when a process starts. Hash seeds are fixed so that the order of a set is the same in every
 * process; threads are held to what the step needs, so that burners times threads stay within the cores.
 */
function startEnvironment(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  const threads = String(Math.max(1, Math.floor(ticket.needs.cpu ?? 1)))
  return {
    PYTHONHASHSEED: '0',
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    ...hostNames(host),
    ...ticket.env,
  }
}

export async function pythonServer(ticket: Ticket, host: HostEnvironment, cooks: string): Promise<ServerCommand> {
  const folder = ticket.project ?? dirname(ticket.source?.path ?? ticket.pan)
  const { path } = await findPython(folder, ticket.tools, host.PATH ?? '')
  const env = startEnvironment(ticket, host)
  return {
    kind: JSON.stringify([path, env]),
    argv: (address, token) => [path, join(cooks, 'python.py'), address, token],
    env,
  }
}

export function nodeServer(ticket: Ticket, host: HostEnvironment, cooks: string): ServerCommand {
  const path = ticket.tools.node ?? process.execPath
  const env = startEnvironment(ticket, host)
  const flags = ['--experimental-vm-modules', '--no-warnings']
  return {
    kind: JSON.stringify([path, env]),
    argv: (address, token) => [path, ...flags, join(cooks, 'node.mjs'), address, token],
    env,
  }
}
