// Undoes what a node step changed in its process, so that the next one finds it as new.
import childProcess from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import workers from 'node:worker_threads'
import type { Answer } from '../warm/worker-messages.ts'

/** Places of fields in /proc/self/stat, counted behind the name of the program. */
const childFaults = 8
const residentPages = 21
const pageBytes = 4096

const globals = new Set(Reflect.ownKeys(globalThis))
const events = new Map(process.eventNames().map((name) => [name, process.listeners(name as never)]))
const umask = process.umask()
// Both are files, which are written at once through the current descriptors.
const streams = [process.stdout, process.stderr]

/**
 * Opens the log as standard output and error. The lowest free descriptor is assigned first, so a file opened right after 1 was
 * closed is 1 again, unless another thread was quicker. Then this returns false, and another process takes the order.
 */
export function redirect(log: string): boolean {
  for (const descriptor of [1, 2]) {
    try {
      closeSync(descriptor)
    } catch {
      // The previous step closed it.
    }
    if (openSync(log, 'a', 0o644) !== descriptor) return false
  }
  return true
}

export function logBytes(log: string): number {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0
}

export function enter(environment: { [name: string]: string }, folder: string): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  for (const [name, text] of Object.entries(environment)) if (process.env[name] !== text) process.env[name] = text
  process.chdir(folder)
}

/** Restores what can be restored. Returns true where the process must not be used again. */
export function leave(): boolean {
  for (const key of Reflect.ownKeys(globalThis)) {
    if (!globals.has(key) && !Reflect.deleteProperty(globalThis, key)) return true
  }
  for (const name of process.eventNames()) {
    const known = events.get(name) ?? []
    for (const listener of process.listeners(name as never))
      if (!known.includes(listener)) process.removeListener(name, listener as never)
  }
  process.umask(umask)
  process.exitCode = undefined
  return somethingLives() || streams.some((stream) => stream.writableEnded || stream.destroyed)
}

let startedOthers = false

/** From now on notes every start of a process, or of a thread that may start one, because they may outlive the step. */
export function noteStarts(): void {
  const noted = <Arguments extends unknown[], Result>(
    start: (...given: Arguments) => Result,
  ): ((...given: Arguments) => Result) =>
    function (this: unknown, ...given) {
      startedOthers = true
      return start.apply(this, given)
    }
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: (...given: unknown[]) => unknown }
  prototype.spawn = noted(prototype.spawn)
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const)
    Object.assign(childProcess, { [name]: noted(childProcess[name] as (...given: unknown[]) => unknown) })
  const { Worker } = workers
  Object.assign(workers, {
    Worker: new Proxy(Worker, {
      construct(target, given) {
        startedOthers = true
        return Reflect.construct(target, given)
      },
    }),
  })
  syncBuiltinESMExports()
}

export function hasStartedOthers(): boolean {
  return startedOthers
}

/** Tells whether the step left timers, servers or children running. */
function somethingLives(): boolean {
  const live = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap')
  const pipes = process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
  return pipes > 1 || live.some((name) => !['PipeConnectWrap', 'CloseReq', 'Immediate', 'FSReqPromise'].includes(name))
}

export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // The peak is then that of the whole life of the process.
  }
}

/** Returns the memory in use, its peak since the last reset, and whether the process ever waited for a child. */
export function usage(): Pick<Answer, 'heldBytes' | 'peakBytes'> & { waited: boolean } {
  const peakBytes = process.resourceUsage().maxRSS * 1024
  try {
    const text = readFileSync('/proc/self/stat', 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { heldBytes: Number(fields[residentPages]) * pageBytes, peakBytes, waited: fields[childFaults] !== '0' }
  } catch {
    return { heldBytes: process.memoryUsage.rss(), peakBytes, waited: true }
  }
}
