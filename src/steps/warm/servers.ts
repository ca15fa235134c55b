// Builds the commands that start servers of warm cooks: program, environment and isolation.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { codeBeside, type Isolation, isolate } from '../isolation.ts'
import { type HostEnvironment, hostNames } from '../pan.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import { declaredVariables } from '../declared-variables.ts'
import { findPython } from '../interpreter.ts'
import type { ServerCommand } from './warm-pool.ts'

/** A server command with what its isolation reports afterwards. */
export type IsolatedCommand = ServerCommand & Pick<Isolation, 'explain' | 'warnings'>

/**
 * Returns variables that a process reads only when it starts. A fixed hash seed gives a set the same order in every process.
 * Threads are limited to what the step needs, so that all burners together stay within the cores.
 */
function startEnvironment(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  const threads = String(Math.max(1, Math.floor(ticket.needs.cpu ?? 1)))
  return {
    PYTHONHASHSEED: '0',
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    VIPS_CONCURRENCY: threads,
    ...hostNames(host),
    ...declaredVariables(ticket, host),
  }
}

/** `program` holds its arguments too. `further` returns paths that it needs where the step is isolated. */
function serverCommand(
  ticket: Ticket,
  host: HostEnvironment,
  program: string[],
  further: () => string[],
): IsolatedCommand {
  const env = startEnvironment(ticket, host)
  const kind = JSON.stringify([program, env])
  const isolated: { now?: Isolation } = {}
  return {
    kind: ticket.isolate === false ? kind : `${kind} ${ticket.id}`,
    argv: (address, token) => {
      const argv = [...program, address, token]
      if (ticket.isolate === false) return argv
      const beside = ticket.source ? codeBeside(ticket.source.path) : []
      isolated.now = isolate(ticket, argv, host, [dirname(address), ...beside, ...further()])
      return isolated.now.argv
    },
    env,
    explain: (failed) => isolated.now?.explain(failed) ?? failed,
    warnings: () => isolated.now?.warnings() ?? [],
  }
}

export async function pythonServer(ticket: Ticket, host: HostEnvironment, cooks: string): Promise<IsolatedCommand> {
  const folder = ticket.root ?? ticket.project ?? dirname(ticket.source?.path ?? ticket.pan)
  const { path, prefixes } = await findPython(folder, ticket.tools, host.PATH ?? '')
  return serverCommand(ticket, host, [path, join(cooks, 'python.py')], () => [cooks, ...prefixes])
}

export function nodeServer(ticket: Ticket, host: HostEnvironment, cooks: string): IsolatedCommand {
  const path = ticket.tools.node ?? process.execPath
  const server = join(cooks, 'node.mjs')
  const program = [path, '--experimental-vm-modules', '--no-warnings', server]
  return serverCommand(ticket, host, program, () => [cooks, dirname(dirname(path)), ...compiler(server)])
}

/** Starts with a small heap for V8, because pixels lie outside of it. */
export function pictureServer(ticket: Ticket, host: HostEnvironment, cooks: string): IsolatedCommand {
  const server = join(cooks, 'image.mjs')
  const program = [process.execPath, '--no-warnings', '--max-semi-space-size=1', server]
  return serverCommand(ticket, host, program, () => [cooks, dirname(dirname(process.execPath)), ...packagesOf(server)])
}

/** Returns the folder of packages that holds sharp. */
function packagesOf(server: string): string[] {
  const found = createRequire(server)
    .resolve.paths('sharp')
    ?.find((folder) => existsSync(join(folder, 'sharp')))
  return found === undefined ? [] : [found]
}

/** Returns the packages that compile TypeScript for the node server. */
function compiler(server: string): string[] {
  try {
    const folder = dirname(createRequire(server).resolve('esbuild/package.json'))
    return [folder, join(dirname(folder), '@esbuild')]
  } catch {
    return []
  }
}
