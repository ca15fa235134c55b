// Runs processes with Node's own child processes, on machines that no compiled spawner fits. It measures no CPU time and no
// memory, and cannot find what a step detaches into a session of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, statSync, unlinkSync } from 'node:fs'
import { delimiter } from 'node:path'
import type { Observation } from './observation.ts'
import { type Exit, graceMs, type Processes, type Run, type Running } from './process.ts'
import { signalGroup } from './process-identity.ts'
import { StepGuard } from './step-guard.ts'
import { errorCode } from '../base/thrown-error.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends SIGTERM, waits for the grace period, and sends SIGKILL. Resolves when the group is gone. */
async function endGroup(leader: number): Promise<void> {
  signalGroup(leader, 'SIGTERM')
  const killAt = performance.now() + graceMs
  while (signalGroup(leader, 0)) {
    await pause(5)
    if (performance.now() < killAt) continue
    signalGroup(leader, 'SIGKILL')
    // A process still listed this much later is a zombie that its new parent has not collected.
    if (performance.now() > killAt + graceMs) return
  }
}

function notStarted(stage: 'log' | 'folder' | 'program', error: unknown): Exit {
  const code = errorCode(error) || 'ENOENT'
  return {
    code: null,
    signal: null,
    timedOut: false,
    cancelled: false,
    startError: { stage, error: code },
    ms: 0,
    logBytes: 0,
  }
}

function logSize(path: string): number {
  try {
    const { size } = statSync(path)
    if (size === 0) unlinkSync(path)
    return size
  } catch {
    return 0
  }
}

const notObserved: Observation = { complete: false, refused: true, why: 'no spawner fits this machine' }

function withoutObservation(exit: Exit): Exit {
  return { ...exit, observation: notObserved }
}

/** The shell that ends the steps of a chef that was killed. */
export const guardProgram = '/bin/sh'

export class PlainSpawner implements Processes {
  #running = new Set<Running>()
  #guard: StepGuard | undefined
  readonly #onStart: (pid: number) => void

  constructor(onStart: (pid: number) => void = () => {}) {
    this.#onStart = onStart
  }

  run(request: Run): Running {
    this.#guard ??= new StepGuard(guardProgram)
    const guard = this.#guard
    const { exit, cancel, pid } = start(request)
    if (pid !== undefined) {
      guard.watch(pid)
      this.#onStart(pid)
      void exit.finally(() => guard.forget(pid))
    }
    const { parts } = request.observe ?? {}
    parts?.take({ kind: 'layer', number: 0, observation: notObserved })
    const running = { exit: request.observe ? exit.then(withoutObservation) : exit, cancel }
    this.#running.add(running)
    void running.exit.finally(() => this.#running.delete(running))
    return running
  }

  async close(): Promise<void> {
    const all = [...this.#running]
    for (const running of all) running.cancel()
    await Promise.all(all.map((running) => running.exit))
    this.#guard?.close()
    this.#guard = undefined
  }
}

/** `pid` leads the group of what was started. */
function start(request: Run): Running & { pid?: number | undefined } {
  let log: number
  try {
    log = openSync(request.log, 'a')
  } catch (error) {
    return { exit: Promise.resolve(notStarted('log', error)), cancel: () => {} }
  }
  let child: ChildProcess
  const startedAt = performance.now()
  try {
    if (!statSync(request.cwd).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    const [program = '', ...parameters] = request.argv
    child = spawn(program, parameters, {
      cwd: request.cwd,
      env: { PATH: ['/usr/bin', '/bin'].join(delimiter), ...request.env },
      detached: true,
      stdio: ['ignore', log, log],
    })
  } catch (error) {
    logSize(request.log)
    return { exit: Promise.resolve(notStarted('folder', error)), cancel: () => {} }
  } finally {
    closeSync(log)
  }
  let timedOut = false
  let cancelled = false
  let ending: Promise<void> | undefined
  const end = () => {
    if (child.pid !== undefined) ending ??= endGroup(child.pid)
  }
  const timer =
    request.timeoutMs > 0
      ? setTimeout(() => {
          timedOut = true
          end()
        }, request.timeoutMs)
      : undefined
  const exit = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      clearTimeout(timer)
      if (child.pid === undefined) resolve({ ...notStarted('program', error), logBytes: logSize(request.log) })
    })
    const ended = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
      clearTimeout(timer)
      const ms = performance.now() - startedAt
      end()
      await ending
      resolve({ code, signal, timedOut, cancelled, ms, logBytes: logSize(request.log) })
    }
    child.once('exit', (code, signal) => void ended(code, signal))
  })
  return {
    exit,
    pid: child.pid,
    cancel: () => {
      cancelled = true
      end()
    },
  }
}
