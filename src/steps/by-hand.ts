// Cooks one ticket in the foreground, for `chef run`: the terminal is its input, so that a debugger works.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure } from '../base/failures/failure.ts'
import { errorCode } from '../base/thrown-error.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { collectOutputs, prepareOutputs } from './outputs.ts'
import { collectInPlace, isInPlace, prepareInPlace } from './outputs-in-place.ts'
import { environmentOf, type HostEnvironment, makePan } from './pan.ts'
import { refusalIn } from './process-cook.ts'
import { shellArguments } from './shell.ts'
import { nodeServer, pythonServer } from './warm/servers.ts'
import { type Answer, faultFailure, orderFor } from './warm/worker-messages.ts'

export interface HandOptions {
  host: HostEnvironment
  /** The folder of the python and node cooks. */
  cooks: string
  /** Words for the interpreter, such as `--inspect-brk`. */
  words: readonly string[]
}

export type HandResult = { outputs: Receipt['outputs'] } | { failed: Failure }

interface Launch {
  argv: string[]
  env: { [name: string]: string }
  /** Where a python or node cook answers. */
  answer?: string
}

/** Steps that a program of the user's cooks. The others have nothing to debug. */
export function isByHand({ type }: Ticket): boolean {
  return ['shell', 'python', 'node'].includes(type)
}

/** The pan is left as the step leaves it. */
export async function cookByHand(asked: Ticket, options: HandOptions): Promise<HandResult> {
  const ticket: Ticket = { ...asked, isolate: false, trace: 'off', warm: false }
  makePan(ticket)
  const before = prepareOutputs(ticket)
  const startedAt = Date.now()
  const restore = isInPlace(ticket) ? prepareInPlace(ticket) : undefined
  try {
    const failed = await run(await launchOf(ticket, options), ticket.project ?? ticket.pan)
    if (failed === undefined)
      return { outputs: isInPlace(ticket) ? collectInPlace(ticket) : collectOutputs(ticket, before, startedAt) }
    restore?.()
    return { failed }
  } catch (error) {
    restore?.()
    return { failed: refusalIn(error) }
  }
}

/** Opens the user's shell with all that the step would find. Returns the shell's exit code. */
export function openHandShell(ticket: Ticket, host: HostEnvironment): Promise<number> {
  makePan(ticket)
  prepareOutputs(ticket)
  const env = { ...host, ...environmentOf(ticket, host) }
  return new Promise((resolve, reject) => {
    const child = spawn(host.SHELL || '/bin/sh', [], { cwd: ticket.project ?? ticket.pan, env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

async function launchOf(ticket: Ticket, { host, cooks, words }: HandOptions): Promise<Launch> {
  if (ticket.type === 'shell') return { argv: shellArguments(ticket), env: environmentOf(ticket, host) }
  const order = join(ticket.pan, 'ticket.order')
  const asked = orderFor(ticket, host)
  writeFileSync(order, JSON.stringify({ ...asked, env: withTerminal(asked.env, host) }))
  const server = ticket.type === 'node' ? nodeServer(ticket, host, cooks) : await pythonServer(ticket, host, cooks)
  const [program = '', ...rest] = server.argv('--by-hand', order)
  return { argv: [program, ...words, ...rest], env: withTerminal(server.env, host), answer: `${order}.answer` }
}

/** Debuggers edit lines and paint by these. */
function withTerminal(env: { [name: string]: string }, { TERM }: HostEnvironment): { [name: string]: string } {
  return TERM === undefined ? env : { TERM, ...env }
}

/** Ctrl-C reaches the step by itself, which shares chef's terminal: a debugger may take it for its own. */
function run({ argv: [program = '', ...words], env, answer }: Launch, folder: string): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: folder, env, stdio: 'inherit' })
    child.on('error', (error) =>
      resolve(failure('cook-start', { program, why: errorCode(error) === 'ENOENT' ? 'not found' : error.message })),
    )
    child.on('close', (code, signal) => {
      const fault = answer === undefined ? undefined : faultAt(answer)
      if (fault) return resolve(faultFailure(fault))
      if (signal !== null) resolve(failure('cook-signal', { signal }))
      else resolve(code === 0 ? undefined : failure('cook-exit', { code: code ?? -1 }))
    })
  })
}

function faultAt(path: string): Answer['fault'] {
  try {
    const answer: Pick<Answer, 'fault'> = JSON.parse(readFileSync(path, 'utf8'))
    return answer.fault
  } catch {
    // The process ended before it could answer.
    return undefined
  }
}
