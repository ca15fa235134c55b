// What a node step may change of its process, and how the next one finds it as new.
import childProcess from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import workers from 'node:worker_threads'
import type { Answer } from '../warm/worker-messages.ts'

/** Where they stand in /proc/self/stat behind the name of the program. */
const childFaults = 8
const residentPages = 21
const pageBytes = 4096

const globals = new Set(Reflect.ownKeys(globalThis))
const events = new Map(process.eventNames().map((name) => [name, process.listeners(name as never)]))
const umask = process.umask()
// As files both write at once, through whatever their descriptors are by then.
const streams = [process.stdout, process.stderr]

/**
 * Descriptors are given out lowest first, so what is opened right after 1 was closed is 1 again, unless another thread
 * of the process was quicker: then false, and the order is for another process.
 */
export function redirect(log: string): boolean {
  for (const descriptor of [1, 2]) {
    try {
      closeSync(descriptor)
    } catch {
      // The last step closed it.
    }
    if (openSync(log, 'a', 0o644) !== descriptor) return false
  }
  return true
}

/** Left empty it lies there for the next ticket in this pan. */
export function logBytes(log: string): number {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0
}

export function enter(environment: { [name: string]: string }, folder: string): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  for (const [name, text] of Object.entries(environment)) if (process.env[name] !== text) process.env[name] = text
  process.chdir(folder)
}

/** Puts back what can be put back. True when the process must not be used again. */
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

/** From now on it is noted that something was started which may live on elsewhere: a process, or a thread that starts one. */
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

/** Timers, servers, children: what a step started and left running. */
function somethingLives(): boolean {
  const live = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap')
  const pipes = process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
  return pipes > 1 || live.some((name) => !['PipeConnectWrap', 'CloseReq', 'Immediate', 'FSReqPromise'].includes(name))
}

export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Then the peak is that of the whole process.
  }
}

/** What the process holds, its peak since the last reset, and whether it ever waited for a child: from one file of the kernel's. */
export function looked(): Pick<Answer, 'heldBytes' | 'peakBytes'> & { waited: boolean } {
  const peakBytes = process.resourceUsage().maxRSS * 1024
  try {
    const text = readFileSync('/proc/self/stat', 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { heldBytes: Number(fields[residentPages]) * pageBytes, peakBytes, waited: fields[childFaults] !== '0' }
  } catch {
    return { heldBytes: process.memoryUsage.rss(), peakBytes, waited: true }
  }
}
