// Ends what steps left behind when the spawner died, so that it writes nothing beside the cook that comes next.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A killed process is listed until its parent has collected it. */
const pauseMs = 2
const mostRounds = 500

/** Ends every process that writes to one of these logs, and all that are in a session with one. Knows no logs but on Linux. */
export async function endAbandoned(logs: readonly string[]): Promise<void> {
  if (logs.length === 0 || process.platform !== 'linux') return
  const known = new Set(logs.map(realLog))
  const sessions = new Set<number>()
  for (let round = 0; round < mostRounds; round++) {
    const living = livingProcesses()
    for (const { pid, session } of living) if (session !== undefined && writesTo(pid, known)) sessions.add(session)
    const abandoned = living.filter(({ session }) => session !== undefined && sessions.has(session))
    if (abandoned.length === 0) return
    for (const { pid } of abandoned) end(pid)
    await setTimeout(pauseMs)
  }
}

/** The log itself may be gone. */
function realLog(log: string): string {
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
  return pids.map((pid) => ({ pid: Number(pid), session: sessionOf(pid) }))
}

/** Undefined of a process that is dead. Its name may hold anything, and stands in parentheses. */
function sessionOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(state) ? undefined : Number(session)
  } catch {
    return undefined
  }
}

function writesTo(pid: number, logs: ReadonlySet<string>): boolean {
  return [1, 2].some((descriptor) => {
    try {
      return logs.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`))
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
