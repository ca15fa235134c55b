// Ends what steps left behind when the spawner died, so that it writes nothing beside the cook that comes next.
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { statOf } from './process-identity.ts'

/** A killed process is listed until its parent has collected it. */
const pauseMs = 2
const mostRounds = 500

/** Ends every process that writes to one of these logs, and all that are in a session with one. Knows no logs but on Linux. */
export async function endAbandoned(logs: readonly string[]): Promise<void> {
  if (logs.length === 0) return
  const known = new Set(logs.map(realPlace))
  await endWriters((path) => known.has(path))
}

/** Ends every process whose output is a file whose path begins so, as `endAbandoned` does. */
export async function endWritersBelow(prefix: string): Promise<void> {
  const real = realPlace(prefix)
  await endWriters((path) => path.startsWith(real))
}

async function endWriters(isLog: (path: string) => boolean): Promise<void> {
  if (process.platform !== 'linux') return
  const sessions = new Set<number>()
  for (let round = 0; round < mostRounds; round++) {
    const living = livingProcesses()
    // 0 stands for every session that began outside of a container.
    for (const { pid, session } of living)
      if (session !== undefined && session > 0 && writesTo(pid, isLog)) sessions.add(session)
    const abandoned = living.filter(({ session }) => session !== undefined && sessions.has(session))
    if (abandoned.length === 0) return
    for (const { pid } of abandoned) end(pid)
    await setTimeout(pauseMs)
  }
}

/** The file itself may be gone. */
function realPlace(log: string): string {
  try {
    return join(realpathSync(dirname(log)), basename(log))
  } catch {
    return log
  }
}

interface Living {
  pid: number
  session: number | undefined
}

function livingProcesses(): Living[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => ({ pid: Number(pid), session: statOf(pid)?.session }))
}

function writesTo(pid: number, isLog: (path: string) => boolean): boolean {
  return [1, 2].some((descriptor) => {
    try {
      return isLog(readlinkSync(`/proc/${pid}/fd/${descriptor}`))
    } catch {
      return false
    }
  })
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone, or belongs to another user.
  }
}
