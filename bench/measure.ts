// Runs one command and measures it: wall time, processor time, and the most memory that one process of it had.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Processes } from '../src/processes/process.ts'
import { openProcesses } from '../src/executors/local-executor.ts'

export interface Command {
  argv: string[]
  cwd: string
  env?: { [name: string]: string }
  /** A run that takes longer is ended, and its time is only a bound. */
  timeoutMs?: number
}

export interface Run {
  ms: number
  cpuMs?: number
  peakBytes?: number
  timedOut: boolean
}

/** Raised for a command that did not do its work: the figure would mean nothing. */
export class RunFailed extends Error {}

export class Measuring {
  /** The project's own spawner starts a command in half a millisecond, and reports what the kernel counted. */
  readonly #processes: Processes
  readonly #log: string
  readonly #variables: { [name: string]: string }

  constructor(root: string, folder: string, variables: { [name: string]: string | undefined }) {
    this.#processes = openProcesses(root)
    this.#log = join(folder, 'log.txt')
    const { PATH = '/usr/bin:/bin', HOME = '/' } = variables
    // Nothing else of the environment: some of it (NODE_EXTRA_CA_CERTS) slows every start of Node.
    this.#variables = { PATH, HOME, LANG: 'C.UTF-8', NO_COLOR: '1' }
  }

  async run({ argv, cwd, env = {}, timeoutMs = 0 }: Command): Promise<Run> {
    const request = { argv, cwd, env: { ...this.#variables, ...env }, log: this.#log, timeoutMs }
    const exit = await this.#processes.run(request).exit
    if (exit.code !== 0 && !exit.timedOut) {
      const why = exit.startError ? exit.startError.error : `exit ${exit.code ?? exit.signal}`
      throw new RunFailed(`${argv.slice(0, 3).join(' ')}: ${why}\n${this.said().slice(-2000)}`)
    }
    const { ms, cpuMs, peakBytes, timedOut } = exit
    return { ms, timedOut, ...(cpuMs !== undefined && { cpuMs }), ...(peakBytes !== undefined && { peakBytes }) }
  }

  /** What the last command said. */
  said(): string {
    return readFileSync(this.#log, 'utf8')
  }

  close(): Promise<void> {
    return this.#processes.close()
  }
}
