// Builds the commands that start servers of warm cooks: program, environment and isolation.
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { codeBeside, type Isolation, isolate } from '../isolation.ts'
import { type HostEnvironment, hostNames, threadLimits, threadsOf } from '../pan.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import { declaredVariables } from '../declared-variables.ts'
import { findPython } from '../interpreter.ts'
import { isObserved } from '../process-cook.ts'
import type { ServerCommand } from './warm-pool.ts'

/** A server command with what its isolation reports afterwards. */
export type IsolatedCommand = ServerCommand & Pick<Isolation, 'explain' | 'warnings'>

/** Returns variables that a process reads only when it starts. A fixed hash seed gives a set the same order in every process. */
function startEnvironment(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  return {
    PYTHONHASHSEED: '0',
    VIPS_CONCURRENCY: String(threadsOf(ticket)),
    ...threadLimits(ticket, host),
    ...hostNames(host),
    ...declaredVariables(ticket, host),
  }
}

interface Program {
  /** Holds its arguments too. */
  argv: string[]
  forks: boolean
  /** Folders of the interpreter. */
  prefixes: string[]
  /** Returns further paths that it needs where the step is isolated. */
  further(): string[]
}

function serverCommand(ticket: Ticket, host: HostEnvironment, program: Program): IsolatedCommand {
  const env = startEnvironment(ticket, host)
  const kind = JSON.stringify([program.argv, env, isObserved(ticket)])
  const isolated: { now?: Isolation } = {}
  const cooks = dirname(program.argv.at(-1) ?? '')
  return {
    kind: ticket.isolate === false ? kind : `${kind} ${ticket.id}`,
    forks: program.forks,
    // Chef's own files count as a tool does, wherever chef is installed.
    toolFolders: () => [...program.prefixes, ...program.further(), join(dirname(dirname(cooks)), 'package.json')],
    hidden: isObserved(ticket) ? [realpathSync(cooks)] : undefined,
    argv: (address, token) => {
      const argv = [...program.argv, address, token]
      if (ticket.isolate === false) return argv
      const beside = ticket.source ? codeBeside(ticket.source.path) : []
      isolated.now = isolate(ticket, argv, host, [
        dirname(address),
        ...beside,
        ...program.prefixes,
        ...program.further(),
      ])
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
  const argv = [path, join(cooks, 'python.py')]
  return serverCommand(ticket, host, { argv, forks: true, prefixes, further: () => [cooks] })
}

export function nodeServer(ticket: Ticket, host: HostEnvironment, cooks: string): IsolatedCommand {
  const path = ticket.tools.node ?? process.execPath
  const server = join(cooks, 'node.mjs')
  const argv = [path, '--experimental-vm-modules', '--no-warnings', server]
  const prefixes = [dirname(dirname(path))]
  return serverCommand(ticket, host, { argv, forks: false, prefixes, further: () => [cooks, ...compiler(server)] })
}

/** Starts with a small heap for V8, because pixels lie outside of it. */
export function pictureServer(ticket: Ticket, host: HostEnvironment, cooks: string): IsolatedCommand {
  const server = join(cooks, 'image.mjs')
  const argv = [process.execPath, '--no-warnings', '--max-semi-space-size=1', server]
  const prefixes = [dirname(dirname(process.execPath))]
  return serverCommand(ticket, host, { argv, forks: false, prefixes, further: () => [cooks, ...packagesOf(server)] })
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
