// On what the figures were taken, and with which versions.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { RunFailed } from './measure.ts'
import type { Measuring } from './measure.ts'
import type { Tool } from './tools.ts'

export interface Machine {
  processor: string
  cores: number
  memoryGiB: number
  system: string
  node: string
  /** Of one minute, when the suite began: figures of a busy machine are ratios at best. */
  load: number
}

export function machine(): Machine {
  const [load = '0'] = platform() === 'linux' ? readFileSync('/proc/loadavg', 'utf8').split(' ') : []
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    load: Number(load),
  }
}

/** The first thing in what it says that looks like a version. */
export async function versionOf(measuring: Measuring, tool: Tool, cwd: string): Promise<string> {
  try {
    await measuring.run({ argv: tool.versionOf, cwd, timeoutMs: 60_000 })
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error
  }
  return /\d+\.\d[\w.-]*/.exec(measuring.said())?.[0] ?? 'unknown'
}

/** The interpreter itself: the first `python3` on the path may be a script that looks for one. */
export function realPython(variables: { [name: string]: string | undefined }): string | undefined {
  const ask = ['-c', 'import sys, numpy; print(sys.executable)']
  try {
    return execFileSync('python3', ask, {
      env: { PATH: variables.PATH },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
