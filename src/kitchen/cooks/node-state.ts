// What a node step may change of its process, and how the next one finds it as new.
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'

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

export function logBytes(log: string): number {
  try {
    const { size } = statSync(log)
    if (size === 0) unlinkSync(log)
    return size
  } catch {
    return 0
  }
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

export function heldAndPeak(): { heldBytes: number; peakBytes: number } {
  try {
    const text = readFileSync('/proc/self/status', 'latin1')
    const amount = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024
    return { heldBytes: amount('VmRSS'), peakBytes: amount('VmHWM') }
  } catch {
    return { heldBytes: process.memoryUsage.rss(), peakBytes: process.resourceUsage().maxRSS * 1024 }
  }
}
