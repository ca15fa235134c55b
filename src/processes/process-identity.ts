// Tells a process from a later one that got its number, by the moment at which it began.
import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from '../base/thrown-error.ts'

export interface ProcessIdentity {
  pid: number
  /** In the words of this machine. */
  began: string
}

/** Undefined of a process that is dead. Its name may hold anything, and stands in parentheses. */
export function statOf(pid: number | string): { session: number; began: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if ('ZX'.includes(fields[0] ?? '')) return undefined
    return { session: Number(fields[3]), began: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform === 'linux') {
    const stat = statOf(pid)
    return stat && { pid, began: stat.began }
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout ? { pid, began: stdout.trim() } : undefined
}

export function isAlive({ pid, began }: ProcessIdentity): boolean {
  return identityOf(pid)?.began === began
}

/** Names what gives out process numbers: this run of this machine, and of the container. Numbers of another one say nothing here. */
export function machineName(): string {
  if (process.platform !== 'linux') return hostname()
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Signals a whole group. Returns false if nobody is left in it. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  // kill(2) takes -1 for every process there is, and 0 for chef's own group.
  if (!Number.isSafeInteger(leader) || leader <= 1) return false
  try {
    process.kill(-leader, signal)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
